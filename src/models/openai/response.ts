/** A server's chat completion as a completion of the gym. */
import { z } from "zod";
import { ModelError } from "../../errors.ts";
import type { Completion, FinishReason, SampledTokens } from "../../types.ts";

const count = z.number().int().nonnegative();
const ids = z.array(count).nullish();

const usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
});

const toolCall = z.object({
  id: z.string().nullish(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const choice = z.object({
  message: z.object({ content: z.string().nullish(), tool_calls: z.array(toolCall).nullish() }),
  finish_reason: z.string().nullish(),
  logprobs: z.object({ content: z.array(z.object({ logprob: z.number() })).nullish() }).nullish(),
  token_ids: ids,
});

/** Only what the gym reads. Usage of another shape counts as not reported; everything else must be right. */
const chatCompletion = z.object({
  model: z.string().nullish(),
  choices: z.array(choice),
  usage: usage.nullish().catch(null),
  prompt_token_ids: ids,
  /** As SGLang names the weights that sampled. */
  metadata: z.object({ weight_version: z.string() }).nullish().catch(null),
});

const FINISH_REASONS: ReadonlyMap<string | null | undefined, FinishReason> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["tool_calls", "tool_calls"],
  ["function_call", "tool_calls"],
  ["content_filter", "content_filter"],
]);

/** Reads the first choice. Throws a `malformed` `ModelError` that says what the server answered instead. */
export function completionFrom(
  response: unknown,
  server: { readonly model: string; readonly baseUrl: string },
): Omit<Completion, "attempts"> {
  const malformed = (what: string) =>
    new ModelError(`${server.baseUrl}: ${what}`, { kind: "malformed", status: 200 });
  if (typeof response === "string") throw malformed(describeText(response));
  const parsed = chatCompletion.safeParse(response);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") || "the whole";
    throw malformed(`answered JSON that is no chat completion (${field} is missing or of another type)`);
  }
  const { choices, model, usage: reported, prompt_token_ids: promptIds, metadata } = parsed.data;
  const [first] = choices;
  if (!first) throw malformed("answered a chat completion without choices");
  const sampled = sampledTokens(first, promptIds);
  const tokens = metadata ? { ...sampled, weightVersion: metadata.weight_version } : sampled;
  return {
    text: first.message.content ?? "",
    toolCalls: (first.message.tool_calls ?? []).map(({ id, function: called }, index) => ({
      id: id || `call_${index}`,
      ...called,
    })),
    finishReason: FINISH_REASONS.get(first.finish_reason) ?? "unknown",
    model: model || server.model,
    usage: reported
      ? {
          promptTokens: reported.prompt_tokens,
          completionTokens: reported.completion_tokens,
          cachedTokens: Math.min(reported.prompt_tokens_details?.cached_tokens ?? 0, reported.prompt_tokens),
        }
      : null,
    usageSource: reported ? "reported" : "unknown",
    ...(tokens && { tokens }),
  };
}

function sampledTokens(
  { logprobs, token_ids: completionIds }: z.output<typeof choice>,
  promptIds: number[] | null | undefined,
): SampledTokens | null {
  if (!logprobs?.content && !completionIds && !promptIds) return null;
  return {
    ...(promptIds && { promptIds }),
    ...(completionIds && { completionIds }),
    ...(logprobs?.content && { logprobs: logprobs.content.map((token) => token.logprob) }),
  };
}

function describeText(text: string): string {
  const what = text.trim() === "" ? "nothing" : /^\s*</.test(text) ? "HTML" : "text";
  return `answered ${what} instead of JSON; is this the base of the API's path (it often ends in /v1)?`;
}
