/**
 * Errors with which a server says that it could not parse what the model wrote, such as a malformed call. That is the model's
 * doing and no fault: such an answer is a completion, with as much of the model's words as the server tells.
 */
import { at, isFields, textIn } from "./json.ts";
import type { Complaint } from "./complaints.ts";

/** What a model wrote and its server could not parse. */
export interface UnreadReply {
  readonly text: string;
  /** The arguments of a call, if only these could not be parsed; null if the text is all of it. */
  readonly args: string | null;
}

interface UnreadRow {
  readonly of: string;
  readonly codes?: readonly string[];
  /** A group named `text` or `args` is what the model wrote. */
  readonly words?: RegExp;
  /** The field of the error with what the model wrote. */
  readonly field?: string;
}

const UNREAD_ROWS: readonly UnreadRow[] = [
  { of: "Groq", codes: ["tool_use_failed"], field: "failed_generation" },
  { of: "Ollama", words: /error parsing tool call: raw='(?<args>[^]*)', err=/ },
  { of: "llama.cpp", words: /failed to parse input at pos \d+:? ?(?<text>[^]*)$/i },
  { of: "llama.cpp", words: /model produced output that does not match the expected/i },
  { of: "Cohere", words: /invalid tool generation/i },
  {
    of: "vLLM and SGLang with gpt-oss",
    words:
      /harmonyerror|while expecting start token|unexpected tokens remaining in message header|channel marker present but no channel/i,
  },
];

/** What the model wrote, if an error says that it could not be parsed; null for other errors. */
export function unreadIn({ codes, raw, words }: Complaint): UnreadReply | null {
  // The error's own text, since `words` have no line breaks.
  const told =
    typeof raw === "string" ? raw : (textIn(at(raw, "message")) ?? textIn(at(raw, "error")) ?? words);
  for (const { codes: known = [], words: pattern, field } of UNREAD_ROWS) {
    const found = pattern?.exec(told) ?? null;
    if (found === null && !known.some((code) => codes.includes(code))) continue;
    const held = field !== undefined && isFields(raw) ? textIn(raw[field]) : null;
    return { text: held ?? found?.groups?.["text"] ?? "", args: found?.groups?.["args"] ?? null };
  }
  return null;
}

/** The body of a reply that holds it. */
export function unreadBody({ text, args }: UnreadReply): object {
  const calls = args === null ? {} : { tool_calls: [{ function: { name: null, arguments: args } }] };
  return { choices: [{ message: { content: text, ...calls }, finish_reason: null }] };
}
