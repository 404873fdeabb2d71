/** A server's reply as the completion that the rest of the package reads. */
import type { Completion } from "../../types.ts";
import type { ServerReply } from "../servers/read-reply.ts";
import type { Answer } from "./send.ts";

/** The completion that a reply is. `asked` is the model's name, if the reply does not say it. */
export function completionOf(reply: ServerReply, asked: string): Omit<Completion, "attempts"> {
  const { text, reasoning, toolCalls, finishReason, model, usage, tokens } = reply;
  return {
    text,
    ...(reasoning && { reasoning }),
    toolCalls,
    finishReason,
    model: model ?? asked,
    usage,
    usageSource: usage ? "reported" : "unknown",
    ...(tokens && { tokens }),
  };
}

/** Adds what a gateway's headers say about the call. */
export function withTrace(
  completion: Omit<Completion, "attempts">,
  headers: Answer["headers"],
): Omit<Completion, "attempts"> {
  const [traceId, weightVersion] = [headers["x-trace-id"], headers["x-weight-version"]];
  if (traceId === undefined && weightVersion === undefined) return completion;
  const traced = {
    ...completion.tokens,
    ...(traceId !== undefined && { traceId: String(traceId) }),
    ...(weightVersion !== undefined && { weightVersion: String(weightVersion) }),
  };
  return { ...completion, tokens: traced };
}

/** What was asked for of the sampled tokens and is not in the reply, in words. */
export function missingFrom(
  tokens: Completion["tokens"],
  asked: { readonly tokenIds?: boolean; readonly logprobs?: boolean },
): readonly string[] {
  return [
    ...(asked.tokenIds && !tokens?.completionIds ? ["token ids"] : []),
    ...(asked.logprobs && !tokens?.logprobs ? ["log-probabilities"] : []),
  ];
}
