/** The steps of an ATIF document as turns, with their calls and what the document counts beyond them. */
import type { AtifDocument, AtifStep } from "../../export/formats/atif-row.ts";
import type { ReplLanguage } from "../../languages/language.ts";
import type { SampledTokens, ToolCall, Usage } from "../../types.ts";
import { blocksIn, languageOf } from "../foreign-code.ts";
import type { ForeignCall, ForeignTurn } from "../native.ts";

const ALONE = /\/call\/(\d+)$/;

/** What the document counts in all beyond its steps and sub-agents is a call of its own, which nothing else is known of. */
export function withTotals(turns: ReadTurn[], document: AtifDocument): ReadTurn[] {
  const { final_metrics: totals, subagent_trajectories: below, agent } = document;
  const last = turns.at(-1);
  if (!totals || !last) return turns;
  const calls = turns.flatMap(({ turn }) => [...(turn.call ? [turn.call] : []), ...turn.subCalls]);
  const sum = (own: (call: ForeignCall) => number | null, all: (of: Totals) => number | null | undefined) =>
    calls.reduce((left, call) => left + (own(call) ?? 0), 0) +
    (below ?? [])
      .filter((one) => !isSingleCall(one))
      .reduce((left, one) => left + (all(one.final_metrics ?? {}) ?? 0), 0);
  const beyond = (name: keyof Totals, own: (call: ForeignCall) => number | null): number =>
    Math.max(0, Number(totals[name] ?? 0) - sum(own, (of) => of[name] as number | null));
  const usage: Usage = {
    promptTokens: beyond("total_prompt_tokens", (call) => call.usage?.promptTokens ?? null),
    completionTokens: beyond("total_completion_tokens", (call) => call.usage?.completionTokens ?? null),
    cachedTokens: beyond("total_cached_tokens", (call) => call.usage?.cachedTokens ?? null),
  };
  const dollars = beyond("total_cost_usd", (call) => call.dollars);
  // A sum of floats is off by less than a billionth of a dollar.
  const isDollars = dollars >= 1e-9;
  if (usage.promptTokens + usage.completionTokens === 0 && !isDollars) return turns;
  const rest: ForeignCall = {
    purpose: "llm_query",
    model: agent.model_name ?? "unknown",
    prompt: null,
    reply: null,
    usage,
    dollars: totals.total_cost_usd == null ? null : dollars,
  };
  // Of calls without a price of their own, the price is in that of the rest.
  const priced = (call: ForeignCall): ForeignCall =>
    isDollars && call.dollars === null ? { ...call, dollars: 0 } : call;
  return turns.map(({ step, turn }) => ({
    step,
    turn: {
      ...turn,
      call: turn.call && priced(turn.call),
      subCalls: [...turn.subCalls.map(priced), ...(step === last.step ? [rest] : [])],
    },
  }));
}

type Totals = NonNullable<AtifDocument["final_metrics"]>;

/** A step of the agent as a turn. */
export interface ReadTurn {
  readonly step: AtifStep;
  readonly turn: ForeignTurn;
}

/** The language of the agent's code. */
export function languageIn(document: AtifDocument): ReplLanguage {
  const said = document.steps.filter(({ source }) => source === "agent").map(saidIn);
  return languageOf(said, document.extra?.["language"]);
}

function saidIn(step: AtifStep): { readonly text: string; readonly toolCalls: readonly ToolCall[] } {
  const toolCalls = (step.tool_calls ?? []).map((call): ToolCall => ({
    id: call.tool_call_id,
    name: call.function_name,
    arguments: JSON.stringify(call.arguments),
  }));
  return { text: textOf(step.message), toolCalls };
}

/** What is said to the agent between two of its steps stands with what the first of them observed. */
export function turnsOf(
  steps: readonly AtifStep[],
  document: AtifDocument,
  language: ReplLanguage,
): ReadTurn[] {
  const turns: { step: AtifStep; later: string[] }[] = [];
  for (const step of steps)
    if (step.source === "agent") turns.push({ step, later: [] });
    else turns.at(-1)?.later.push(textOf(step.message));
  const calls = (document.subagent_trajectories ?? []).filter(isSingleCall);
  return turns.map(({ step, later }, index) => {
    const { text, toolCalls } = saidIn(step);
    const observation = [observationOf(step), ...later].filter((part) => part !== "").join("\n");
    const mine = calls.filter(({ trajectory_id: id }) => turnIndexOf(id, turns) === index);
    const model = step.model_name ?? document.agent.model_name ?? "unknown";
    return {
      step,
      turn: {
        text,
        reasoning: step.reasoning_content ?? null,
        toolCalls,
        blocks: blocksIn({ text, toolCalls }, language, observationOf(step)),
        observation,
        call: step.llm_call_count === 0 ? null : callOf(step, "policy", model, null),
        subCalls: mine.map((call) => subCallOf(call)),
      },
    };
  });
}

/** The index of the step that refers to a sub-agent; 0 if none does. */
export function turnIndexOf(
  id: string | null | undefined,
  turns: readonly { readonly step: AtifStep }[],
): number {
  const found = turns.findIndex(({ step }) =>
    step.observation?.results.some((result) =>
      result.subagent_trajectory_ref?.some((ref) => ref.trajectory_id === id),
    ),
  );
  return Math.max(0, found);
}

/** A question and a reply, and nothing else. */
export function isSingleCall({
  steps,
  subagent_trajectories: below,
  trajectory_id: id,
}: AtifDocument): boolean {
  const [first, second, ...more] = steps;
  if (more.length > 0 || first?.source !== "user" || second?.source !== "agent" || below?.length)
    return false;
  return ALONE.test(id ?? "") || (!second.tool_calls?.length && !second.observation);
}

function subCallOf(call: AtifDocument): ForeignCall {
  const [asked, answered] = call.steps;
  const model = answered!.model_name ?? call.agent.model_name ?? "unknown";
  return {
    ...callOf(answered!, "llm_query", model, textOf(asked!.message)),
    reply: textOf(answered!.message),
  };
}

function callOf(
  step: AtifStep,
  purpose: ForeignCall["purpose"],
  model: string,
  prompt: string | null,
): ForeignCall {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens, ...metrics } = step.metrics ?? {};
  const usage: Usage | null =
    promptTokens == null || completionTokens == null
      ? null
      : { promptTokens, completionTokens, cachedTokens: metrics.cached_tokens ?? 0 };
  const tokens = tokensOf(step);
  return {
    purpose,
    model,
    prompt,
    reply: null,
    usage,
    dollars: metrics.cost_usd ?? null,
    ...(tokens && { tokens }),
  };
}

/** The token ids of a step; null if it has none. */
export function tokensOf(step: AtifStep | undefined): SampledTokens | null {
  const { prompt_token_ids: promptIds, completion_token_ids: completionIds, logprobs } = step?.metrics ?? {};
  if (!promptIds && !completionIds && !logprobs) return null;
  return {
    ...(promptIds && { promptIds }),
    ...(completionIds && { completionIds }),
    ...(logprobs && { logprobs }),
  };
}

/** What a step observed, as text. */
export function observationOf({ observation }: AtifStep): string {
  return (observation?.results ?? [])
    .map(({ content }) => textOf(content ?? ""))
    .filter((text) => text !== "")
    .join("\n");
}

/** Parts that are not text count as empty. */
export function textOf(content: AtifStep["message"]): string {
  if (typeof content === "string") return content;
  return content.map((part) => asText(part.text) ?? "").join("");
}

/** A text, or the `text` of an object; null for anything else. */
export function asText(value: unknown): string | null {
  if (typeof value === "string") return value;
  const { text } = (value ?? {}) as { text?: unknown };
  return typeof text === "string" ? text : null;
}
