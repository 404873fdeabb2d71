/** Reads what a policy hands to `step`: a completion of a model, a text of its own, or the parsed thing itself. */
import type { Ledger } from "./ledger.ts";
import { REPL_TOOL } from "./parse/parse.ts";
import { countMessages, countTokens } from "./tokens.ts";
import type { Turn } from "./trajectory.ts";
import type { Action, Completion, Dialect, Message, ToolCall, Usage } from "./types.ts";

/** The model name under which a text of unknown origin is counted; it has no price. */
const UNNAMED_MODEL = "unnamed";

export interface ReadAction {
  readonly completion: Turn["completion"];
  /** The policy's call for the ledger; null where no model made the action. */
  readonly call: Omit<Parameters<Ledger["add"]>[0], "turn"> | null;
}

/** `seconds`: how long the policy took. */
export function readAction(
  action: Action,
  dialect: Dialect,
  messages: readonly Message[],
  seconds: number,
): ReadAction {
  if (typeof action === "string") return fromCompletion(textCompletion(action), messages, seconds);
  if ("code" in action) return { completion: codeCompletion(action.code, dialect), call: null };
  if ("answer" in action)
    return { completion: { text: action.answer, toolCalls: [], finishReason: "stop" }, call: null };
  return fromCompletion(action, messages, seconds);
}

/** The completion that a model would have written to run this code. */
function codeCompletion(code: string, dialect: Dialect): Turn["completion"] {
  if (dialect === "repl") return { text: `\`\`\`repl\n${code}\n\`\`\``, toolCalls: [], finishReason: "stop" };
  const call: ToolCall = { id: "call_0", name: REPL_TOOL, arguments: JSON.stringify({ code }) };
  return { text: "", toolCalls: [call], finishReason: "tool_calls" };
}

function textCompletion(text: string): Completion {
  return {
    text,
    toolCalls: [],
    finishReason: "stop",
    model: UNNAMED_MODEL,
    usage: null,
    usageSource: "unknown",
    attempts: 1,
  };
}

/** Where nobody reported the usage, it is counted, and the record says so. */
function fromCompletion(completion: Completion, messages: readonly Message[], seconds: number): ReadAction {
  const { text, toolCalls, finishReason } = completion;
  const usage = completion.usage ?? countedUsage(completion, messages);
  return {
    completion: { text, toolCalls, finishReason },
    call: {
      purpose: "policy",
      depth: 0,
      batch: null,
      model: completion.model,
      prompt: null,
      reply: null,
      error: null,
      usage,
      usageSource: completion.usage === null ? "counted" : completion.usageSource,
      attempts: completion.attempts,
      ...(completion.tokens && { tokens: completion.tokens }),
      wallClock: { seconds },
    },
  };
}

function countedUsage({ text, toolCalls }: Completion, messages: readonly Message[]): Usage {
  const written = [text, ...toolCalls.map((call) => call.arguments)].map(countTokens);
  return {
    promptTokens: countMessages(messages),
    completionTokens: written.reduce((sum, count) => sum + count, 0),
    cachedTokens: 0,
  };
}
