/** The metrics that tell policies apart, one number each, and their means over episodes. */
import { mean, sum } from "../statistics.ts";
import type { Metrics } from "../trajectory.ts";

/** Metrics of one episode, or the means of many; null if there is nothing to measure. */
export interface TellingMetrics {
  readonly subCalls: number | null;
  /** Prompt and completion tokens of the policy's own calls, and of all others. */
  readonly policyTokens: number | null;
  readonly subCallTokens: number | null;
  /** Prompts per batch. */
  readonly batchSize: number | null;
  readonly printedChars: number | null;
  readonly coverage: number | null;
  readonly repeatedSubQueries: number | null;
  /** Completions with nothing to run and no answer. */
  readonly invalidCompletions: number | null;
  readonly turnsAfterRight: number | null;
}

export function tellingMetrics(metrics: Metrics): TellingMetrics {
  const { depths, batchSizes, printedChars, coverage, repeatedSubQueries, afterRight } = metrics;
  const policy = depths.find(({ depth }) => depth === 0);
  const below = depths.filter(({ depth }) => depth > 0);
  return {
    subCalls: sum(below.flatMap(({ calls }) => Object.values(calls))),
    policyTokens: policy ? tokensOf(policy) : 0,
    subCallTokens: sum(below.map(tokensOf)),
    batchSize: batchSizes.length > 0 ? mean(batchSizes) : null,
    printedChars,
    coverage,
    repeatedSubQueries,
    invalidCompletions: metrics.invalidCompletions ?? null,
    turnsAfterRight: afterRight?.turns ?? null,
  };
}

/** The mean of each metric over the episodes that have it. */
export function meanMetrics(episodes: readonly TellingMetrics[]): TellingMetrics {
  const average = (name: keyof TellingMetrics) => {
    const values = episodes.map((episode) => episode[name]).filter((value) => value !== null);
    return values.length > 0 ? mean(values) : null;
  };
  return {
    subCalls: average("subCalls"),
    policyTokens: average("policyTokens"),
    subCallTokens: average("subCallTokens"),
    batchSize: average("batchSize"),
    printedChars: average("printedChars"),
    coverage: average("coverage"),
    repeatedSubQueries: average("repeatedSubQueries"),
    invalidCompletions: average("invalidCompletions"),
    turnsAfterRight: average("turnsAfterRight"),
  };
}

function tokensOf({
  promptTokens,
  completionTokens,
}: {
  readonly promptTokens: number;
  readonly completionTokens: number;
}): number {
  return promptTokens + completionTokens;
}
