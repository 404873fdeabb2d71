/** The parser since 0.2.0: one row for each form that models write, which today's rules read alike. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCompletion } from "../../../../src/languages/python/parse/parse.ts";
import { type Remark } from "../../../../src/parse/parsed.ts";
import { REPL_TOOL } from "../../../../src/languages/python/native-tool.ts";
import type { FinishReason } from "../../../../src/types.ts";
import { call, codes, kinds, parsedBoth, repl } from "./parsed-both.ts";

describe("a block", () => {
  it.each<[string, string, string]>([
    ["marked repl", "```repl\nx = 1\n```", "x = 1"],
    ["marked python", "```python\nx = 1\n```", "x = 1"],
    ["in capitals", "```Python\nx = 1\n```", "x = 1"],
    ["marked python3.11", "```python3.11\nx = 1\n```", "x = 1"],
    ["marked ipython", "```ipython\nx = 1\n```", "x = 1"],
    ["marked python repl", "```python repl\nx = 1\n```", "x = 1"],
    ["marked repl block", "```repl block\nx = 1\n```", "x = 1"],
    ["with a comment behind its language", "```python # look\nx = 1\n```", "x = 1"],
    ["with attributes", '```python {"id": 1}\nx = 1\n```', "x = 1"],
    ["with a file's name", "```python filename=a.py\nx = 1\n```", "x = 1"],
    ["whose language stands on the next line", "```\nrepl\nx = 1\n```", "x = 1"],
    ["on one line", "```python print(1)```", "print(1)"],
    ["that begins behind its language", "```python import re\nprint(1)\n```", "import re\nprint(1)"],
    ["closed behind its last line", "```repl\nprint(1)```", "print(1)"],
    ["closed by a fence with prose behind it", "```repl\nx = 1\n``` and now I wait", "x = 1"],
    ["that is never closed", "```repl\nx = 1", "x = 1"],
    ["with a longer fence", "````repl\ns = '```'\n````", "s = '```'"],
    ["of tildes", "~~~repl\nx = 1\n~~~", "x = 1"],
    ["behind prose on its line", "Let me look: ```repl\nx = 1\n```", "x = 1"],
    ["with Windows' line ends", "```repl\r\nx = 1\r\n```\r\n", "x = 1"],
    ["indented with its code", "  ```repl\n  if x:\n    y()\n  ```", "if x:\n  y()"],
    [
      "indented over code that is not",
      "   ```repl\nif x:\n  if y:\n    z()\n   ```",
      "if x:\n  if y:\n    z()",
    ],
    ["whose code alone is indented", "```repl\n    x = 1\n    y = 2\n```", "x = 1\ny = 2"],
    ["of a list item", "1. ```repl\n   x = 1\n   ```", "x = 1"],
    [
      "with a fence in a triple-quoted string",
      '```repl\np = """\n```\nx\n```\n"""\nprint(p)\n```',
      'p = """\n```\nx\n```\n"""\nprint(p)',
    ],
  ])("%s is run", (_, text, code) => {
    const parsed = repl(text);
    expect(codes(parsed)).toEqual([code]);
    expect(parsed.notes).toEqual([]);
  });

  it.each<[string, string, string, Remark["kind"]]>([
    ["without a language", "Look:\n```\nprint(len(context))\n```", "print(len(context))", "unnamed_block"],
    ["with code in a language's place", "```print(1)\nprint(2)\n```", "print(1)\nprint(2)", "unnamed_block"],
    [
      "without a fence",
      "import re\nprint(re.findall('a', context))",
      "import re\nprint(re.findall('a', context))",
      "unfenced_code",
    ],
    [
      "without a fence, with brackets over lines",
      "print(\n    context[:9],\n)",
      "print(\n    context[:9],\n)",
      "unfenced_code",
    ],
  ])("%s is run with a note on its form", (_, text, code, kind) => {
    const parsed = repl(text);
    expect(codes(parsed)).toEqual([code]);
    expect(kinds(parsed.notes)).toEqual([kind]);
  });

  it("runs alone: the model wrote later blocks before it saw its output", () => {
    const text = "```repl\nprint(context[:50])\n```\nIt prints: number 7.\n```repl\nFINAL(7)\n```";
    const parsed = repl(text);
    expect(codes(parsed)).toEqual(["print(context[:50])"]);
    expect(parsed.notes).toEqual([{ kind: "later_blocks", count: 1 }]);
    const all = parsedBoth({ text, toolCalls: [], finishReason: "stop" }, "repl", true);
    expect(codes(all)).toEqual(["print(context[:50])", "FINAL(7)"]);
    expect(all.notes).toEqual([]);
  });

  it.each([
    ["text", "```text\nFINAL(7)\n```", { kind: "other_language", language: "text" }],
    ["shell", "```bash\nls\n```", { kind: "other_language", language: "bash" }],
    ["JSON", '```json\n{"a": 1}\n```', { kind: "other_language", language: "json" }],
  ])("of %s is not run, and its language is named", (_, text, invalid) => {
    expect(repl(text)).toEqual({ blocks: [], final: null, invalid, notes: [] });
  });

  it("returns the code of any fenced text that does not contain a fence", () => {
    // A line that begins with ">" may be a quote of Markdown to today's rules.
    const line = fc.stringMatching(/^[^`~"'\\\r\n\s>][^`~"'\\\r\n]*$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) => {
        const code = lines.join("\n");
        expect(codes(repl(`\`\`\`repl\n${code}\n\`\`\``))).toEqual([code]);
      }),
    );
  });
});

describe("prose that is not code", () => {
  it.each([
    "The answer is 42.",
    "If the context holds it, I print it.",
    "for each line, look for the number",
    "import the text and search it",
    "# A heading",
    "Answer: 42",
    "from the context we see that it is 7",
    "Paris",
    "print the first line",
    "",
  ])("is not run: %s", (text) => {
    const { blocks, invalid } = repl(text);
    expect(blocks).toEqual([]);
    expect(invalid).not.toBeNull();
  });
});

describe("FINAL", () => {
  it.each<[string, string, string]>([
    ["a number", "FINAL(42)", "42"],
    ["quotes", 'So:\nFINAL("42")', "42"],
    ["a smile behind it", "FINAL(42) :)", "42"],
    ["a smile behind words", "FINAL(42) hope it helps :)", "42"],
    ["a smile inside", "FINAL(a nice answer :))", "a nice answer :)"],
    ["escaped quotes", 'FINAL("the \\"A\\" project")', 'the "A" project'],
    ["an apostrophe in quotes", "FINAL('it's done')", "it's done"],
    ["two quoted words", 'FINAL("a" and "b")', '"a" and "b"'],
    ["parentheses in quotes", 'FINAL("1) apples 2) pears")', "1) apples 2) pears"],
    ["a list's numbers", "FINAL(1) apples, 2) pears)", "1) apples, 2) pears"],
    ["prose with parentheses behind it", "FINAL(42) is it (I think)", "42"],
    ["nested parentheses", "FINAL(f(x) = (1, 2))", "f(x) = (1, 2)"],
    ["a list item", "- FINAL(42)", "42"],
    ["bold", "**FINAL(42)**", "42"],
    ["three quotes", "FINAL('''a\nb''')", "a\nb"],
    ["small letters", "Final(42)", "42"],
    ["no closing parenthesis", "FINAL(42", "42"],
    ["a fence of something else before it", "```text\n1\n```\nFINAL(42)", "42"],
  ])("with %s is the answer", (_, text, answer) => {
    expect(repl(text).final).toEqual({ kind: "text", text: answer });
  });

  it.each<[string, string, { code: string; names: string[] | null }]>([
    ["an f-string", 'FINAL(f"There are {n}")', { code: 'FINAL(f"There are {n}")', names: null }],
    ["a bare name", "FINAL(result)", { code: 'FINAL_VAR("result")', names: ["result"] }],
    ["an item", "FINAL(found[0])", { code: "FINAL(found[0])", names: ["found"] }],
    ["a conversion", "FINAL(str(count))", { code: "FINAL(str(count))", names: ["str", "count"] }],
    ["a join", 'FINAL(", ".join(names))', { code: 'FINAL(", ".join(names))', names: ["names"] }],
  ])("with %s may be Python", (_, text, { code, names }) => {
    expect(repl(text).final).toMatchObject({ kind: "expression", code, names });
  });

  it.each<[string, string, Remark["kind"]]>([
    ["in a sentence about it", "I will end with FINAL(answer) once I know.", "final_in_sentence"],
    ["of a placeholder in a sentence", "FINAL(answer) is what I will write.", "placeholder"],
    ["of dots", "FINAL(...)", "placeholder"],
    ["that breaks off at once", "FINAL(", "placeholder"],
    ["of a placeholder", "FINAL(your answer)", "placeholder"],
    ["of a placeholder in marks", "FINAL(<answer>)", "placeholder"],
  ])("%s is no answer", (_, text, kind) => {
    expect(repl(text)).toEqual({ blocks: [], final: null, invalid: { kind }, notes: [] });
  });

  it("takes the answer after a sentence about it", () => {
    expect(repl("FINAL(answer) comes at the end:\nFINAL(42)").final).toEqual({ kind: "text", text: "42" });
  });

  it("is not taken beside code whose output was not seen", () => {
    const parsed = repl("```repl\nprint(1)\n```\nFINAL(7)");
    expect(codes(parsed)).toEqual(["print(1)"]);
    expect(parsed.final).toBeNull();
    expect(parsed.notes).toEqual([{ kind: "final_beside_code" }]);
  });

  it("is taken beside code if it names a variable, which is read after the code has run", () => {
    expect(repl("```repl\nx = 1\n```\nFINAL_VAR(x)").final).toEqual({ kind: "variable", argument: '"x"' });
    expect(repl("```repl\nx = 1\n```\nFINAL(x)").final).toMatchObject({ kind: "expression", names: ["x"] });
  });

  it("beside a bare fence that quotes output is the answer", () => {
    const parsed = repl("The output was\n```\nnumber: 42\n```\nFINAL(42)");
    expect(parsed).toEqual({ blocks: [], final: { kind: "text", text: "42" }, invalid: null, notes: [] });
  });
});

describe("thoughts", () => {
  it.each([
    ["before code", "<think>FINAL(1)\n```repl\nx = 0\n```</think>\n```repl\nx = 1\n```", ["x = 1"]],
    ["that the template opened", "so FINAL(1)\n</think>\n```repl\nx = 1\n```", ["x = 1"]],
    ["of another kind", "<thinking>FINAL(1)</thinking>```repl\nx = 1\n```", ["x = 1"]],
    ["in code", '```repl\ntag = "</think>"\n```', ['tag = "</think>"']],
  ])("%s are passed over", (_, text, expected) => {
    expect(codes(repl(text))).toEqual(expected);
  });
});

describe("a completion that reached its length", () => {
  it.each<[string, string, "repl" | "tool", object]>([
    ["in a block", "```repl\nprint(1", "repl", { kind: "cut", where: "block" }],
    ["in prose", "It is a long story", "repl", { kind: "cut", where: "text" }],
    ["in an answer", "FINAL(the answer is", "repl", { kind: "cut", where: "answer" }],
    ["in a thought", "<think>it may be", "repl", { kind: "cut", where: "thoughts" }],
    ["before a call", "Let me", "tool", { kind: "cut", where: "text" }],
  ])("%s says so", (_, text, dialect, invalid) => {
    expect(parsedBoth({ text, toolCalls: [], finishReason: "length" }, dialect).invalid).toEqual(invalid);
  });

  it("in thoughts that are not in the text says so", () => {
    const completion = {
      text: "",
      reasoning: { text: "hm" },
      toolCalls: [],
      finishReason: "length",
    } as const;
    expect(parsedBoth(completion, "repl").invalid).toEqual({ kind: "cut", where: "thoughts" });
  });

  it("after a whole block runs the block", () => {
    const parsed = repl("```repl\nprint(1)\n```\nand then", "length");
    expect(codes(parsed)).toEqual(["print(1)"]);
    expect(parsed.notes).toEqual([{ kind: "cut", where: "after" }]);
  });

  it("in a native call says so", () => {
    expect(call(REPL_TOOL, '{"code": "print(', "length").blocks[0]?.problem).toEqual({
      kind: "cut",
      where: "call",
    });
  });
});

it("names an empty completion and one that a filter stopped", () => {
  expect(repl(" \n").invalid).toEqual({ kind: "empty" });
  expect(repl("", "content_filter").invalid).toEqual({ kind: "filtered" });
});

it("never throws, and reads something or says why not, for any completion", () => {
  const pieces = [
    "```repl",
    "```",
    "```text",
    "~~~",
    "\n",
    '"""',
    "'",
    "FINAL(",
    "FINAL_VAR",
    ")",
    "(",
    "[",
    "<think>",
    "</think>",
    "<tool_call>",
    '{"name": "',
    "\\",
    "x",
    " = 1",
    ":)",
    "import re",
    "answer",
    'f"',
    "\u{1F642}",
    "\uD800",
    "\r",
  ];
  const text = fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join(""));
  const reason = fc.constantFrom<FinishReason[]>("stop", "length", "tool_calls", "unknown", "content_filter");
  fc.assert(
    fc.property(
      text,
      reason,
      fc.constantFrom("repl" as const, "tool" as const),
      (said, finishReason, dialect) => {
        const { blocks, final, invalid } = parseCompletion(
          { text: said, toolCalls: [], finishReason },
          dialect,
        );
        expect(invalid === null).toBe(blocks.length > 0 || final !== null);
      },
    ),
    { numRuns: 2000 },
  );
});
