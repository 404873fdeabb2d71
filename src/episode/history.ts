/** What becomes of the policy's old turns when its conversation grows: they stay, are dropped, or are summarised. */
import type { Conversation } from "./conversation.ts";
import { UsageError } from "../errors.ts";
import { countMessages } from "../cost/tokens.ts";
import type { HistoryOptions, Message } from "../types.ts";

/** Turns that `summarise` keeps beside the summary, where it is not told. */
const KEPT_BESIDE_SUMMARY = 1;

const SUMMARY_REQUEST = `Below are the first turns of your work on a question, with what your code printed. They will be taken away, and only your summary of them will be left. Write it for yourself: what is known by now, which variables of the REPL hold what, what was tried in vain, and what is to be done next. Write nothing else.`;

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

/** What the policy's window has room for. */
interface Room {
  /** The longest prompt that it takes: longer ones are compacted whatever the options say. Infinity where it is not known. */
  readonly roomTokens: number;
  /** Whether fewer turns are kept than the options say where that many do not fit; the last turn always stays. */
  readonly dropsBeforeWindow: boolean;
  /** Tokens that the policy's server will count for a prompt, as far as is known. */
  readonly countOf?: (messages: readonly Message[]) => number;
}

/** Turns that a prompt holds by the options, of so many that were played; all of them until a summary is made. */
export function turnsToKeep(options: HistoryOptions, played: number): number {
  if (options.mode === "off") return played;
  return Math.min(played, options.keepTurns ?? KEPT_BESIDE_SUMMARY);
}

/**
 * Lets go of old turns where the options say so; what is kept begins with the system prompt and the opening. `summarise`
 * asks for the summary, and gets null or nothing where none is to be had: then all stays as it is.
 */
export async function compactHistory(
  conversation: Conversation,
  options: HistoryOptions,
  { roomTokens, dropsBeforeWindow, countOf = countMessages }: Room,
  summarise: (prompt: string) => Promise<string | null>,
): Promise<void> {
  if (options.mode === "off") return;
  const { keepTurns = KEPT_BESIDE_SUMMARY } = options;
  let kept = Math.min(keepTurns, conversation.turnsKept);
  const isTooLong = () => dropsBeforeWindow && countOf(conversation.messagesOfLast(kept)) > roomTokens;
  while (kept > 1 && isTooLong()) kept -= 1;
  if (conversation.turnsKept <= kept) return;
  if (options.mode === "drop") return conversation.keepLast(kept, null);
  if (countOf(conversation.messages) <= Math.min(options.whenTokens, roomTokens)) return;
  const summary = await summarise(summaryPrompt(conversation.messages));
  if (summary) conversation.keepLast(kept, summary);
}

/** The turns as plain text, so that any model can read them, whichever dialect they are in. */
function summaryPrompt(messages: readonly Message[]): string {
  const told = messages.slice(1).map(({ role, content, toolCalls = [] }) => {
    const code = toolCalls.map((call) => `\n${call.arguments}`).join("");
    return `[${role === "assistant" ? "you" : "REPL"}]\n${content}${code}`;
  });
  return `${SUMMARY_REQUEST}\n\n${told.join("\n\n")}`;
}

function expectCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new UsageError(`history: ${name}: expected a whole number of at least 1, got ${String(value)}`);
}
