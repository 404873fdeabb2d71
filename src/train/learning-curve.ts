/** The learning curve as a Vega-Lite specification. */
import type { TopLevelSpec } from "../report/plot.ts";
import type { CurvePoint } from "./checkpoint.ts";

/** Reward and accuracy by update, with a rule at the best plans' reward where it is known. */
export function learningCurve(curve: readonly CurvePoint[], optimum: number | null): TopLevelSpec {
  const values = curve.flatMap(({ update, reward, accuracy }) => [
    { update, what: "reward", value: reward },
    { update, what: "accuracy", value: accuracy },
  ]);
  const rule = {
    data: { values: [{ value: optimum }] },
    mark: { type: "rule" as const, strokeDash: [4, 4], color: "#666" },
    encoding: { y: { field: "value", type: "quantitative" as const } },
  };
  const line = {
    data: { values },
    mark: "line" as const,
    encoding: {
      x: { field: "update", type: "quantitative" as const, title: "update" },
      y: {
        field: "value",
        type: "quantitative" as const,
        title: "mean of the update's episodes",
        scale: { domain: [0, 1] },
      },
      color: { field: "what", type: "nominal" as const, title: null },
    },
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    width: 480,
    height: 280,
    background: "white",
    title: optimum === null ? "training" : "training; dashed: the best plans' reward on held-out tasks",
    layer: optimum === null ? [line] : [line, rule],
  };
}
