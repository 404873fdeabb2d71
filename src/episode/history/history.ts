/** Shortens the policy's conversation as it grows: old turns stay, are dropped, summarised, or moved into the REPL. */
import type { Conversation } from "./conversation.ts";
import { summaryRequest, underSummary } from "../prompt.ts";
import { UsageError } from "../../errors.ts";
import { countMessages } from "../../cost/tokens.ts";
import type { HistoryOptions, Message } from "../../types.ts";

/** The default number of turns that `summarise` keeps besides the summary, and `offload` besides what it moves. */
const KEPT_BESIDE_SUMMARY = 1;

/** Returns valid options. Throws `UsageError` for others. */
export function expectHistory(options: HistoryOptions): HistoryOptions {
  const { mode } = options;
  if (!["off", "drop", "summarise", "offload"].includes(mode))
    throw new UsageError(
      `history: unknown mode ${JSON.stringify(mode)}; expected off, drop, summarise or offload`,
    );
  if (mode !== "off" && options.keepTurns !== undefined) expectCount("keepTurns", options.keepTurns);
  if (mode === "drop") expectCount("keepTurns", options.keepTurns);
  if (mode === "summarise") expectCount("whenTokens", options.whenTokens);
  return options;
}

/** What the policy's window has room for. */
interface Room {
  /** The longest prompt that it takes: longer ones are compacted whatever the options say. Infinity if it is not known. */
  readonly roomTokens: number;
  /** Whether fewer turns are kept than the options say if that many do not fit; the last turn always stays. */
  readonly dropsBeforeWindow: boolean;
  /** Tokens that the policy's server will count for a prompt, as far as is known. */
  readonly countOf?: (messages: readonly Message[]) => number;
}

/** Whether a prompt after so many turns holds another number of them than the options say. */
export function keepsOthers(options: HistoryOptions, turnsKept: number, played: number): boolean {
  if (options.mode === "off") return turnsKept < played;
  const expected = Math.min(played, options.keepTurns ?? KEPT_BESIDE_SUMMARY);
  // All turns stay until a summary is made.
  return options.mode === "summarise" ? turnsKept < expected : turnsKept !== expected;
}

/** What makes room in a conversation. */
export interface Compacting {
  /** Makes the summary that a prompt asks for. If it returns null or an empty text, all turns stay. */
  readonly summarise: (prompt: string) => Promise<string | null>;
  /**
   * Moves all turns but the last `kept` into the REPL, and returns what stands in their place; null if they could not be moved:
   * then they stay.
   */
  readonly offload: (kept: number) => Promise<string | null>;
}

/** Shortens a conversation as the options say; the system prompt and the opening stay. */
export async function compactHistory(
  conversation: Conversation,
  options: HistoryOptions,
  { roomTokens, dropsBeforeWindow, countOf = countMessages }: Room,
  { summarise, offload }: Compacting,
): Promise<void> {
  if (options.mode === "off") return;
  const { keepTurns = KEPT_BESIDE_SUMMARY } = options;
  let kept = Math.min(keepTurns, conversation.turnsKept);
  const isTooLong = () => dropsBeforeWindow && countOf(conversation.messagesOfLast(kept)) > roomTokens;
  while (kept > 1 && isTooLong()) kept -= 1;
  if (conversation.turnsKept <= kept) return;
  if (options.mode === "drop") return conversation.keepLast(kept, null);
  if (options.mode === "offload") {
    const reference = await offload(kept);
    return reference === null ? undefined : conversation.keepLast(kept, reference);
  }
  if (countOf(conversation.messages) <= Math.min(options.whenTokens, roomTokens)) return;
  const summary = await summarise(summaryPrompt(conversation.messages));
  if (summary) conversation.keepLast(kept, underSummary(summary));
}

/** The prompt for a summary, with the turns as plain text, so that any model can read them in any dialect. */
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
