import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupStatistics, passAtK } from "../../src/report/group-statistics.ts";

const member = (groupId: string, score: number, ok = true) => ({ groupId, score, reward: score, ok });

/** The share of all k-subsets of n rollouts, the first `right` of which are right, that contain a right one. */
function counted(n: number, right: number, k: number): number {
  let subsets = 0;
  let hits = 0;
  for (let bits = 0; bits < 2 ** n; bits += 1) {
    const chosen = Array.from({ length: n }, (_, index) => index).filter((index) => bits & (1 << index));
    if (chosen.length !== k) continue;
    subsets += 1;
    if (chosen.some((index) => index < right)) hits += 1;
  }
  return hits / subsets;
}

describe("pass@k", () => {
  it("is the share of the subsets of k rollouts that contain a right one", () => {
    const cases = fc
      .integer({ min: 1, max: 9 })
      .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n }), fc.integer({ min: 1, max: n })));
    fc.assert(
      fc.property(cases, ([n, right, k]) => {
        expect(passAtK(n, right, k)).toBeCloseTo(counted(n, right, k), 12);
      }),
    );
  });
});

describe("group statistics", () => {
  it("are null if no task was played twice", () => {
    expect(groupStatistics([member("a", 1), member("b", 0)])).toBeNull();
    expect(groupStatistics([member("a", 1), member("a", 0, false)])).toBeNull();
  });

  it("count groups that are all, partly and not right, and measure the spread of the reward in them", () => {
    const groups = { a: [1, 1], b: [1, 0], c: [0, 0.5] };
    const members = Object.entries(groups).flatMap(([id, scores]) =>
      scores.map((score) => member(id, score)),
    );
    expect(groupStatistics(members)).toEqual({
      groups: 3,
      size: 2,
      passAt: { 1: 0.5, 2: 2 / 3 },
      allRight: 1,
      someRight: 1,
      noneRight: 1,
      rewardSpread: (0 + 0.5 + 0.25) / 3,
    });
  });

  it("ignore infrastructure faults, and for pass@k groups with fewer than k rollouts left", () => {
    const members = [member("a", 0), member("a", 1, false), member("b", 1), member("b", 1)];
    expect(groupStatistics(members)).toMatchObject({ groups: 2, size: 2, passAt: { 1: 0.5, 2: 1 } });
  });
});
