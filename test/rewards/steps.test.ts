/** Per-step rewards of a spec: the values of built-in progress, telescoping, and errors of bad potentials. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evidenceSeen } from "../../datasets/browsecomp/progress.ts";
import { environments } from "../../envs/registry.ts";
import { savedMeasures, specReward } from "../../src/rewards/from-spec.ts";
import { discounted, type Potential, stateAfter } from "../../src/rewards/potential.ts";
import { goldFound, readShare } from "../../src/rewards/progress.ts";
import { parseSpec, type RewardSpecInput } from "../../src/rewards/spec.ts";
import { scoreEpisodes } from "../../src/rewards/score-episodes.ts";
import type { Call, Turn } from "../../src/trajectory.ts";
import type { Reference } from "../../src/types.ts";
import { rewarded } from "../trajectory-fixture.ts";

const reference: Reference = { taskId: "t", answers: ["red", "blue"], metadata: { evidence: ["A", "B"] } };
const block = { code: "", outcome: "ok", stderr: "", value: null, exception: null, stateKept: true } as const;
const turn = (index: number, stdout: string): Turn => ({
  index,
  callId: null,
  observation: "",
  segment: 0,
  standing: null,
  reward: 0,
  completion: { text: "", toolCalls: [], finishReason: "stop" },
  results: [{ ...block, stdout, outputChars: stdout.length, omittedChars: 0 }],
  wallClock: { seconds: 0 },
});
const query = (id: number, at: number, prompt: string): Call => ({
  id,
  purpose: "llm_query",
  depth: 1,
  turn: at,
  batch: null,
  model: "m",
  prompt,
  reply: "blue",
  error: null,
  usage: null,
  usageSource: "unknown",
  nanoDollars: 0,
  attempts: 1,
  reserved: { promptTokens: 0, completionTokens: 0, cachedTokens: 0 },
  wallClock: { seconds: 0 },
});
/** A context of 40 characters: 10 are printed in turn 0, and 15 sent in turn 1, the same twice. */
const made = rewarded({ score: 1 });
const episode = {
  ...made,
  task: { ...made.task, context: { ...made.task.context, chars: 40 } },
  turns: [turn(0, "title: A\n "), turn(1, ""), turn(2, "red\ndocid: B")],
  calls: [query(0, 1, "fifteen letters"), query(1, 1, "fifteen letters")],
};
const along = (potential: Potential) =>
  [0, 1, 2, 3].map((turns) => potential(stateAfter(episode, turns), reference));

describe("built-in progress", () => {
  it.each<[string, Potential, number[]]>([
    ["how much was read", readShare, [0, 10 / 40, 25 / 40, 37 / 40]],
    ["how much gold was found", goldFound, [0, 0, 0.5, 1]],
    ["how much evidence was seen", evidenceSeen, [0, 0.5, 0.5, 1]],
  ])("%s goes from 0 to 1", (_, potential, expected) => {
    expect(along(potential)).toEqual(expected);
  });

  it("exists for every built-in benchmark", () => {
    expect(environments.filter(({ progress }) => !progress).map(({ name }) => name)).toEqual([]);
  });

  it("telescopes to −Φ(s₀) = 0 whatever was done, and leaves the total unchanged", () => {
    const potentials = [...new Set(environments.map(({ progress }) => progress!))];
    const text = fc.constantFrom("red", "blue", "title: A", "docid: B\n", "x".repeat(30), "");
    const property = fc.property(
      fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(...potentials),
      (told, gamma, progress) => {
        const turns = told.map(([printed], index) => turn(index, printed));
        const calls = told.map(([, asked], index) => query(index, index, asked));
        const spec = parseSpec({ steps: { p: { type: "progress", weight: 0.7 } }, gamma });
        const measures = savedMeasures(spec, { ...episode, turns, calls }, reference, progress);
        expect(discounted(measures.steps!.p!, gamma)).toBeCloseTo(0, 9);
        expect(scoreEpisodes(spec, [measures]).rows[0]!.reward!.total).toBe(1);
      },
    );
    fc.assert(property);
  });
});

describe("the steps of a spec", () => {
  const turnsSoFar: Potential = ({ turns }) => turns.length;
  const spec: RewardSpecInput = {
    steps: { mine: { type: "custom", run: turnsSoFar, weight: 0.5 } },
    gamma: 0.5,
  };

  it("are recorded beside the total reward, and are what a turn earns before the end", () => {
    // Φ = 0, 1, 2 and then 0: 0.5·1 − 0, 0.5·2 − 1, 0 − 2, halved
    const reward = specReward(spec, () => 1);
    const record = reward({ ...episode, answer: { text: "red", source: "final" } }, reference);
    expect(record).toEqual({ total: 1, score: 1, terms: {}, steps: { mine: [0.25, 0, -1] } });
    expect(reward.ofTurn!(stateAfter(episode, 1), reference)).toBe(0.25);
    expect(reward.ofTurn!(stateAfter(episode, 2), reference)).toBe(0);
    expect(specReward({}, () => 1).ofTurn).toBeUndefined();
  });

  it("write credit down the tree into scored rows, the root relative to the others of its group", () => {
    const tree = parseSpec({ credit: { bonus: 0.5 } });
    const other = { ...episode, rolloutId: "s", calls: [], reward: { total: 0, score: 0, terms: {} } };
    const { rows } = scoreEpisodes(
      tree,
      [episode, other].map((one) => savedMeasures(tree, one, reference)),
    );
    expect(rows[0]!.nodes!.map(({ rolloutId, reward, advantage }) => [rolloutId, reward, advantage])).toEqual(
      [
        ["r", 1.5, 1.5],
        ["r#0", 1, 0],
        ["r#1", 1, 0],
      ],
    );
    expect(rows[1]!.nodes).toMatchObject([{ rolloutId: "s", reward: 0, advantage: -1.5 }]);
  });

  it.each<[string, RewardSpecInput, RegExp]>([
    ["progress where there is none", { steps: { p: { type: "progress" } } }, /steps\.p: .*no progress/],
    ["a potential without a function", { steps: { p: { type: "custom" } } }, /steps\.p: expected a file/],
    ["γ above 1", { gamma: 1.5 }, /gamma/],
    ["a negative bonus", { credit: { bonus: -1 } }, /credit\.bonus/],
    [
      "a potential that is NaN",
      { steps: { p: { type: "custom", run: () => Number.NaN } } },
      /rollout r: the potential after 0 turns is NaN/,
    ],
  ])("refuse %s", (_, given, message) => {
    expect(() => specReward(given, () => 1)(episode, reference)).toThrow(message);
  });
});
