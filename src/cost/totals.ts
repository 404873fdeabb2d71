/** Sums over the calls of an episode and of its children. */
import { isDeepStrictEqual } from "node:util";
import { RunError } from "../errors.ts";
import type { Call, Totals, Trajectory } from "../trajectory.ts";
import type { Usage } from "../types.ts";

/** The part of a record that forms a tree. */
type Node = Pick<Trajectory, "calls" | "children">;

/** The calls of an episode and of all its descendants. */
export function callsOfTree({ calls, children }: Node): readonly Call[] {
  return children.length === 0 ? calls : [...calls, ...children.flatMap(callsOfTree)];
}

/** Throws `RunError` if the totals of a record, or of a descendant, are not the sums over its calls. */
export function expectSums(trajectory: Trajectory): void {
  const { rolloutId, totals, children } = trajectory;
  if (!isDeepStrictEqual(totals, sumCalls(callsOfTree(trajectory))))
    throw new RunError(`rollout ${rolloutId}: the totals are not the sums over the calls`);
  for (const child of children) expectSums(child);
}

/** Adds up calls. If a call's usage is unknown, its reservation counts. If a price is unknown, so is the sum. */
export function sumCalls(calls: readonly Call[]): Totals {
  const used = calls.map((call) => call.usage ?? call.reserved);
  const sum = (read: (usage: Usage) => number) => used.reduce((total, usage) => total + read(usage), 0);
  const unpriced = calls.some((call) => call.nanoDollars === null);
  return {
    calls: calls.length,
    cachedCalls: calls.filter((call) => call.cached).length,
    callsOfUnknownUsage: calls.filter((call) => call.usage === null).length,
    promptTokens: sum((usage) => usage.promptTokens),
    completionTokens: sum((usage) => usage.completionTokens),
    cachedTokens: sum((usage) => usage.cachedTokens),
    nanoDollars: unpriced ? null : calls.reduce((total, call) => total + (call.nanoDollars ?? 0), 0),
    overshootTokens: calls.reduce((total, call) => total + overshootOf(call), 0),
  };
}

function overshootOf({ usage, reserved }: Call): number {
  return usage === null ? 0 : Math.max(0, tokensOf(usage) - tokensOf(reserved));
}

/** The tokens of prompt and completion together. */
export function tokensOf(usage: Usage): number {
  return usage.promptTokens + usage.completionTokens;
}
