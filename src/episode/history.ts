/** What becomes of the policy's old turns when its conversation grows: they stay, are dropped, or are summarised. */
import type { Conversation } from "./conversation.ts";
import { summaryRequest } from "./prompt.ts";
import { UsageError } from "../errors.ts";
import { countMessages } from "../cost/tokens.ts";
import type { HistoryOptions, Message } from "../types.ts";

/** Turns that `summarise` keeps beside the summary, where it is not told. */
const KEPT_BESIDE_SUMMARY = 1;

/** The options, where they can be. Throws `UsageError`. */
export function expectHistory(options: HistoryOptions): HistoryOptions {
  const { mode } = options;
  if (!["off", "drop", "summarise"].includes(mode))
    throw new UsageError(`history: unknown mode ${JSON.stringify(mode)}; expected off, drop or summarise`);
  if (mode !== "off" && options.keepTurns !== undefined) expectCount("keepTurns", options.keepTurns);
  if (mode === "drop") expectCount("keepTurns", options.keepTurns);
  if (mode === "summarise") expectCount("whenTokens", options.whenTokens);
  return options;
}

/**
 * Lets go of old turns where the options say so; what is kept begins with the system prompt and the opening. `summarise`
 * asks for the summary, and gets null or nothing where none is to be had: then all stays as it is.
 *
 * @param roomTokens the longest prompt that the policy's window takes: longer ones are summarised whatever the options say
 */
export async function compactHistory(
  conversation: Conversation,
  options: HistoryOptions,
  roomTokens: number,
  summarise: (prompt: string) => Promise<string | null>,
): Promise<void> {
  if (options.mode === "off") return;
  const { keepTurns = KEPT_BESIDE_SUMMARY } = options;
  if (conversation.turnsKept <= keepTurns) return;
  if (options.mode === "drop") return conversation.keepLast(keepTurns, null);
  if (countMessages(conversation.messages) <= Math.min(options.whenTokens, roomTokens)) return;
  const summary = await summarise(summaryPrompt(conversation.messages));
  if (summary) conversation.keepLast(keepTurns, summary);
}

/** The turns as plain text, so that any model can read them, whichever dialect they are in. */
function summaryPrompt(messages: readonly Message[]): string {
  const told = messages.slice(1).map(({ role, content, toolCalls = [] }) => {
    const code = toolCalls.map((call) => `\n${call.arguments}`).join("");
    return `[${role === "assistant" ? "you" : "REPL"}]\n${content}${code}`;
  });
  return summaryRequest(told);
}

function expectCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new UsageError(`history: ${name}: expected a whole number of at least 1, got ${String(value)}`);
}
