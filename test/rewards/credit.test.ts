/** Credit by turn, by node, and by budget: compared with values worked out by hand, and properties that always hold. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FRESH_BUDGET, nextBudgetState, parseBudgetState } from "../../src/rewards/adaptive-budget.ts";
import { treeCredit } from "../../src/rewards/credit.ts";
import { discounted, potentialRewards } from "../../src/rewards/potential.ts";
import type { Call, Trajectory, Turn } from "../../src/trajectory.ts";
import { rewarded, unrewarded } from "../trajectory-fixture.ts";

const turn = (index: number): Turn => ({
  index,
  completion: { text: "", toolCalls: [], finishReason: "stop" },
  callId: null,
  results: [],
  observation: "",
  segment: 0,
  standing: null,
  reward: 0,
  wallClock: { seconds: 0 },
});
const episode = (turns: number) => ({
  ...unrewarded(),
  turns: Array.from({ length: turns }, (_, index) => turn(index)),
});

describe("potential-based shaping", () => {
  it("is γΦ(s′) − Φ(s), with nothing at the end", () => {
    // Φ = 1, 2, 4 and then 0, γ = 0.5: 0.5·2 − 1, 0.5·4 − 2, 0 − 4
    const values = [1, 2, 4];
    expect(potentialRewards(episode(3), ({ turns }) => values[turns.length]!, 0.5)).toEqual([0, 0, -4]);
  });

  it("telescopes to −Φ(s₀), whatever the potentials are", () => {
    const value = fc.double({ min: -5, max: 5, noNaN: true });
    const property = fc.property(
      fc.array(value, { minLength: 1, maxLength: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, gamma) => {
        const shaped = potentialRewards(episode(values.length), ({ turns }) => values[turns.length]!, gamma);
        expect(discounted(shaped, gamma)).toBeCloseTo(-values[0]!, 8);
      },
    );
    fc.assert(property);
  });

  it("shows a potential no later turn, and refuses a value that is not a number", () => {
    const seen: number[] = [];
    potentialRewards(episode(3), ({ turns }) => seen.push(turns.length));
    expect(seen).toEqual([0, 1, 2]);
    expect(() => potentialRewards(episode(1), () => Number.NaN)).toThrow(/potential after 0 turns is NaN/);
    expect(() => potentialRewards(episode(1), () => 0, 2)).toThrow(/gamma/);
    expect(potentialRewards(episode(0), () => 1)).toEqual([]);
  });
});

describe("the adaptive budget", () => {
  const options = { budget: 10, rate: 0.5, maxLambda: 1 };

  it("moves λ by η·(mean c/B − 1) within its bounds, and continues from the saved state", () => {
    // mean 15: 0 + 0.5·0.5; mean 40: 0.25 + 0.5·3, at most 1; mean 0: 1 − 0.5
    const first = nextBudgetState(FRESH_BUDGET, [10, 20], options);
    expect(first).toEqual({ schemaVersion: 1, lambda: 0.25, updates: 1 });
    const resumed = parseBudgetState(JSON.parse(JSON.stringify(first)), "budget.json");
    const second = nextBudgetState(resumed, [40], options);
    expect(second.lambda).toBe(1);
    expect(nextBudgetState(second, [0], options).lambda).toBe(0.5);
    expect(nextBudgetState(first, [], options)).toBe(first);
  });

  it("refuses invalid options and costs", () => {
    expect(() => nextBudgetState(FRESH_BUDGET, [1], { ...options, budget: 0 })).toThrow(/budget > 0/);
    expect(() => nextBudgetState(FRESH_BUDGET, [Number.NaN], options)).toThrow(/NaN/);
    expect(() => parseBudgetState({ lambda: "1" }, "run/budget.json")).toThrow(
      /run\/budget\.json: schemaVersion/,
    );
  });
});

describe("credit down a tree", () => {
  const node = (
    rolloutId: string,
    score: number,
    children: Trajectory[] = [],
    status: "ok" | "infra_error" = "ok",
  ) => ({
    ...rewarded({ rolloutId, score }),
    children,
    status,
  });

  it("gives a node its own success and a bonus for its children's, relative to its siblings", () => {
    const tree = node("root", 1, [
      node("a", 1, [node("c", 0)]),
      node("b", 0),
      node("gone", 1, [], "infra_error"),
    ]);
    // root: 1 + 0.5·(1 + 0)/2; a: 1 + 0.5·0, against b's 0; b: 0 against a's 1; c is alone
    expect(
      treeCredit(tree, 0.5).map(({ rolloutId, parentId, reward, advantage }) => [
        rolloutId,
        parentId,
        reward,
        advantage,
      ]),
    ).toEqual([
      ["root", null, 1.25, null],
      ["a", "root", 1, 1],
      ["c", "a", 0, null],
      ["b", "root", 0, -1],
    ]);
    expect(treeCredit(node("gone", 1, [], "infra_error"), 1)).toEqual([]);
  });

  it("counts plain sub-calls among the nodes if asked to: answered or not", () => {
    const call = (id: number, reply: string | null): Call => ({
      id,
      purpose: "llm_query",
      depth: 1,
      turn: 0,
      batch: null,
      model: "m",
      prompt: "?",
      reply,
      error: reply === null ? "refused" : null,
      usage: null,
      usageSource: "unknown",
      nanoDollars: 0,
      reserved: { promptTokens: 0, completionTokens: 0, cachedTokens: 0 },
      attempts: 1,
      wallClock: { seconds: 0 },
    });
    const tree = { ...node("root", 1), calls: [call(0, "yes"), call(1, null), call(2, "no")] };
    // 1 + 0.6·(1 + 0 + 1)/3; each sub-call against the mean of the two others
    expect(
      treeCredit(tree, 0.6, undefined, { subCalls: true }).map(({ rolloutId, reward, advantage }) => [
        rolloutId,
        reward,
        advantage,
      ]),
    ).toEqual([
      ["root", 1.4, null],
      ["root#0", 1, 0.5],
      ["root#1", 0, -1],
      ["root#2", 1, 0.5],
    ]);
  });

  it("counts a child without a score as a success if it reached an answer", () => {
    const answered = { ...node("a", 0), reward: null, answer: { text: "7", source: "final" as const } };
    const cut = { ...node("b", 0), reward: null, stopReason: "max_turns" as const };
    expect(treeCredit(node("root", 0, [answered, cut]), 1)[0]!.reward).toBe(0.5);
  });
});
