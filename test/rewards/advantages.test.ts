/** Every estimator compared with values worked out by hand, and properties of all groups. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advantagesOf, type Outcome } from "../../src/rewards/advantages.ts";
import type { EstimatorName } from "../../src/rewards/spec.ts";

const group = (
  rewards: readonly (number | null)[],
  lengths: readonly number[] = [],
  groupId = "g",
): Outcome[] => rewards.map((reward, index) => ({ groupId, reward, length: lengths[index] ?? 1 }));

/** Rewards 1, 0, 0, 1: mean 1/2, unbiased std √(1/3) = 0.57735; and 3, 0, 0: mean 1, unbiased std √3 = 1.73205. */
const CASES: readonly (readonly [EstimatorName, readonly number[], readonly number[], readonly number[]])[] =
  [
    ["grpo", [1, 0, 0, 1], [], [0.865875, -0.865875, -0.865875, 0.865875]],
    ["grpo", [3, 0, 0], [], [1.154634, -0.577317, -0.577317]],
    ["dr_grpo", [1, 0, 0, 1], [], [0.5, -0.5, -0.5, 0.5]],
    // against the mean of the others: 1 − 1/3, 0 − 2/3
    ["rloo", [1, 0, 0, 1], [], [2 / 3, -2 / 3, -2 / 3, 2 / 3]],
    ["rloo", [3, 0, 0], [], [3, -1.5, -1.5]],
    ["reinforce_baseline", [1, 0, 0, 1], [], [1, -1, -1, 1]],
    ["maxrl", [1, 0, 0, 1], [], [1, -1, -1, 1]],
    ["maxrl", [1, 0, 0, 0], [], [3, -1, -1, -1]],
    // baseline (10·1 + 30·0)/40 = 1/4
    ["opo", [1, 0], [10, 30], [0.75, -0.25]],
    // one part: z as GRPO's ±0.865875; the batch's unbiased std is 0.865875·√(4/3) = 0.999826
    ["gdpo", [1, 0, 0, 1], [], [0.865939, -0.865939, -0.865939, 0.865939]],
  ];

describe("the estimators", () => {
  it.each(CASES)("%s of %j with lengths %j", (estimator, rewards, lengths, expected) => {
    const { values } = advantagesOf(group(rewards, lengths), estimator);
    for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 5);
  });

  it("whiten over the batch for REINFORCE++: ±1/2 and ±1 have the population deviation √(5/8)", () => {
    const { values } = advantagesOf(
      [...group([1, 0], [], "a"), ...group([2, 0], [], "b")],
      "reinforce_baseline",
    );
    for (const [index, value] of [0.5, -0.5, 1, -1].entries())
      expect(values[index]).toBeCloseTo(value / Math.sqrt(5 / 8), 12);
  });

  it("give GDPO signal if parts cancel in the sum", () => {
    const parts = (accuracy: number, cost: number) => [
      { value: accuracy, weight: 1 },
      { value: cost, weight: 0.5 },
    ];
    const outcomes = [
      { groupId: "g", reward: 0.5, length: 1, parts: parts(1, -1) },
      { groupId: "g", reward: 0.5, length: 1, parts: parts(0.5, 0) },
    ];
    // z = ±1/√2/(1/√2·part's std …): accuracy ±0.3535/(0.3535 + 1e-4)/… worked out: s = ±(0.706907 − 0.353503), over the batch.
    const { values, groups } = advantagesOf(outcomes, "gdpo");
    const z = (difference: number) => difference / 2 / (difference / Math.SQRT2 + 1e-4);
    const s = z(0.5) - 0.5 * z(1);
    expect(values[0]).toBeCloseTo(s / (s * Math.SQRT2 + 1e-4), 12);
    expect(groups.withSignal).toBe(1);
    expect(advantagesOf(outcomes, "grpo").groups.withoutSpread).toBe(1);
  });
});

const ALL = ["grpo", "dr_grpo", "rloo", "reinforce_baseline", "maxrl", "opo", "gdpo"] as const;

describe.each(ALL)("%s", (estimator) => {
  it("ignores infrastructure faults, and counts groups without signal", () => {
    const outcomes = [
      ...group([1, null, 0], [], "a"),
      ...group([1, null], [], "one"),
      ...group([0.7, 0.7], [], "flat"),
      ...group([null], [], "none"),
    ];
    const { values, groups } = advantagesOf(outcomes, estimator);
    expect(groups).toEqual({ total: 4, withSignal: 1, empty: 1, ofOne: 1, withoutSpread: 1 });
    expect(values.slice(3)).toEqual([0, null, 0, 0, null]);
    expect(values[1]).toBeNull();
    expect(values[0]).toBeGreaterThan(0);
    expect(values[2]).toBeLessThan(0);
    const without = advantagesOf(
      outcomes.filter(({ reward }) => reward !== null),
      estimator,
    );
    expect(values.filter((value) => value !== null)).toEqual(without.values);
  });

  it("has finite values that are zero on average in each group, and the same order as the rewards", () => {
    const rollout = fc.record({
      reward: fc.integer({ min: 0, max: 8 }),
      length: fc.integer({ min: 1, max: 99 }),
    });
    const property = fc.property(fc.array(rollout, { minLength: 1, maxLength: 12 }), (rollouts) => {
      const outcomes = rollouts.map(({ reward, length }) => ({ groupId: "g", reward: reward / 8, length }));
      const values = advantagesOf(outcomes, estimator).values as number[];
      const weighted = outcomes.map(({ length }, i) => values[i]! * (estimator === "opo" ? length : 1));
      expect(weighted.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 8);
      for (const [i, a] of outcomes.entries())
        for (const [j, b] of outcomes.entries())
          if (a.reward > b.reward) expect(values[i]).toBeGreaterThan(values[j]!);
    });
    fc.assert(property);
  });
});

describe("GRPO", () => {
  const rewards = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 12 });
  const of = (values: readonly number[]) => advantagesOf(group(values), "grpo").values as number[];

  it("does not change if rewards are shifted, nor, within its epsilon, if they are scaled", () => {
    const property = fc.property(rewards, fc.integer({ min: 1, max: 1000 }), (values, k) => {
      const [own, shifted, scaled] = [of(values), of(values.map((r) => r + k)), of(values.map((r) => r * k))];
      for (const [index, value] of own.entries()) {
        expect(shifted[index]).toBeCloseTo(value, 8);
        expect(Math.abs(scaled[index]! - value)).toBeLessThanOrEqual(1e-3 * Math.abs(value) + 1e-12);
      }
    });
    fc.assert(property);
  });
});

describe("a group without signal", () => {
  it.each(["gdpo", "reinforce_baseline", "grpo"] as const)(
    "has advantages of exactly 0 under %s, whatever its batch",
    (estimator) => {
      const outcome = (groupId: string, reward: number) => ({ groupId, reward, length: 1 });
      const outcomes = [outcome("a", 1), outcome("a", 0), outcome("a", 0), outcome("b", 1), outcome("b", 1)];
      const { values } = advantagesOf([...outcomes, outcome("c", 0.5)], estimator);
      expect(values.slice(3)).toEqual([0, 0, 0]);
      expect(values[0]).toBeGreaterThan(0);
    },
  );
});
