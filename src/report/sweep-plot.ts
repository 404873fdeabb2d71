/** The picture of a sweep: each policy's reward over the swept number; policies differ in shape and dash. */
import type { TopLevelSpec } from "./plot.ts";
import type { SweepPoint } from "./sweep.ts";

/**
 * A picture of each policy's mean reward over one number of a reward's spec, as a Vega-Lite specification. A name that ends in a
 * star is of a policy whose figures rest on a simulated model.
 */
export function sweepPlot(name: string, points: readonly SweepPoint[]): TopLevelSpec {
  const values = points.flatMap(({ value, rewards, best }) =>
    Object.entries(rewards).map(([policy, reward]) => ({ value, policy, reward, best: policy === best })),
  );
  const title = name === "lambda" ? "λ, the weight of cost (no unit)" : `${name} (as in the spec)`;
  const x = { field: "value", type: "quantitative" as const, title };
  const y = { field: "reward", type: "quantitative" as const, title: "mean reward of an episode (no unit)" };
  const policy = { field: "policy", type: "nominal" as const, title: "policy" };
  return {
    title: {
      text: [
        "filled: the policy that earns most",
        ...(values.some((own) => own.policy.endsWith("*")) ? ["* rests on a simulated model"] : []),
      ],
      fontSize: 11,
      fontWeight: "normal",
      anchor: "start",
    },
    width: 460,
    height: 280,
    data: { values },
    layer: [
      {
        mark: { type: "line", color: "#666", strokeWidth: 1.4 },
        encoding: { x, y, strokeDash: { ...policy, legend: null } },
      },
      {
        mark: { type: "point", size: 45, color: "black", filled: false, fill: "white" },
        encoding: { x, y, shape: policy },
      },
      {
        transform: [{ filter: "datum.best" }],
        mark: { type: "point", size: 60, color: "black", filled: true },
        encoding: { x, y, shape: policy },
      },
    ],
    config: { font: "DejaVu Sans, sans-serif", axis: { grid: true, gridColor: "#ddd" } },
  };
}
