/** The report's picture: accuracy against cost, one panel per kind of tasks, and score and cost over the length of contexts. */
import type { LengthReport } from "./over-length.ts";
import type { TopLevelSpec } from "./plot.ts";
import { INTERVAL, labelOf, lineOf, LINES_BY_POLICY, POINT, pointsBy } from "./policy-marks.ts";
import type { TasksReport } from "./report.ts";

const CONFIG = { font: "DejaVu Sans, sans-serif", axis: { grid: true, gridColor: "#ddd" } };
const COLUMNS = 3;
const SCORE = {
  field: "score",
  type: "quantitative" as const,
  scale: { domain: [0, 1] },
  title: "mean score (0 to 1)",
};
const SCORE_INTERVAL = { y: { ...SCORE, field: "scoreLow" }, y2: { field: "scoreHigh" } };

/**
 * Draws intervals at 95 % over tasks beside every mean. A cost axis is logarithmic if all costs are above zero.
 *
 * @param lengths kinds of tasks with several lengths, below the front
 */
export function frontPlot(
  reports: readonly TasksReport[],
  lengths: readonly LengthReport[] = [],
): TopLevelSpec {
  const labels = [
    ...new Set(
      [...reports.flatMap(({ policies }) => policies), ...lengths.flatMap(({ points }) => points)].map(
        labelOf,
      ),
    ),
  ];
  const front = { columns: COLUMNS, concat: reports.map((report) => frontPanel(report, labels)) };
  if (lengths.length === 0) return { ...front, config: CONFIG };
  const below = { columns: COLUMNS, concat: lengths.map((report) => lengthPanels(report, labels)) };
  return { vconcat: [front, below], config: CONFIG };
}

function frontPanel({ tasks, policies, unit }: TasksReport, labels: readonly string[]) {
  const values = policies.map((own) => ({ ...valueOf(own), onFront: own.onFront }));
  const x = {
    ...costAxis(values, unit),
    axis: { format: "~g", tickCount: 4, labelOverlap: true },
  };
  const point = pointsBy(labels);
  return {
    title: tasks,
    width: 280,
    height: 240,
    data: { values },
    layer: [
      {
        transform: [{ filter: "datum.onFront" }],
        mark: {
          type: "line" as const,
          interpolate: "step-after" as const,
          color: "#555",
          strokeDash: [4, 3],
        },
        encoding: { x, y: SCORE, order: { field: "cost" } },
      },
      { mark: INTERVAL, encoding: { x, ...SCORE_INTERVAL } },
      { mark: INTERVAL, encoding: { x: { ...x, field: "costLow" }, x2: { field: "costHigh" }, y: SCORE } },
      { mark: POINT, encoding: { x, y: SCORE, ...point } },
    ],
  };
}

/** Score above cost, over one axis of lengths. */
function lengthPanels({ kind, points, unit }: LengthReport, labels: readonly string[]) {
  const order = [...new Set(points.map(labelOf))];
  const values = points.map((own) => ({
    ...valueOf(own),
    ...lineOf(labelOf(own), labels),
    at: beside(own, order),
  }));
  const x = {
    field: "at",
    type: "quantitative" as const,
    scale: { type: "log" as const, nice: false, padding: 16 },
    axis: {
      values: [...new Set(points.map(({ contextTokens }) => contextTokens))],
      format: ".2~s",
      labelOverlap: true,
    },
    title: "length of the context (tokens)",
  };
  const point = pointsBy(labels);
  const cost = { ...costAxis(values, unit), title: `mean cost (${nameOf(unit)})` };
  const panel = (y: object, interval: object) => ({
    width: 280,
    height: 170,
    data: { values },
    layer: [
      { mark: INTERVAL, encoding: { x, ...interval } },
      { mark: { type: "line" as const, strokeWidth: 1.4 }, encoding: { x, y, ...LINES_BY_POLICY } },
      { mark: POINT, encoding: { x, y, ...point } },
    ],
  });
  return {
    title: `${kind} over the length of contexts`,
    spacing: 12,
    vconcat: [
      panel(SCORE, SCORE_INTERVAL),
      panel(cost, { y: { ...cost, field: "costLow" }, y2: { field: "costHigh" } }),
    ],
  };
}

/** A place beside the length itself, so that the intervals of policies do not cover each other. */
function beside(own: LengthReport["points"][number], order: readonly string[]): number {
  return own.contextTokens * 1.025 ** (order.indexOf(labelOf(own)) - (order.length - 1) / 2);
}

interface Drawn {
  readonly cost: number;
  readonly costLow: number;
}

function valueOf(own: TasksReport["policies"][number] | LengthReport["points"][number]) {
  const { score, scoreInterval, cost, costInterval } = own;
  const [costLow, costHigh] = costInterval ?? [cost, cost];
  return {
    policy: labelOf(own),
    score,
    scoreLow: scoreInterval[0],
    scoreHigh: scoreInterval[1],
    cost,
    costLow,
    costHigh,
  };
}

function costAxis(values: readonly Drawn[], unit: TasksReport["unit"]) {
  const isLogarithmic = values.every(({ costLow }) => costLow > 0);
  return {
    field: "cost",
    type: "quantitative" as const,
    scale: isLogarithmic ? { type: "log" as const, nice: false, padding: 24 } : {},
    axis: { format: "~g", tickCount: 4, labelOverlap: true },
    title: `mean cost of an episode (${nameOf(unit)})`,
  };
}

function nameOf(unit: TasksReport["unit"]): string {
  return unit === "dollars" ? "US dollars" : "tokens";
}
