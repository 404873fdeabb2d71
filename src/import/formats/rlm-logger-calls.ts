/** The calls in logs of RLMLogger: what they asked, and what they and the children below them cost. */
import type { LogCall } from "../../export/formats/rlm-logger-row.ts";
import type { Usage } from "../../types.ts";
import type { ForeignCall, ForeignTurn } from "../native.ts";

/** The calls of a block, also in logs that name them differently. */
export function callsOf({
  rlm_calls: calls,
  llm_calls: older,
}: {
  rlm_calls?: unknown;
  llm_calls?: unknown;
}) {
  return (calls ?? older ?? []) as LogCall[];
}

/** A call that begins no child. */
export function subCallOf(call: LogCall, rootModel: string): ForeignCall {
  const error = call.error ?? null;
  return {
    purpose: "llm_query",
    model: call.root_model ?? rootModel,
    prompt: textOf(call.prompt),
    reply: error === null ? (call.response ?? "") : null,
    error,
    ...costOf(call),
    seconds: call.execution_time ?? 0,
  };
}

/** Sums over the models of a call; unknown if one of them is. */
function costOf({ usage_summary: summary }: LogCall): { usage: Usage | null; dollars: number | null } {
  const models = Object.values(summary?.model_usage_summaries ?? {});
  const sum = (values: readonly (number | null | undefined)[]): number | null =>
    values.length === 0 || values.some((value) => value == null)
      ? null
      : values.reduce<number>((total, value) => total + value!, 0);
  const promptTokens = sum(models.map((model) => model.total_input_tokens));
  const completionTokens = sum(models.map((model) => model.total_output_tokens));
  const isKnown = promptTokens !== null && completionTokens !== null;
  return {
    usage: isKnown ? { promptTokens, completionTokens, cachedTokens: 0 } : null,
    dollars: sum(models.map((model) => model.total_cost)),
  };
}

/** A prompt as text; a list of messages as JSON. */
export function textOf(prompt: unknown): string {
  return typeof prompt === "string" ? prompt : JSON.stringify(prompt);
}

/** Names what is not known of a child whose calls are told as one sum. */
export const SUMMED = "usage of each call (their sum stands with the first)";

/** A log tells of a child what all its calls took together: the sum, less what is known of its sub-calls, is its own. */
export function withSum(turns: readonly ForeignTurn[], call: LogCall): ForeignTurn[] {
  const { usage, dollars } = costOf(call);
  const subCalls = turns.flatMap((turn) => turn.subCalls);
  const models = Object.values(call.usage_summary?.model_usage_summaries ?? {});
  const counted = models.reduce((sum, model) => sum + (model.total_calls ?? 0), 0);
  // Sub-calls that went through another server are not in the sum.
  const within = counted > turns.length ? subCalls : [];
  const less = (sum: number, of: (one: ForeignCall) => number) =>
    Math.max(
      0,
      within.reduce((left, one) => left - of(one), sum),
    );
  const nothing: Usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };
  const own = usage && {
    promptTokens: less(usage.promptTokens, (one) => one.usage?.promptTokens ?? 0),
    completionTokens: less(usage.completionTokens, (one) => one.usage?.completionTokens ?? 0),
    cachedTokens: 0,
  };
  const ownDollars = dollars === null ? null : less(dollars, (one) => one.dollars ?? 0);
  return turns.map((turn, index) => ({
    ...turn,
    call: turn.call && {
      ...turn.call,
      usage: index === 0 ? own : own && nothing,
      dollars: index === 0 ? ownDollars : ownDollars && 0,
    },
  }));
}
