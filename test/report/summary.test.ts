import { describe, expect, it } from "vitest";
import { measure } from "../../src/metrics/measure.ts";
import { tellingMetrics } from "../../src/metrics/telling.ts";
import { calibrationError, calibrationGap, quantile, wilsonInterval } from "../../src/statistics.ts";
import { type EpisodeFigures, summarise } from "../../src/report/summary.ts";

const METRICS = tellingMetrics(measure({ children: [], turns: [], calls: [] }, "context"));

const figures = (parts: Partial<EpisodeFigures>): EpisodeFigures => ({
  policy: "p",
  tasks: "t",
  taskId: "t1",
  contextTokens: 1000,
  groupId: "t1",
  seed: 0,
  ok: true,
  score: 1,
  reward: 0.9,
  tokens: 10,
  nanoDollars: 1e9,
  turns: 2,
  metrics: METRICS,
  measures: {},
  stopReason: "answered",
  simulated: false,
  readsGold: false,
  ...parts,
});

describe("summarise", () => {
  it("leaves infrastructure faults out of every figure except their own count", () => {
    const failed = figures({ ok: false, score: 0, reward: 0, tokens: 1e6, stopReason: "infra_error" });
    const [row] = summarise([figures({}), failed]);
    expect(row).toMatchObject({ episodes: 1, infraErrors: 1, accuracy: 1, reward: 0.9 });
    expect(row!.tokens).toEqual({ mean: 10, p50: 10, p95: 10 });
    expect(row!.stopReasons).toEqual({ answered: 1, infra_error: 1 });
  });

  it("gives three tasks played eight times each the interval of three tasks", () => {
    const played = ["a", "b", "c"].flatMap((taskId) => Array.from({ length: 8 }, () => figures({ taskId })));
    const [row] = summarise(played);
    expect(row!.accuracyInterval).toEqual(wilsonInterval(3, 3));
    expect(row!.accuracyInterval[0]).toBeLessThan(0.5);
  });

  it("does not claim an accuracy if nothing counts", () => {
    const [row] = summarise([figures({ ok: false })]);
    expect(row).toMatchObject({ episodes: 0, accuracy: null, reward: null, tokens: null });
  });

  it("does not claim dollars if a price is unknown", () => {
    expect(summarise([figures({}), figures({ nanoDollars: null })])[0]!.dollars).toBeNull();
  });

  it("takes a metric's mean over the episodes that have it", () => {
    const read = (coverage: number | null) => figures({ metrics: { ...METRICS, coverage } });
    const [row] = summarise([read(0.5), read(1), read(null)]);
    expect(row!.metrics.coverage).toBe(0.75);
    expect(row!.metrics.batchSize).toBeNull();
  });

  it("makes a row for each policy and kind of task", () => {
    const rows = summarise([figures({}), figures({ policy: "q" }), figures({ tasks: "u" }), figures({})]);
    expect(rows.map((row) => [row.policy, row.tasks, row.episodes])).toEqual([
      ["p", "t", 2],
      ["q", "t", 1],
      ["p", "u", 1],
    ]);
  });
});

describe("statistics", () => {
  it("interpolates quantiles as NumPy's default does", () => {
    expect(quantile([3, 1, 2, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0.95)).toBeCloseTo(3.85, 12);
    expect(quantile([5], 0.95)).toBe(5);
  });

  // 8 of 10, worked out by hand from the formula.
  it("gives Wilson's interval", () => {
    const [low, high] = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(wilsonInterval(10, 10)[1]).toBeCloseTo(1, 12);
    expect(wilsonInterval(0, 10)[0]).toBeCloseTo(0, 12);
  });
});

describe("the figures that a benchmark adds", () => {
  it("are means over the episodes that have them, with our calibration against the judge's verdicts", () => {
    const [row] = summarise([
      figures({ score: 0, measures: { stated_confidence: 1, judged: 1, citation_precision: 0.5 } }),
      figures({ score: 0, measures: { confidence: 0.5, judged: 0 } }),
      figures({ measures: { judged: 0 } }),
    ]);
    expect(row!.measures).toMatchObject({ confidence: 0.5, judged: 1 / 3, citation_precision: 0.5 });
    expect(row!.measures.calibration_gap).toBeCloseTo(Math.sqrt(0.25 / 2));
    expect(row!.measures.calibration_error).toBe(0);
  });

  it("have the authors' calibration error of what a judge read alone", () => {
    const [row] = summarise([figures({ score: 1, measures: { stated_confidence: 0.5 } })]);
    expect(row!.measures).toEqual({ stated_confidence: 0.5, calibration_gap: 0.5 });
    const judged = Array.from({ length: 200 }, (_, i) =>
      figures({ measures: { confidence: i < 100 ? 0.2 : 0.9, judged: 0 } }),
    );
    const unread = figures({ measures: { judged: 0, parse_error: 1, stated_confidence: 1 } });
    expect(summarise([...judged, unread])[0]!.measures.calibration_error).toBeCloseTo(
      Math.sqrt((100 * 0.2 ** 2) / 200),
      12,
    );
  });
});

/** By the authors' own `calculate_calibration_error` (BrowseComp-Plus at 97c637c, numpy 2.4.6), a hundredth of its percents. */
describe("calibrationError", () => {
  it.each([
    [99, 0],
    [150, 0],
    [199, 0],
    [200, 0.3372899346259832],
    [250, 0.3296484724065925],
    [437, 0.341714488964052],
  ])("of %i predictions is what BrowseComp-Plus computes", (count, expected) => {
    const predictions = Array.from({ length: count }, (_, i) => ({
      confidence: ((i * 37) % 1000) / 1000,
      truth: (i * i) % 7 < 3 ? 1 : 0,
    }));
    expect(calibrationError(predictions)).toBeCloseTo(expected, 12);
  });

  it("does not count the last bin, and is 0 for none", () => {
    const right = Array.from({ length: 100 }, () => ({ confidence: 0, truth: 0 }));
    const wrong = Array.from({ length: 150 }, () => ({ confidence: 1, truth: 0 }));
    expect(calibrationError([...right, ...wrong])).toBe(0);
    expect(calibrationGap([...right, ...wrong])).toBeCloseTo(Math.sqrt(150 / 250), 12);
    expect(calibrationError([])).toBe(0);
  });
});

describe("calibrationGap", () => {
  it("is 0 if confidence equals the share of truth, and 1 if it is the opposite", () => {
    const sure = (confidence: number, truth: number) => ({ confidence, truth });
    expect(calibrationGap([sure(1, 1), sure(0, 0)])).toBe(0);
    expect(calibrationGap([sure(1, 0), sure(0, 1)])).toBe(1);
    const half = Array.from({ length: 2000 }, (_, i) => sure(0.5, i % 2));
    expect(calibrationGap(half)).toBe(0);
    expect(calibrationGap([])).toBeNaN();
  });
});
