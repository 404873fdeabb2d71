/** Reads an episode's metrics off its finished record. */
import type { Call, Trajectory, Turn } from "../trajectory.ts";
import type { Context } from "../types.ts";
import { coverage } from "./coverage.ts";
import type { DepthMetrics, Metrics } from "./metrics.ts";

/** What the metrics are made of. */
export type Measured = Pick<Trajectory, "turns" | "calls">;

/** The metrics of an episode over this context. `afterRight` is null: what is right is not in the record. */
export function measure({ turns, calls }: Measured, context: Context): Metrics {
  const blocks = turns.flatMap((turn) => turn.results);
  const printed = blocks.flatMap(({ stdout, stderr, value, exception }) => [
    stdout,
    stderr,
    value ?? "",
    exception ?? "",
  ]);
  const subCalls = calls.filter(isSubCall);
  return {
    turns: turns.length,
    depths: depthsOf(calls),
    batchSizes: batchSizesOf(subCalls),
    printedChars: sum(blocks.map((block) => block.outputChars)),
    cutChars: sum(blocks.map((block) => block.omittedChars)),
    coverage: coverage(context, [...printed, ...subCalls.map((call) => call.prompt ?? "")]),
    repeatedSubQueries: subCalls.length - new Set(subCalls.map(queryOf)).size,
    afterRight: null,
    wallClock: { replSeconds: replSeconds(turns, subCalls) },
  };
}

function isSubCall(call: Call): boolean {
  return call.purpose === "llm_query" || call.purpose === "rlm_query";
}

function queryOf({ model, prompt }: Call): string {
  return JSON.stringify([model, prompt]);
}

function depthsOf(calls: readonly Call[]): DepthMetrics[] {
  const depths = [...new Set(calls.map((call) => call.depth))].toSorted((a, b) => a - b);
  return depths.map((depth) => {
    const own = calls.filter((call) => call.depth === depth);
    const used = own.map((call) => call.usage ?? call.reserved);
    const count: Record<string, number> = {};
    for (const { purpose } of own) count[purpose] = (count[purpose] ?? 0) + 1;
    return {
      depth,
      calls: count,
      promptTokens: sum(used.map((usage) => usage.promptTokens)),
      completionTokens: sum(used.map((usage) => usage.completionTokens)),
      cachedTokens: sum(used.map((usage) => usage.cachedTokens)),
      nanoDollars: own.some((call) => call.nanoDollars === null)
        ? null
        : sum(own.map((call) => call.nanoDollars ?? 0)),
    };
  });
}

function batchSizesOf(calls: readonly Call[]): number[] {
  return calls.flatMap(({ batch }) => (batch?.index === 0 ? [batch.size] : []));
}

/** Python stands still while it waits: for a call as long as that takes, for a batch as long as its slowest call. */
function replSeconds(turns: readonly Turn[], subCalls: readonly Call[]): number {
  const waits = new Map<string, number>();
  for (const { id, batch, wallClock } of subCalls) {
    const key = batch ? `batch ${batch.id}` : `call ${id}`;
    waits.set(key, Math.max(waits.get(key) ?? 0, wallClock.seconds));
  }
  const inTurns = sum(turns.map((turn) => turn.wallClock.seconds));
  return Math.max(0, inTurns - sum([...waits.values()]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
