/** Writes code as a model would write it in each dialect: the parser's inverse. */
import type { Completion, Dialect, ToolCall } from "../types.ts";
import { REPL_TOOL } from "./parsed.ts";

/** The part of a completion that the model wrote. */
export type Written = Pick<Completion, "text" | "toolCalls" | "finishReason">;

/** @param toolCallId names the native call, in the dialect that has them. */
export function writeCode(code: string, dialect: Dialect, toolCallId: string): Written {
  if (dialect === "repl") {
    const fence = fenceFor(code);
    return { text: `${fence}repl\n${code}\n${fence}`, toolCalls: [], finishReason: "stop" };
  }
  const call: ToolCall = { id: toolCallId, name: REPL_TOOL, arguments: JSON.stringify({ code }) };
  return { text: "", toolCalls: [call], finishReason: "tool_calls" };
}

/** A fence longer than any in the code. */
function fenceFor(code: string): string {
  const runs = code.match(/`{3,}/g) ?? [];
  return "`".repeat(runs.reduce((longest, run) => Math.max(longest, run.length + 1), 3));
}
