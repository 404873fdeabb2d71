import { describe, expect, it } from "vitest";
import { correlation, ranks } from "../../src/report/correlation.ts";
import { difference } from "../../src/report/difference.ts";
import { parseSweep } from "../../src/report/sweep.ts";

const rows = (totals: readonly (number | null)[], groupId = "g") =>
  totals.map((total, index) => ({
    rolloutId: `${groupId}${index}`,
    groupId,
    reward: total === null ? null : { total, score: total, terms: {} },
    advantage: null,
  }));

describe("difference", () => {
  it("counts pairs in opposite order, but not ties", () => {
    // of 1 2 3 4 against 2 1 4 4: one flip; 3 and 4 are tied in the second
    expect(difference(rows([1, 2, 3, 4]), rows([2, 1, 4, 4]))).toMatchObject({ pairs: 6, rankFlips: 1 });
    expect(difference(rows([1, 2, 3, 4]), rows([4, 3, 2, 1]))).toMatchObject({ rankFlips: 6, pearson: -1 });
    expect(difference(rows([1, 1, 2]), rows([2, 1, 0]))).toMatchObject({ rankFlips: 2 });
  });

  it("sees groups lose and gain signal, and ignores rows without a reward on either side", () => {
    const first = [...rows([1, 0], "a"), ...rows([1, 1], "b"), ...rows([1, null], "c")];
    const second = [...rows([1, 1], "a"), ...rows([1, 0], "b"), ...rows([1, 0], "c")];
    expect(difference(first, second)).toMatchObject({ episodes: 5, signalLost: 1, signalGained: 1 });
    expect(difference(rows([1, 1]), rows([0, 1]))).toMatchObject({ pearson: null, spearman: null });
  });
});

describe("correlation", () => {
  it("is Pearson's r, and Spearman's ρ of ranks, with equal values sharing theirs", () => {
    // scipy.stats.pearsonr([1,2,3,4],[1,3,2,5]) = 0.8315218406202999
    expect(correlation([1, 2, 3, 4], [1, 3, 2, 5])).toBeCloseTo(0.8315218406202999, 12);
    expect(ranks([10, 20, 10, 30])).toEqual([1.5, 3, 1.5, 4]);
  });
});

describe("parseSweep", () => {
  it("includes both ends, without rounding errors", () => {
    expect(parseSweep("lambda=0:1:0.1").values).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  });

  it.each(["lambda", "lambda=0:1", "lambda=1:0:0.1", "lambda=0:1:0", "lambda=a:1:0.1", "l=0:1:1e-9"])(
    "refuses %s",
    (text) => {
      expect(() => parseSweep(text)).toThrow(/--sweep/);
    },
  );
});
