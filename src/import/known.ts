/** Adds what is known about an imported record from outside it. */
import { summariseContext } from "../data/context.ts";
import { measure } from "../metrics/measure.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context } from "../types.ts";

/** The record with its context: the address, the tokens of one reading, and the coverage. */
export function withKnown(
  trajectory: Trajectory,
  context: Context,
  countTokens: (text: string) => number,
): Trajectory {
  const text = typeof context === "string" ? context : JSON.stringify(context);
  const tokens = countTokens(text);
  return {
    ...trajectory,
    task: { ...trajectory.task, contextTokens: tokens, context: summariseContext(context) },
    fullReading: { ...trajectory.fullReading, tokens },
    metrics: measure(trajectory, context),
  };
}
