/** The report's picture: accuracy against cost, one panel per kind of tasks; policies differ in shape, not only in colour. */
import type { TopLevelSpec } from "./plot.ts";
import type { TasksReport } from "./report.ts";

/** The cost axis is logarithmic if all costs are above zero. */
export function frontPlot(reports: readonly TasksReport[]): TopLevelSpec {
  const points = reports.flatMap(({ tasks, policies }) =>
    policies.map(({ policy, score, cost, onFront, readsGold, simulated }) => ({
      tasks,
      policy: policy + (simulated ? " (simulated)" : "") + (readsGold ? " (told the gold)" : ""),
      score,
      cost,
      onFront,
    })),
  );
  const units = new Set(reports.map(({ unit }) => unit));
  const unit = units.size === 1 && units.has("dollars") ? "US dollars" : "tokens";
  const x = {
    field: "cost",
    type: "quantitative" as const,
    scale: points.every(({ cost }) => cost > 0) ? { type: "log" as const, nice: false, padding: 24 } : {},
    axis: { format: "~g", tickCount: 4, labelOverlap: true },
    title: `mean cost of an episode (${unit})`,
  };
  const y = {
    field: "score",
    type: "quantitative" as const,
    scale: { domain: [0, 1] },
    title: "mean score (0 to 1)",
  };
  return {
    data: { values: points },
    facet: { field: "tasks", type: "nominal", title: null, sort: reports.map(({ tasks }) => tasks) },
    columns: Math.min(3, reports.length),
    resolve: { scale: { x: "independent" } },
    spec: {
      width: 280,
      height: 240,
      layer: [
        {
          transform: [{ filter: "datum.onFront" }],
          mark: { type: "line", interpolate: "step-after", color: "#555", strokeDash: [4, 3], clip: true },
          encoding: { x, y, order: { field: "cost" } },
        },
        {
          mark: { type: "point", filled: false, size: 90, color: "black", strokeWidth: 1.6 },
          encoding: { x, y, shape: { field: "policy", type: "nominal", title: "policy" } },
        },
      ],
    },
    config: { font: "DejaVu Sans, sans-serif", axis: { grid: true, gridColor: "#ddd" } },
  };
}
