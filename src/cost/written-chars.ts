/** How many characters things add to an episode's record, which bounds them: a record must fit in memory and in one line of a file. */
import { jsonLength } from "./json-length.ts";
import type { Call, HostToolCall, Turn } from "../trajectory.ts";

/** What a call, a tool's call, a turn or a child adds besides its texts: the names of its fields, numbers and ids. */
const FIELDS_CHARS = 300;
/** The most that a token id adds, and a log-probability with it. */
const [ID_CHARS, LOGPROB_CHARS] = [8, 24];

/** What is added by requests of calls or of children with these texts. */
export function charsOfRequest(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + jsonLength(text) + FIELDS_CHARS, 0);
}

/** What the outcome of a call adds, with its token ids. */
export function charsOfOutcome({
  reply,
  error,
  reasoning,
  tokens,
}: Pick<Call, "reply" | "error" | "reasoning" | "tokens">): number {
  const ids = (tokens?.promptIds?.length ?? 0) + (tokens?.completionIds?.length ?? 0);
  return (
    jsonLength(reply ?? "") +
    jsonLength(error ?? "") +
    (reasoning ? JSON.stringify(reasoning).length : 0) +
    ids * ID_CHARS +
    (tokens?.logprobs?.length ?? 0) * LOGPROB_CHARS
  );
}

/** What a tool's call adds before it has a result. */
export function charsOfToolCall({ name, args }: Pick<HostToolCall, "name" | "args">): number {
  return jsonLength(name) + JSON.stringify(args).length + FIELDS_CHARS;
}

/** What a turn adds. */
export function charsOfTurn({ completion, results, observation, standing }: Turn): number {
  return JSON.stringify([completion, results, observation, standing]).length + FIELDS_CHARS;
}
