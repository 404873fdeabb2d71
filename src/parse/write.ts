/** Writes code as a model would write it in each dialect: the inverse of a parser. */
import type { Completion, Dialect, ToolCall } from "../types.ts";

/** The parts of a completion that a model writes. */
export type Written = Pick<Completion, "text" | "toolCalls" | "finishReason">;

/** Writes a completion that runs the code. @param toolCallId the id of the native call in the `tool` dialect */
export function writeBlock(
  code: string,
  dialect: Dialect,
  toolCallId: string,
  names: { readonly fence: string; readonly tool: string },
): Written {
  if (dialect === "repl") {
    const fence = fenceFor(code);
    return { text: `${fence}${names.fence}\n${code}\n${fence}`, toolCalls: [], finishReason: "stop" };
  }
  const call: ToolCall = { id: toolCallId, name: names.tool, arguments: JSON.stringify({ code }) };
  return { text: "", toolCalls: [call], finishReason: "tool_calls" };
}

/** A fence that is longer than any in the code. */
function fenceFor(code: string): string {
  const runs = code.match(/`{3,}/g) ?? [];
  return "`".repeat(runs.reduce((longest, run) => Math.max(longest, run.length + 1), 3));
}
