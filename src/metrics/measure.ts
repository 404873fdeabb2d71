/** Computes an episode's metrics from its finished record. */
import type { Call, Trajectory, Turn, DepthMetrics, Metrics } from "../trajectory.ts";
import { callsOfTree } from "../cost/totals.ts";
import { sum } from "../statistics.ts";
import type { Context } from "../types.ts";
import { coverage, coverageInTurns } from "./coverage.ts";

/** The parts of a record that the metrics need. */
export type Measured = Pick<Trajectory, "turns" | "calls" | "children">;

/**
 * The metrics of an episode over this context. Calls, batches and coverage cover the whole tree; turns and output only
 * the episode itself. `afterRight` is null: the record does not say what is right.
 */
export function measure(measured: Measured, context: Context): Metrics {
  return metricsOf(measured, coverage(context, seenIn(measured)));
}

/** The same in turns of the event loop, for an episode that has just ended while others go on. */
export async function measureInTurns(measured: Measured, context: Context): Promise<Metrics> {
  return metricsOf(measured, await coverageInTurns(context, seenIn(measured)));
}

/** What code printed, and what it sent to sub-models. */
function seenIn({ turns, calls, children }: Measured): string[] {
  const printed = [...turns, ...children.flatMap(turnsOfTree)]
    .flatMap((turn) => turn.results)
    .flatMap(({ stdout, stderr, value, exception }) => [stdout, stderr, value ?? "", exception ?? ""]);
  const asked = callsOfTree({ calls, children }).filter(isSubCall);
  return [...printed, ...asked.map((call) => call.prompt ?? "")];
}

function metricsOf({ turns, calls: own, children }: Measured, covered: number | null): Metrics {
  const calls = callsOfTree({ calls: own, children });
  const blocks = turns.flatMap((turn) => turn.results);
  const subCalls = calls.filter(isSubCall);
  return {
    turns: turns.length,
    depths: depthsOf(calls),
    batchSizes: batchSizesOf([...subCalls, ...askingCallsOf(children)]),
    printedChars: sum(blocks.map((block) => block.outputChars)),
    cutChars: sum(blocks.map((block) => block.omittedChars)),
    coverage: covered,
    repeatedSubQueries: subCalls.length - new Set(subCalls.map(queryOf)).size,
    afterRight: null,
    wallClock: { replSeconds: replSeconds(turns, own.filter(isSubCall), children) },
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

function turnsOfTree({ turns, children }: Measured): readonly Turn[] {
  return [...turns, ...children.flatMap(turnsOfTree)];
}

/** The calls in the tree that asked for children, from the top down. */
function askingCallsOf(children: readonly Trajectory[]): Pick<Call, "batch">[] {
  return children.flatMap(({ parent, children: below }) => [
    { batch: parent?.batch ?? null },
    ...askingCallsOf(below),
  ]);
}

function batchSizesOf(calls: readonly Pick<Call, "batch">[]): number[] {
  return calls.flatMap(({ batch }) => (batch?.index === 0 ? [batch.size] : []));
}

/** Python waits for a call as long as the call takes, and for a batch as long as its slowest call. */
function replSeconds(
  turns: readonly Turn[],
  subCalls: readonly Call[],
  children: readonly Trajectory[],
): number {
  const waits = new Map<string, number>();
  const asked = [
    ...subCalls.map(({ id, batch, wallClock }) => ({ name: `call ${id}`, batch, wallClock })),
    ...children.map(({ rolloutId, parent, wallClock }) => ({
      name: rolloutId,
      batch: parent?.batch ?? null,
      wallClock,
    })),
  ];
  for (const { name, batch, wallClock } of asked) {
    const key = batch ? `batch ${batch.id}` : name;
    waits.set(key, Math.max(waits.get(key) ?? 0, wallClock.seconds));
  }
  const inTurns = sum(turns.map((turn) => turn.wallClock.seconds));
  return Math.max(0, inTurns - sum([...waits.values()]));
}
