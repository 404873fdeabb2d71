/** Native function calls since 0.2.0: one row for each form that models write. */
import { describe, expect, it } from "vitest";
import { type Remark } from "../../../../src/parse/parsed.ts";
import { REPL_TOOL } from "../../../../src/languages/python/native-tool.ts";
import { call, kinds, parsedBoth, tool } from "./parsed-both.ts";

describe("the tool dialect", () => {
  it.each<[string, string, string, string]>([
    ["plain", REPL_TOOL, '{"code": "x = 1"}', "x = 1"],
    ["with a fence in its code", REPL_TOOL, '{"code": "```python\\nx = 1\\n```"}', "x = 1"],
    ["with the code alone", REPL_TOOL, '"x = 1"', "x = 1"],
    ["without a name", "", '{"code": "x = 1"}', "x = 1"],
    ["with a namespace", `functions.${REPL_TOOL}`, '{"code": "x = 1"}', "x = 1"],
    ["with its name twice", REPL_TOOL + REPL_TOOL, '{"code": "x = 1"}', "x = 1"],
    ["with a channel behind its name", `${REPL_TOOL}<|channel|>commentary`, '{"code": "x = 1"}', "x = 1"],
  ])("reads a call %s", (_, name, args, code) => {
    expect(call(name, args).blocks).toEqual([{ code, toolCallId: "c1", problem: null }]);
  });

  it.each<[string, string, string, Remark]>([
    ["of another function", "python", "{}", { kind: "unknown_function", name: "python" }],
    ["with broken JSON", REPL_TOOL, '{"code": ', { kind: "arguments_not_json" }],
    ["without code", REPL_TOOL, '{"source": "x"}', { kind: "arguments_lack_code" }],
    ["with null", REPL_TOOL, "null", { kind: "arguments_lack_code" }],
    ["with a list as code", REPL_TOOL, '{"code": ["x"]}', { kind: "arguments_lack_code" }],
  ])("says what is wrong with a call %s", (_, name, args, problem) => {
    expect(call(name, args).blocks[0]?.problem).toEqual(problem);
  });

  it.each<[string, string, Remark["kind"]]>([
    ["a block", "```python\nx = 1\n```", "block_for_call"],
    ["a bare block", "```\nx = 1\n```", "block_for_call"],
    [
      "Hermes' notation",
      `<tool_call>\n{"name": "${REPL_TOOL}", "arguments": {"code": "x = 1"}}\n</tool_call>`,
      "written_call",
    ],
    [
      "a call with arguments as text",
      `<tool_call>{"name": "${REPL_TOOL}", "arguments": "{\\"code\\": \\"x = 1\\"}"}</tool_call>`,
      "written_call",
    ],
    ["Llama's notation", `{"name": "${REPL_TOOL}", "parameters": {"code": "x = 1"}}`, "written_call"],
    [
      "Mistral's notation",
      `[TOOL_CALLS][{"name": "${REPL_TOOL}", "arguments": {"code": "x = 1"}}]`,
      "written_call",
    ],
    [
      "Qwen3-Coder's notation",
      `<tool_call>\n<function=${REPL_TOOL}>\n<parameter=code>\nx = 1\n</parameter>\n</function>\n</tool_call>`,
      "written_call",
    ],
  ])("runs code written as %s, and asks for a call", (_, text, kind) => {
    const parsed = tool(text);
    expect(parsed.blocks).toEqual([{ code: "x = 1", toolCallId: null, problem: null }]);
    expect(kinds(parsed.notes)).toEqual([kind]);
  });

  it("runs every call of a completion", () => {
    const toolCalls = ["a", "b"].map((id) => ({ id, name: REPL_TOOL, arguments: `{"code": "${id}"}` }));
    const parsed = parsedBoth({ text: "", toolCalls, finishReason: "tool_calls" }, "tool");
    expect(parsed.blocks.map(({ toolCallId }) => toolCallId)).toEqual(["a", "b"]);
  });

  it("takes FINAL as text, and asks for a call if there is neither", () => {
    expect(tool("FINAL(42)").final).toEqual({ kind: "text", text: "42" });
    expect(tool("hm").invalid).toEqual({ kind: "nothing" });
  });
});
