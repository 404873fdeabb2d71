/** The native function of Python's `tool` dialect, and how code is written in each dialect. */
import type { ToolSpec } from "../../models/model.ts";
import { writeBlock, type Written } from "../../parse/write.ts";
import type { Dialect } from "../../types.ts";

/** The name of the only native function of the `tool` dialect, as in verifiers' RLMEnv. */
export const REPL_TOOL = "call_python_repl";

/** The native function. */
export const NATIVE_TOOL: ToolSpec = {
  name: REPL_TOOL,
  description: "Runs Python in the persistent REPL and returns what it printed.",
  parameters: {
    type: "object",
    properties: { code: { type: "string", description: "Python source" } },
    required: ["code"],
    additionalProperties: false,
  },
};

/** Writes a completion that runs Python. @param toolCallId the id of the native call in the `tool` dialect */
export function writeCode(code: string, dialect: Dialect, toolCallId: string): Written {
  return writeBlock(code, dialect, toolCallId, { fence: "repl", tool: REPL_TOOL });
}
