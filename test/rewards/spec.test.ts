import { describe, expect, it } from "vitest";
import { specReward } from "../../src/rewards/from-spec.ts";
import { parseSpec, type RewardSpecInput } from "../../src/rewards/spec.ts";
import { needsGroup } from "../../src/rewards/terms.ts";
import { unrewarded } from "../trajectory-fixture.ts";

const refusal = (spec: unknown) => {
  try {
    parseSpec(spec, "mine.yaml");
  } catch (error) {
    return (error as Error).message;
  }
  return null;
};

describe("a reward spec", () => {
  it.each([
    [
      "an unknown term",
      { terms: { a: { type: "lenght" } } },
      /mine\.yaml: terms\.a\.type: unknown term.*kimi_length/,
    ],
    [
      "a weight that is NaN",
      { terms: { a: { type: "linear_cost", weight: Number.NaN } } },
      /terms\.a\.weight.*NaN/,
    ],
    ["an endless weight", { terms: { a: { type: "linear_cost", weight: Infinity } } }, /terms\.a\.weight/],
    ["a weight as text", { terms: { a: { type: "linear_cost", weight: "1" } } }, /terms\.a\.weight.*number/],
    ["a field nobody knows", { terms: { a: { type: "linear_cost", wieght: 1 } } }, /wieght/],
    ["a missing parameter", { terms: { a: { type: "budget" } } }, /terms\.a\.budget/],
    ["a budget of 0", { terms: { a: { type: "budget", budget: 0 } } }, /terms\.a\.budget/],
    [
      "a buffer past the most",
      { terms: { a: { type: "dapo_overlong", max: 1, buffer: 2 } } },
      /buffer.*at most/,
    ],
    ["bounds the wrong way round", { clip: [1, 0] }, /clip: expected the lower bound/],
    ["a name that the reward uses itself", { terms: { gates: { type: "linear_cost" } } }, /taken/],
    ["a custom term without a function", { terms: { a: { type: "custom" } } }, /expected a file/],
    ["an estimator nobody knows", { advantage: "ppo" }, /advantage.*grpo/],
    ["no object", 7, /the whole/],
  ])("with %s is refused", (_, spec, message) => {
    expect(refusal(spec)).toMatch(message);
  });

  it("is what an environment's step returns, with the user's own term in it", () => {
    const reference = { taskId: "t", answers: ["7"], metadata: {} };
    const run = (trajectory: { answer: { text: string } | null }) => trajectory.answer!.text.length;
    const reward = specReward({ terms: { chars: { type: "custom", run, weight: -0.1 } } }, () => 1);
    expect(reward(unrewarded({ answer: { text: "seven", source: "final" } }), reference)).toEqual({
      total: 0.5,
      score: 1,
      terms: { chars: { raw: 5, weighted: -0.5 } },
    });
    const broken = specReward({ terms: { chars: { type: "custom", run: () => Number.NaN } } }, () => 1);
    expect(() => broken(unrewarded(), reference)).toThrow(/term chars.*number/);
  });
});

describe("the table of terms", () => {
  it("gives each term its own parameters in types, too", () => {
    const spec: RewardSpecInput = {
      terms: {
        long: { type: "dapo_overlong", max: 100, buffer: 20 },
        // @ts-expect-error the type has no such parameter
        wrong: { type: "linear_cost", excess: 1 },
      },
    };
    expect(() => parseSpec(spec)).toThrow(/terms\.wrong/);
    // @ts-expect-error it needs max and buffer
    const lacking: RewardSpecInput = { terms: { long: { type: "dapo_overlong" } } };
    expect(() => parseSpec(lacking)).toThrow(/terms\.long\.max/);
  });

  it("says which terms need a group", () => {
    const { terms } = parseSpec({
      terms: { alone: { type: "linear_cost" }, beside: { type: "kimi_length" } },
    });
    expect(needsGroup(terms.alone!)).toBe(false);
    expect(needsGroup(terms.beside!)).toBe(true);
  });
});
