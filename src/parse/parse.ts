/** Reads a completion in one of the two dialects: what to run, and what is the answer. */
import type { Completion, Dialect, ToolCall } from "../types.ts";
import { findFences } from "./fences.ts";
import { findFinal, type FinalText } from "./final-text.ts";
import { afterThoughts } from "./thinking.ts";

/** The name of the one native function of the `tool` dialect (as verifiers' RLMEnv names it). */
export const REPL_TOOL = "call_python_repl";

/** One thing to run, or why it cannot be. `toolCallId` names the native call that asked for it. */
export interface ParsedBlock {
  readonly code: string;
  readonly toolCallId: string | null;
  readonly problem: string | null;
}

export interface ParsedCompletion {
  readonly blocks: readonly ParsedBlock[];
  /** An answer written as text, to be taken once the blocks have run. */
  readonly final: FinalText | null;
  /** Why nothing could be read; what was expected instead. */
  readonly invalid: string | null;
  /** What was read but not taken, told to the policy beside the output. */
  readonly note: string | null;
}

type Text = Pick<Completion, "text" | "toolCalls" | "finishReason">;

const EXPECTED: Record<Dialect, string> = {
  repl: 'Expected Python in a ```repl block, or an answer: answer["content"] = ...; answer["ready"] = True in code, or FINAL(...) or FINAL_VAR(name) on a line of its own.',
  tool: `Expected a call of the function ${REPL_TOOL}(code), or FINAL(...) on a line of its own.`,
};

export function parseCompletion(completion: Text, dialect: Dialect): ParsedCompletion {
  const said = { ...completion, text: afterThoughts(completion.text) };
  return dialect === "tool" ? parseTool(said) : parseRepl(said);
}

function parseRepl(completion: Text): ParsedCompletion {
  const fences = findFences(completion.text);
  const cut = fences.find((fence) => !fence.closed);
  if (cut && completion.finishReason === "length") {
    return unreadable(
      "The completion was cut off inside its code block; nothing was run. Write a shorter block.",
    );
  }
  const blocks = fences
    .filter((fence) => fence.code.trim() !== "")
    .map((fence) => ({ code: fence.code, toolCallId: null, problem: null }));
  return settle(blocks, findFinal(withoutFences(completion.text, fences)), EXPECTED.repl);
}

function parseTool(completion: Text): ParsedCompletion {
  const blocks = completion.toolCalls.map(readToolCall);
  return settle(blocks, findFinal(completion.text), EXPECTED.tool);
}

/** An answer given as a value beside code was written before the code's output was seen, so it is not taken. */
function settle(blocks: readonly ParsedBlock[], final: FinalText | null, expected: string): ParsedCompletion {
  if (blocks.length === 0 && final === null) return unreadable(expected);
  if (blocks.length > 0 && final?.kind === "text") {
    const note =
      "FINAL(...) was not taken: it came in the same message as code whose output you had not seen.";
    return { blocks, final: null, invalid: null, note };
  }
  return { blocks, final, invalid: null, note: null };
}

function unreadable(invalid: string): ParsedCompletion {
  return { blocks: [], final: null, invalid, note: null };
}

function readToolCall(call: ToolCall): ParsedBlock {
  const problem = (text: string) => ({ code: "", toolCallId: call.id, problem: text });
  if (call.name !== REPL_TOOL)
    return problem(`There is no function ${call.name}; the only one is ${REPL_TOOL}(code).`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(call.arguments);
  } catch {
    return problem(`The arguments of ${REPL_TOOL} are not JSON. Expected {"code": "..."}.`);
  }
  const code = typeof parsed === "object" && parsed !== null && "code" in parsed ? parsed.code : undefined;
  if (typeof code !== "string") return problem(`The arguments of ${REPL_TOOL} lack the string "code".`);
  return { code, toolCallId: call.id, problem: null };
}

function withoutFences(text: string, fences: readonly { start: number; end: number }[]): string {
  let prose = "";
  let from = 0;
  for (const fence of fences) {
    prose += text.slice(from, fence.start);
    from = fence.end;
  }
  return prose + text.slice(from);
}
