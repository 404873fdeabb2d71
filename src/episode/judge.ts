/** Runs the judge of an ended episode and books its calls, so that rewards remain pure functions of saved records. */
import type { Judge } from "./contract.ts";
import type { Episode } from "./episode.ts";
import { ModelError, RLMError } from "../errors.ts";
import { callModel } from "./model-call.ts";
import type { Outline } from "../rewards/reward.ts";
import type { InfraError } from "../trajectory.ts";
import type { Json, Message, Reference } from "../types.ts";

const DEFAULT_MAX_TOKENS = 4096;

/** The judge's finding, or the error that prevented it. Its calls are in the ledger, and no budget refuses them. */
export async function judgementOn(
  judge: Judge,
  episode: Episode,
  record: Outline,
  reference: Reference,
  signal: AbortSignal,
): Promise<{ readonly judgement: Json } | { readonly error: InfraError }> {
  const ask = (messages: readonly Message[]) => askJudge(judge, episode, messages, signal);
  try {
    return { judgement: await judge.judge(record, reference, ask) };
  } catch (error) {
    if (!(error instanceof RLMError)) throw error;
    const kind = error instanceof ModelError ? `judge_${error.kind}` : "judge";
    return { error: { kind, message: error.message } };
  }
}

async function askJudge(
  { model, maxTokens = DEFAULT_MAX_TOKENS }: Judge,
  episode: Episode,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<string> {
  const { ledger, lineage, turns } = episode;
  const entry = ledger.openAnyway({
    purpose: "judge",
    depth: 0,
    turn: turns.length,
    batch: null,
    model: model.name,
    prompt: messages.map(({ content }) => content).join("\n\n"),
    promptTokens: episode.reservations.tokensFor(model, messages),
    maxCompletionTokens: maxTokens,
  });
  const request = { messages, maxTokens, temperature: 0 };
  const { ok, text, failure } = await callModel({
    model,
    request,
    entry,
    origin: episode.originOf("judge"),
    gate: lineage.callSlots,
    signal,
  });
  if (ok) return text;
  const isModels = failure !== null && failure !== "broken" && failure !== "time" && failure !== "budget";
  const kind = isModels ? failure : "aborted";
  throw new ModelError(text, { kind });
}
