/** Version 0.1.0 of the parser, with which records without a version were made. It never changes. */
import type { Dialect, ToolCall } from "../../../../types.ts";
import {
  type FinalText,
  type ParsedBlock,
  type ParsedCompletion,
  type Remark,
  type Text,
  unreadable,
} from "../../../../parse/parsed.ts";
import { REPL_TOOL } from "../../native-tool.ts";
import { findFences } from "./fences.ts";
import { findFinal } from "./final-text.ts";
import { afterThoughts } from "./thinking.ts";

/** Parses a completion under version 0.1.0. */
export function parse(completion: Text, dialect: Dialect): ParsedCompletion {
  const said = { ...completion, text: afterThoughts(completion.text) };
  return dialect === "tool" ? parseTool(said) : parseRepl(said);
}

function parseRepl(completion: Text): ParsedCompletion {
  const fences = findFences(completion.text);
  const cut = fences.find((fence) => !fence.closed);
  if (cut && completion.finishReason === "length") {
    return unreadable({ kind: "cut", where: "block" });
  }
  const blocks = fences
    .filter((fence) => fence.code.trim() !== "")
    .map((fence) => ({ code: fence.code, toolCallId: null, problem: null }));
  return settle(blocks, findFinal(withoutFences(completion.text, fences)));
}

function parseTool(completion: Text): ParsedCompletion {
  const blocks = completion.toolCalls.map(readToolCall);
  return settle(blocks, findFinal(completion.text));
}

/** An answer in text beside code is not taken, since the model wrote it before it saw the code's output. */
function settle(blocks: readonly ParsedBlock[], final: FinalText | null): ParsedCompletion {
  if (blocks.length === 0 && final === null) return unreadable({ kind: "nothing" });
  if (blocks.length > 0 && final?.kind === "text")
    return { blocks, final: null, invalid: null, notes: [{ kind: "final_beside_code" }] };
  return { blocks, final, invalid: null, notes: [] };
}

function readToolCall(call: ToolCall): ParsedBlock {
  const problem = (remark: Remark) => ({ code: "", toolCallId: call.id, problem: remark });
  if (call.name !== REPL_TOOL) return problem({ kind: "unknown_function", name: call.name });
  let parsed: unknown;
  try {
    parsed = JSON.parse(call.arguments);
  } catch {
    return problem({ kind: "arguments_not_json" });
  }
  const code = typeof parsed === "object" && parsed !== null && "code" in parsed ? parsed.code : undefined;
  if (typeof code !== "string") return problem({ kind: "arguments_lack_code" });
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
