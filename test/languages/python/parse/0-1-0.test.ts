/** The parser of 0.1.0, which still reads the records of that version. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCompletion } from "../../../../src/languages/python/parse/parse.ts";
import { REPL_TOOL } from "../../../../src/languages/python/native-tool.ts";
import type { FinishReason } from "../../../../src/types.ts";

const repl = (text: string, finishReason: FinishReason = "stop") =>
  parseCompletion({ text, toolCalls: [], finishReason }, "repl", "0.1.0");
const tool = (name: string, args: string, text = "") =>
  parseCompletion(
    { text, toolCalls: [{ id: "c1", name, arguments: args }], finishReason: "tool_calls" },
    "tool",
    "0.1.0",
  );
const codes = (text: string) => repl(text).blocks.map((block) => block.code);

describe("the repl dialect", () => {
  it("takes every repl and python block, in order, and ignores other languages", () => {
    const text = "First\n```repl\na = 1\n```\nthen\n```python\nb = 2\n```\nand\n```json\n{}\n```";
    expect(codes(text)).toEqual(["a = 1", "b = 2"]);
  });

  it("keeps a fence inside a triple-quoted string", () => {
    const code = 'prompt = """Answer as\n```\nLabel: x\n```\n"""\nprint(prompt)';
    expect(codes(`\`\`\`repl\n${code}\n\`\`\`\ndone`)).toEqual([code]);
  });

  it("is not misled by quotes in comments and in one-line strings", () => {
    const code = 'x = \'it\\\'s """ fine\'  # don\'t """ worry\ny = 1';
    expect(codes(`\`\`\`repl\n${code}\n\`\`\`\nprose`)).toEqual([code]);
  });

  it("ends at the first closing fence if quotes never balance", () => {
    expect(codes('```repl\nx = """oops\n```\nprose')).toEqual(['x = """oops']);
  });

  it("reads an indented block without its indentation", () => {
    expect(codes("  ```repl\n  if x:\n    y()\n  ```")).toEqual(["if x:\n  y()"]);
  });

  it("runs a block whose closing fence was forgotten, but not one that was cut off", () => {
    expect(codes("```repl\nx = 1")).toEqual(["x = 1"]);
    expect(repl("```repl\nx = 1", "length").invalid).toEqual({ kind: "cut", where: "block" });
  });

  it.each([
    ["after prose on its line", "Let me look: ```repl\nx = 1\n```"],
    ["named python3", "```python3\nx = 1\n```"],
    ["with attributes", '```python {"id": 1}\nx = 1\n```'],
    ["with a file name", "```python filename=a.py\nx = 1\n```"],
    ["closed by a fence with prose behind it", "```repl\nx = 1\n``` and now I wait"],
  ])("reads a block %s", (_, text) => {
    expect(codes(text)).toEqual(["x = 1"]);
  });

  it("reads two blocks if the fence that closes the first opens the second", () => {
    expect(codes("```repl\nx = 1\n```repl\ny = 2\n```\nprose")).toEqual(["x = 1", "y = 2"]);
  });

  it("takes neither code nor an answer from a reasoning model's thoughts", () => {
    const thoughts = "maybe\n```repl\nx = 0\n```\nFINAL(7)\n</think>\n";
    const said = "```repl\nx = 1\n```";
    expect(codes(`<think>\n${thoughts}${said}`)).toEqual(["x = 1"]);
    expect(codes(thoughts + said)).toEqual(["x = 1"]);
    expect(repl("<think>\nFINAL(7) might do").invalid).toEqual({ kind: "nothing" });
    expect(codes('```repl\ntag = "</think>"\n```')).toEqual(['tag = "</think>"']);
  });

  it.each([
    ["parentheses in quotes", 'FINAL("1) apples 2) pears")', "1) apples 2) pears"],
    ["a list's numbers", "FINAL(1) apples, 2) pears)", "1) apples, 2) pears"],
    ["prose with parentheses after it", "FINAL(42) is it (I think)", "42"],
    ["a list item", "- FINAL(42)", "42"],
    ["quotes within", 'FINAL(the "big" one\'s)', 'the "big" one\'s'],
  ])("takes FINAL with %s", (_, text, answer) => {
    expect(repl(text).final).toEqual({ kind: "text", text: answer });
  });

  it("takes FINAL_VAR of an expression as the expression", () => {
    expect(repl("FINAL_VAR(found[0])").final).toEqual({ kind: "variable", argument: "found[0]" });
    expect(repl("FINAL_VAR(`found`)").final).toEqual({ kind: "variable", argument: '"found"' });
  });

  it("says what was expected if there is nothing to run and no answer", () => {
    expect(repl("I think it is 42.").invalid).toEqual({ kind: "nothing" });
    expect(repl("").invalid).toEqual({ kind: "nothing" });
  });

  it("takes FINAL as text with nested parentheses and without its quotes", () => {
    expect(repl("FINAL(f(x) = (1, 2))").final).toEqual({ kind: "text", text: "f(x) = (1, 2)" });
    expect(repl('So:\nFINAL("42")').final).toEqual({ kind: "text", text: "42" });
    expect(repl("FINAL('''a\nb''')").final).toEqual({ kind: "text", text: "a\nb" });
    expect(repl("**FINAL(42)**").final).toEqual({ kind: "text", text: "42" });
  });

  it("takes FINAL_VAR as the name of a variable", () => {
    expect(repl('FINAL_VAR("result")').final).toEqual({ kind: "variable", argument: '"result"' });
    expect(repl("FINAL_VAR(result)").final).toEqual({ kind: "variable", argument: '"result"' });
  });

  it("does not take FINAL in the middle of a sentence", () => {
    expect(repl("I will use FINAL(x) later").invalid).not.toBeNull();
  });

  it("runs the code and refuses an answer that was written before its output was seen", () => {
    const parsed = repl("```repl\nprint(1)\n```\nFINAL(7)");
    expect(parsed.blocks).toHaveLength(1);
    expect(parsed.final).toBeNull();
    expect(parsed.notes).toEqual([{ kind: "final_beside_code" }]);
  });

  it("takes FINAL_VAR beside code, since the variable is read after the code has run", () => {
    const parsed = repl("```repl\nx = 1\n```\nFINAL_VAR(x)");
    expect(parsed.final).toEqual({ kind: "variable", argument: '"x"' });
    expect(parsed.notes).toEqual([]);
  });

  it("returns the code of any fenced text that does not contain a fence", () => {
    const line = fc.stringMatching(/^[^`~"'\\\r\n]*$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) => {
        const code = lines.join("\n");
        fc.pre(code.trim() !== "");
        expect(codes(`\`\`\`repl\n${code}\n\`\`\``)).toEqual([code]);
      }),
    );
  });

  it("never throws, whatever the completion", () => {
    const pieces = [
      "```repl",
      "```",
      "~~~",
      "\n",
      '"""',
      "'",
      "FINAL(",
      "FINAL_VAR",
      ")",
      "<think>",
      "</think>",
      "\\",
      "x",
    ];
    const text = fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join(""));
    fc.assert(fc.property(text, (completion) => void repl(completion)));
  });
});

describe("the tool dialect", () => {
  it("reads the code out of a native call", () => {
    expect(tool(REPL_TOOL, '{"code": "x = 1"}').blocks).toEqual([
      { code: "x = 1", toolCallId: "c1", problem: null },
    ]);
  });

  it("says what is wrong with a call of another function, broken JSON, or no code", () => {
    expect(tool("python", "{}").blocks[0]?.problem).toEqual({ kind: "unknown_function", name: "python" });
    expect(tool(REPL_TOOL, '{"code": ').blocks[0]?.problem).toEqual({ kind: "arguments_not_json" });
    expect(tool(REPL_TOOL, '{"source": "x"}').blocks[0]?.problem).toEqual({ kind: "arguments_lack_code" });
    expect(tool(REPL_TOOL, "null").blocks[0]?.problem).toEqual({ kind: "arguments_lack_code" });
  });

  it("takes FINAL as text, and asks for a call if there is neither", () => {
    const text = (value: string) =>
      parseCompletion({ text: value, toolCalls: [], finishReason: "stop" }, "tool", "0.1.0");
    expect(text("FINAL(42)").final).toEqual({ kind: "text", text: "42" });
    expect(text("hm").invalid).toEqual({ kind: "nothing" });
  });
});
