/** What the pictures of reports and of training show, as a reader of the SVG finds it. */
import { describe, expect, it } from "vitest";
import { frontPlot } from "../../src/report/front-plot.ts";
import { overLength } from "../../src/report/over-length.ts";
import { renderSvg } from "../../src/report/plot.ts";
import { COLOURS } from "../../src/report/policy-marks.ts";
import { reportOn } from "../../src/report/report.ts";
import { type EpisodeFigures, figuresOf } from "../../src/report/summary.ts";
import { sweepPlot } from "../../src/report/sweep-plot.ts";
import { learningCurve } from "../../src/train/learning-curve.ts";
import { rewarded } from "../trajectory-fixture.ts";

interface Parts {
  readonly policy: string;
  readonly task: string;
  readonly length: number;
  readonly score: number;
  readonly nanoDollars: number;
}

function figures({ policy, task, length, score, nanoDollars }: Parts): EpisodeFigures {
  const made = figuresOf(rewarded(), `made ${length}`);
  return { ...made, kind: "made", policy, taskId: task, contextTokens: length, score, nanoDollars };
}

const episodes = ["cheap", "dear"].flatMap((policy) =>
  [1000, 8000].flatMap((length) =>
    ["a", "b", "c"].map((task) =>
      figures({
        policy,
        task: `${task}${length}`,
        length,
        score: policy === "dear" || task === "a" ? 1 : 0,
        nanoDollars: (policy === "dear" ? length : 100) * (task === "a" ? 2e3 : 1e3),
      }),
    ),
  ),
);

describe("score and cost over length", () => {
  it("are the means of each policy at each length, with intervals over tasks", () => {
    const [report, ...others] = overLength(episodes, { policies: ["dear", "cheap"] });
    expect(others).toEqual([]);
    expect(report).toMatchObject({ kind: "made", unit: "dollars" });
    const { points } = report!;
    expect(points.map(({ policy, contextTokens }) => [policy, contextTokens])).toEqual([
      ["dear", 1000],
      ["dear", 8000],
      ["cheap", 1000],
      ["cheap", 8000],
    ]);
    const cheap = points[2]!;
    expect(cheap.score).toBeCloseTo(1 / 3, 12);
    // Three tasks of which one is right, as Wilson counts them.
    expect(cheap.scoreInterval[0]).toBeCloseTo(0.0615, 3);
    expect(cheap.scoreInterval[1]).toBeCloseTo(0.7923, 3);
    expect(cheap.cost).toBeCloseTo(4e5 / 3 / 1e9, 15);
    const [low, high] = cheap.costInterval!;
    expect(low).toBeGreaterThanOrEqual(1e5 / 1e9);
    expect(low).toBeLessThan(cheap.cost);
    expect(high).toBeGreaterThan(cheap.cost);
    expect(high).toBeLessThanOrEqual(2e5 / 1e9);
  });

  it("are as wide for eight equal rollouts of a task as for one", () => {
    const eight = episodes.flatMap((episode) =>
      Array.from({ length: 8 }, (_, seed) => ({ ...episode, seed })),
    );
    const intervals = (of: readonly EpisodeFigures[]) =>
      overLength(of)[0]!.points.map(({ scoreInterval, costInterval }) => [scoreInterval, costInterval]);
    const [once, often] = [intervals(episodes), intervals(eight)];
    for (const [index, pair] of once.entries())
      for (const [at, interval] of pair.entries())
        for (const [end, value] of interval!.entries()) expect(often[index]![at]![end]).toBeCloseTo(value, 9);
    const [first] = reportOn(eight);
    expect(first!.policies.map(({ scoreInterval }) => scoreInterval)).toEqual(
      reportOn(episodes)[0]!.policies.map(({ scoreInterval }) => scoreInterval),
    );
  });

  it("put contexts without a nominal length together by octave, and need two lengths", () => {
    const file = (contextTokens: number) => ({ ...episodes[0]!, tasks: "made", contextTokens });
    const [report] = overLength([file(1000), file(1100), file(4200)]);
    expect(report!.points.map(({ contextTokens }) => contextTokens)).toEqual([1050, 4200]);
    expect(overLength([file(1000), file(1100)])).toEqual([]);
  });
});

describe("the picture of a report", () => {
  it("is drawn with intervals, a name for each axis, and what is simulated", async () => {
    const marked = episodes.map((episode) => ({ ...episode, simulated: episode.policy === "cheap" }));
    const svg = await renderSvg(frontPlot(reportOn(marked), overLength(marked)));
    for (const text of [
      "made over the length of contexts",
      "length of the context (tokens)",
      "mean cost of an episode (US dollars)",
      "mean score (0 to 1)",
      "cheap (simulated)",
      ">dear<",
    ])
      expect(svg).toContain(text);
    expect(svg.match(/aria-roledescription="rule mark"/g)!.length).toBeGreaterThanOrEqual(16);
  });

  it("is the same whatever the order of the episodes", async () => {
    const draw = (of: readonly EpisodeFigures[]) => renderSvg(frontPlot(reportOn(of), overLength(of)));
    expect(await draw(episodes.toReversed())).toBe(await draw(episodes));
  });

  it("has colours that grey keeps apart", () => {
    const lightness = COLOURS.map((colour) => {
      const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
      const linear = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      const luminance = 0.2126 * linear(red!) + 0.7152 * linear(green!) + 0.0722 * linear(blue!);
      return 116 * Math.cbrt(luminance) - 16;
    });
    for (const [index, value] of lightness.entries())
      if (index > 0) expect(value - lightness[index - 1]!).toBeGreaterThan(9);
  });
});

describe("the picture of a sweep", () => {
  it("says what rests on a simulated model", async () => {
    const point = {
      value: 0,
      rewards: { "direct*": 0.5, bm25: 0.25 },
      best: "direct*",
      groupsWithoutSignal: 0,
    };
    expect(await renderSvg(sweepPlot("lambda", [point]))).toContain("* rests on a simulated model");
    const real = { ...point, rewards: { bm25: 0.25 }, best: "bm25" };
    expect(await renderSvg(sweepPlot("lambda", [real]))).not.toContain("simulated");
  });
});

describe("the learning curve", () => {
  const point = {
    update: 1,
    reward: 0.25,
    accuracy: 0.5,
    costUsd: 0,
    entropy: 1,
    kl: 0,
    loss: 0,
    episodes: 8,
  };
  const curve = [1, 2].map((update) => ({ ...point, update, groupsWithoutSignal: 0 }));
  const held = [
    { policy: "trained", reward: 0.75, accuracy: 1 },
    { policy: "best plans", reward: 0.875, accuracy: null },
  ];

  it("draws training and held-out tasks in panels under their own names", () => {
    const { hconcat } = learningCurve(curve, held) as unknown as {
      hconcat: { title: string; data: { values: { value: number }[] } }[];
    };
    expect(hconcat.map(({ title, data }) => [title, data.values.map(({ value }) => value)])).toEqual([
      ["training tasks", [0.25, 0.5, 0.25, 0.5]],
      ["held-out tasks, after the training", [0.75, 1, 0.875]],
    ]);
  });

  it("says that its figures are simulated, and needs no held-out tasks", async () => {
    for (const scores of [held, []]) {
      const svg = await renderSvg(learningCurve(curve, scores));
      expect(svg).toContain("All figures rest on simulated sub-models.");
      expect(svg.includes("held-out")).toBe(scores.length > 0);
    }
  });
});
