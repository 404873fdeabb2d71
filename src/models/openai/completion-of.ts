/** Makes a completion of what was read of a server's reply and of the headers of its answer. */
import type { Completion } from "../../types.ts";
import type { ServerReply } from "../servers/read-reply.ts";
import type { Answer } from "./send.ts";

/** A completion before it is known how often it was asked for. */
type Answered = Omit<Completion, "attempts">;

/** @param asked the model's name, for replies that do not name one */
export function completionOf(reply: ServerReply, asked: string, headers: Answer["headers"]): Answered {
  const { text, reasoning, toolCalls, finishReason, model, usage, tokens } = reply;
  const completion: Answered = {
    text,
    ...(reasoning && { reasoning }),
    toolCalls,
    finishReason,
    model: model ?? asked,
    usage,
    usageSource: usage ? "reported" : "unknown",
    ...(tokens && { tokens }),
  };
  return withTrace(completion, headers);
}

/** Adds what a gateway's headers say about the call. */
function withTrace(completion: Answered, headers: Answer["headers"]): Answered {
  const [traceId, weightVersion] = [headers["x-trace-id"], headers["x-weight-version"]];
  if (traceId === undefined && weightVersion === undefined) return completion;
  const traced = {
    ...completion.tokens,
    ...(traceId !== undefined && { traceId: String(traceId) }),
    ...(weightVersion !== undefined && { weightVersion: String(weightVersion) }),
  };
  return { ...completion, tokens: traced };
}
