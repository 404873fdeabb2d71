/** The learning curve as a Vega-Lite specification: training tasks and held-out tasks each in a panel of their own. */
import type { TopLevelSpec } from "../report/plot.ts";
import { COLOURS, DASHES } from "../report/policy-marks.ts";
import type { CurvePoint } from "./checkpoint.ts";

/** What a policy earned on held-out tasks. */
export interface HeldOutScore {
  /** Such as "trained" or the name of a strategy. */
  readonly policy: string;
  readonly reward: number;
  /** Null where it is not known. */
  readonly accuracy: number | null;
}

const RANGE = { domain: [0, 1] };
const KINDS = ["reward", "accuracy"];
const MARKS = {
  color: {
    field: "what",
    type: "nominal" as const,
    title: null,
    scale: { domain: KINDS, range: [COLOURS[1], COLOURS[2]] },
  },
};

/**
 * On the left the mean reward and accuracy of each update's episodes, which are of training tasks; on the right what policies reach
 * on held-out tasks after the training.
 */
export function learningCurve(curve: readonly CurvePoint[], heldOut: readonly HeldOutScore[]): TopLevelSpec {
  const training = {
    title: "training tasks",
    width: 420,
    height: 260,
    data: {
      values: curve.flatMap(({ update, reward, accuracy }) => [
        { update, what: "reward", value: reward },
        { update, what: "accuracy", value: accuracy },
      ]),
    },
    mark: { type: "line" as const, clip: true },
    encoding: {
      x: { field: "update", type: "quantitative" as const, title: "update", axis: { tickMinStep: 1 } },
      y: {
        field: "value",
        type: "quantitative" as const,
        title: "mean of the update's episodes",
        scale: RANGE,
      },
      strokeDash: { ...MARKS.color, scale: { domain: KINDS, range: [DASHES[0], DASHES[1]] } },
      ...MARKS,
    },
  };
  const after = {
    title: "held-out tasks, after the training",
    width: { step: 44 },
    height: 260,
    data: {
      values: heldOut.flatMap(({ policy, reward, accuracy }) => [
        { policy, what: "reward", value: reward },
        ...(accuracy === null ? [] : [{ policy, what: "accuracy", value: accuracy }]),
      ]),
    },
    mark: { type: "point" as const, filled: true, size: 80, opacity: 1 },
    encoding: {
      x: { field: "policy", type: "nominal" as const, title: null, sort: null, axis: { labelAngle: -40 } },
      y: { field: "value", type: "quantitative" as const, title: "mean", scale: RANGE },
      shape: { ...MARKS.color, scale: { domain: KINDS, range: ["circle", "triangle-up"] } },
      ...MARKS,
    },
  };
  return {
    title: {
      text: "All figures rest on simulated sub-models.",
      fontSize: 11,
      fontWeight: "normal",
      anchor: "start",
    },
    background: "white",
    hconcat: heldOut.length === 0 ? [training] : [training, after],
    config: { font: "DejaVu Sans, sans-serif", axis: { grid: true, gridColor: "#ddd" } },
  };
}
