/** A model that replies from a list, for tests and for demonstrations of one exact episode. */
import { UsageError } from "../errors.ts";
import { countMessages, countTokens } from "../cost/tokens.ts";
import type { Completion } from "../types.ts";
import { throwIfAborted } from "./interruption.ts";
import type { Model, ModelRequest } from "./model.ts";

/** A text, a whole completion, or a function that returns one of them (or throws) when it is called. */
export type ScriptedReply =
  | string
  | Completion
  | ((request: ModelRequest) => string | Completion | Promise<string | Completion>);

/**
 * Gives the replies in order. Texts get counted tokens that are marked as simulated; completions are returned unchanged. Throws
 * `UsageError` for a call after the last reply.
 */
export function scriptedModel(replies: readonly ScriptedReply[], name = "scripted"): Model {
  let next = 0;
  return {
    name,
    simulated: true,
    async complete(request, options = {}) {
      throwIfAborted({ model: name, attempts: 0, signal: options.signal });
      const reply = replies[next];
      if (reply === undefined)
        throw new UsageError(`${name}: call ${next + 1}, but the script holds ${replies.length} replies`);
      next += 1;
      const given = typeof reply === "function" ? await reply(request) : reply;
      return typeof given === "string" ? completionOf(given, request, name) : given;
    },
  };
}

function completionOf(text: string, request: ModelRequest, model: string): Completion {
  return {
    text,
    toolCalls: [],
    finishReason: "stop",
    model,
    usage: {
      promptTokens: countMessages(request.messages),
      completionTokens: countTokens(text),
      cachedTokens: 0,
    },
    usageSource: "simulated",
    attempts: 1,
  };
}
