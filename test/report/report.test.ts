/** The front and its figures, compared with values worked out by hand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/random.ts";
import { pairedBootstrap } from "../../src/report/bootstrap.ts";
import { areaOverLogCost, hypervolume, paretoFront } from "../../src/report/front.ts";
import { reportOn } from "../../src/report/report.ts";
import { figuresOf } from "../../src/report/summary.ts";
import { rewarded } from "../trajectory-fixture.ts";

const point = (cost: number, score: number) => ({ cost, score });
const POINTS = [point(1, 0.2), point(2, 0.1), point(4, 0.6), point(8, 0.6), point(10, 0.9)];

describe("the front", () => {
  it("holds the policies that no other one beats, in order of cost", () => {
    expect(paretoFront(POINTS)).toEqual([point(1, 0.2), point(4, 0.6), point(10, 0.9)]);
    expect(paretoFront([point(1, 0.5), point(1, 0.7)])).toEqual([point(1, 0.7)]);
    expect(paretoFront([])).toEqual([]);
  });

  it("has a hypervolume up to the reference point", () => {
    // (4 − 1)·0.2 + (10 − 4)·0.6 + (12 − 10)·0.9
    expect(hypervolume(POINTS, point(12, 0))).toBeCloseTo(6, 12);
    expect(hypervolume(POINTS, point(8, 0))).toBeCloseTo(0.6 + 2.4, 12);
    expect(hypervolume(POINTS, point(12, 0.5))).toBeCloseTo(0.6 + 0.8, 12);
    expect(hypervolume([], point(12, 0))).toBe(0);
  });

  it("has a mean score over log cost, in which each doubling counts the same", () => {
    // from 1 to 16: 2 doublings at 0.2, 2 at 0.6
    expect(areaOverLogCost([point(1, 0.2), point(4, 0.6)], 1, 16)).toBeCloseTo(0.4, 12);
    expect(areaOverLogCost([point(0, 0.5)], 1, 4)).toBeCloseTo(0.5, 12);
    expect(areaOverLogCost([point(1, 1)], 1, 1)).toBeNull();
    expect(areaOverLogCost([point(0, 1)], Infinity, 0)).toBeNull();
  });

  it("never shrinks with another policy", () => {
    const points = fc.array(
      fc.record({ cost: fc.integer({ min: 0, max: 9 }), score: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    const property = fc.property(points, points, (own, more) => {
      const reference = point(10, 0);
      return hypervolume([...own, ...more], reference) >= hypervolume(own, reference) - 1e-12;
    });
    fc.assert(property);
  });
});

describe("pairedBootstrap", () => {
  it("repeats with its seed, contains the mean, and is a point if all pairs differ by the same amount", () => {
    const found = pairedBootstrap([0, 1, 0, 1, 1, 0, 1, 1], 3)!;
    expect(found).toEqual(pairedBootstrap([0, 1, 0, 1, 1, 0, 1, 1], 3));
    expect(found.mean).toBe(0.625);
    expect(found.interval[0]).toBeLessThan(0.625);
    expect(found.interval[1]).toBeGreaterThan(0.625);
    expect(pairedBootstrap([0.5, 0.5], 0)).toEqual({ pairs: 2, mean: 0.5, interval: [0.5, 0.5] });
    expect(pairedBootstrap([], 0)).toBeNull();
  });

  it("covers the true mean about as often as it claims", () => {
    // 40 pairs of a fair coin; the percentile interval at 95 % covers 0.5 in 90 to 99 of 100 samples.
    const covered = Array.from({ length: 100 }, (_, sample) => {
      const random = new Random(sample);
      const draws = Array.from({ length: 40 }, () => random.below(2));
      const [low, high] = pairedBootstrap(draws, sample)!.interval;
      return low <= 0.5 && 0.5 <= high;
    }).filter(Boolean).length;
    expect(covered).toBeGreaterThanOrEqual(88);
  });
});

describe("a report", () => {
  const episode = (policy: string, seed: number, score: number, nanoDollars: number | null, more = {}) => ({
    ...figuresOf(rewarded({ score }), "e 8k"),
    policy,
    seed,
    nanoDollars,
    taskId: `t${seed}`,
    ...more,
  });

  it("reports each policy's score and cost, paired with the first", () => {
    const [report] = reportOn(
      [
        episode("cheap", 0, 0, 1e9),
        episode("cheap", 1, 1, 1e9),
        episode("dear", 0, 1, 2e9),
        episode("dear", 1, 1, 4e9),
        episode("gone", 0, 0, 3e9),
        episode("gone", 1, 0, 0, { ok: false }),
        episode("oracle", 0, 1, 0, { readsGold: true }),
      ],
      { budget: 2 },
    );
    expect(report).toMatchObject({
      tasks: "e 8k",
      unit: "dollars",
      baseline: "cheap",
      reference: { score: 0, cost: 3 },
    });
    const [cheap, dear, gone, oracle] = report!.policies;
    expect(cheap).toMatchObject({ score: 0.5, cost: 1, scoreAtBudget: 0.5, costPerRight: 2, onFront: true });
    expect(dear).toMatchObject({
      score: 1,
      cost: 3,
      costP50: 3,
      scoreAtBudget: 0.5,
      costPerRight: 3,
      onFront: true,
    });
    expect(dear!.costP95).toBeCloseTo(3.9, 12);
    expect(dear!.scoreDifference).toMatchObject({ pairs: 2, mean: 0.5 });
    expect(gone).toMatchObject({ episodes: 1, infraErrors: 1, costPerRight: null, onFront: false });
    expect(oracle!.onFront).toBe(false);
    expect(report!.hypervolume).toBeCloseTo(1, 12);
  });

  it("measures in tokens if a price is unknown, and has no NaN if nothing cost anything", () => {
    expect(reportOn([episode("a", 0, 1, null)])[0]!.unit).toBe("tokens");
    const text = JSON.stringify(reportOn([episode("a", 0, 1, 0)]), (_, value: unknown) => {
      expect(typeof value === "number" && !Number.isFinite(value)).toBe(false);
      return value;
    });
    expect(text).toContain('"areaOverLogCost":null');
    expect(reportOn([episode("a", 0, 1, 0, { ok: false })])).toEqual([]);
  });

  it("counts rollouts of one task as one task, and does not depend on the order of the episodes", () => {
    const group = (policy: string, scores: readonly number[]) =>
      scores.flatMap((score, task) =>
        Array.from({ length: 8 }, (_, seed) =>
          episode(policy, 10 * task + seed, score, 1e9, { taskId: `t${task}` }),
        ),
      );
    const episodes = [...group("b", [1, 0, 1]), ...group("a", [0, 0, 1])];
    const options = { policies: ["b", "a"] };
    const report = reportOn(episodes, options);
    expect(report[0]).toMatchObject({ baseline: "b" });
    expect(report[0]!.policies.map(({ policy }) => policy)).toEqual(["b", "a"]);
    const [, other] = report[0]!.policies;
    expect(other!.scoreDifference).toMatchObject({ pairs: 3 });
    expect(other!.scoreDifference!.mean).toBeCloseTo(-1 / 3, 12);
    expect(other!.scoreDifference!.interval).toEqual([-1, 0]);
    const shuffled = Random.of(1, "shuffle").shuffle([...episodes]) ?? episodes.toReversed();
    expect(JSON.stringify(reportOn(shuffled, options))).toBe(JSON.stringify(report));
  });

  it("keeps a policy apart by its system prompts, and by the prompts' styles", () => {
    const prompted = (prompt: string | null, seed: number, score: number) =>
      episode("m", seed, score, 1e9, { prompt });
    const one = [prompted("default 11111111", 0, 1), prompted("default 11111111", 1, 1)];
    const rowsOf = (episodes: typeof one) =>
      reportOn(episodes, {})[0]!.policies.map(({ policy, score }) => [policy, score]);
    expect(rowsOf(one)).toEqual([["m", 1]]);
    const other = [prompted("default 22222222", 0, 0), prompted("small 22222222", 1, 0.5)];
    expect(rowsOf([...one, ...other])).toEqual([
      ["m (prompt default 11111111)", 1],
      ["m (prompt default 22222222)", 0],
      ["m (prompt small 22222222)", 0.5],
    ]);
    // A strategy reads no prompt.
    expect(rowsOf([prompted(null, 0, 1), prompted(null, 1, 1)])).toEqual([["m", 1]]);
  });

  it("tells a prompt by its hash as the record has it", () => {
    const played = rewarded({ score: 1 });
    const model = { name: "m", simulated: false };
    const of = (systemPromptSha256: string, more = {}) =>
      figuresOf({ ...played, policyModel: model, systemPromptSha256, ...more }, "e");
    expect(of("a".repeat(64)).prompt).toBe("aaaaaaaa");
    expect(of("b".repeat(64), { promptStyle: "small" }).prompt).toBe("small bbbbbbbb");
    expect(figuresOf(played, "e").prompt).toBeNull();
  });
});
