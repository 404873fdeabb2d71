/** An episode with the children that its code began, as one tree of calls. */
import { isDeepStrictEqual } from "node:util";
import { RunError } from "./errors.ts";
import { sumCalls } from "./cost/ledger.ts";
import type { Call, Trajectory } from "./trajectory.ts";

/** What of a record makes it a tree. */
type Node = Pick<Trajectory, "calls" | "children">;

/** The calls of an episode and of all children below it, each once. */
export function callsOfTree({ calls, children }: Node): readonly Call[] {
  return children.length === 0 ? calls : [...calls, ...children.flatMap(callsOfTree)];
}

/** Throws `RunError` where a record's totals, or those of a child below it, are not the sums over its calls. */
export function expectSums(trajectory: Trajectory): void {
  const { rolloutId, totals, children } = trajectory;
  if (!isDeepStrictEqual(totals, sumCalls(callsOfTree(trajectory))))
    throw new RunError(`rollout ${rolloutId}: the totals are not the sums over the calls`);
  for (const child of children) expectSums(child);
}
