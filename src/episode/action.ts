/** Reads an action that a policy passes to `step`: a model's completion, a plain text, `{code}` or `{answer}`. */
import { UsageError } from "../errors.ts";
import type { Ledger } from "../cost/ledger.ts";
import type { ParsedCompletion } from "../parse/parsed.ts";
import { countMessages, countTokens } from "../cost/tokens.ts";
import type { EpisodeFacts } from "./episode.ts";
import type { Turn } from "../trajectory.ts";
import type { Action, Completion, Message, Usage } from "../types.ts";

/** The model name for texts of unknown origin. It has no price. */
const UNNAMED_MODEL = "unnamed";

/** An action as read. */
export interface ReadAction {
  readonly completion: Turn["completion"];
  /** The parsed completion; null if the action is the answer itself. */
  readonly parsed: ParsedCompletion | null;
  /** The policy's call for the ledger; null for `{code}` and `{answer}`. */
  readonly call: Omit<Parameters<Ledger["add"]>[0], "turn"> | null;
}

/** The facts of an episode that decide how completions are read. */
type Reading = Pick<EpisodeFacts, "dialect" | "language" | "severalBlocks">;

/** Reads an action. `seconds` is how long the policy took. Throws `UsageError` for anything that is not an action. */
export function readAction(
  action: Action,
  { dialect, language, severalBlocks }: Reading,
  messages: readonly Message[],
  seconds: number,
): ReadAction {
  const given = expectAction(action);
  if ("answer" in given) {
    return {
      completion: { text: given.answer, toolCalls: [], finishReason: "stop" },
      parsed: null,
      call: null,
    };
  }
  const completion = "code" in given ? language.writeCode(given.code, dialect, "call_0") : writtenIn(given);
  return {
    completion,
    parsed: language.parse(completion, dialect, severalBlocks || "code" in given),
    call: "code" in given ? null : callOf(given, messages, seconds),
  };
}

/** The action; a plain text becomes a completion. Throws `UsageError` for anything else. */
export function expectAction(action: Action): Exclude<Action, string> {
  const given = typeof action === "string" ? textCompletion(action) : action;
  if (isAction(given)) return given;
  throw new UsageError("step: expected a text, a Completion, { code } or { answer }, with text in it");
}

/** Checks the type, for callers without types. */
function isAction(action: unknown): boolean {
  if (typeof action !== "object" || action === null) return false;
  const { code, answer, text, toolCalls } = action as Record<string, unknown>;
  return (
    [code, answer].some((part) => typeof part === "string") ||
    (typeof text === "string" && Array.isArray(toolCalls))
  );
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

function writtenIn({ text, reasoning, toolCalls, finishReason }: Completion): Turn["completion"] {
  return { text, ...(reasoning && { reasoning }), toolCalls, finishReason };
}

/** If the completion has no reported usage, it is counted, and the record says so. */
function callOf(completion: Completion, messages: readonly Message[], seconds: number): ReadAction["call"] {
  const usage = completion.usage ?? countedUsage(completion, messages);
  return {
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
    ...(completion.attempts === 0 && { cached: true }),
    ...(completion.tokens && { tokens: completion.tokens }),
    ...(completion.decision && { decision: completion.decision }),
    wallClock: { seconds },
  };
}

function countedUsage({ text, reasoning, toolCalls }: Completion, messages: readonly Message[]): Usage {
  const texts = [reasoning?.text ?? "", text, ...toolCalls.map((call) => call.arguments)];
  const written = texts.map(countTokens);
  return {
    promptTokens: countMessages(messages),
    completionTokens: written.reduce((sum, count) => sum + count, 0),
    cachedTokens: 0,
  };
}
