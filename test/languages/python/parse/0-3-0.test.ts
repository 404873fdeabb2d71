/** What the rules of 0.3.0 read that those of 0.2.0 did not. */
import { describe, expect, it } from "vitest";
import { parseCompletion } from "../../../../src/languages/python/parse/parse.ts";
import type { RulesVersion } from "../../../../src/types.ts";

const read = (text: string, rules?: RulesVersion) =>
  parseCompletion({ text, toolCalls: [], finishReason: "stop" }, "repl", rules);

describe("code", () => {
  it.each<[string, string, string]>([
    ["of a file's name behind a colon", "```repl:main.py\nprint(1)\n```", "print(1)"],
    ["of two languages with a colon", "```python:repl\nprint(1)\n```", "print(1)"],
    ["of a fence with commas", "```python,ignore\nprint(1)\n```", "print(1)"],
    ["of Quarto", "```{python}\nprint(1)\n```", "print(1)"],
    ["of Pandoc", "```{.python .numberLines}\nprint(1)\n```", "print(1)"],
    ["of Gemini", "```tool_code\nprint(1)\n```", "print(1)"],
    ["between quotes in a fence's place", "'''repl\nprint(1)\n'''", "print(1)"],
    ["copied from an interpreter", "```repl\n>>> x = 1\n>>> print(x)\n1\n```", "x = 1\nprint(x)"],
    ["without an opening fence", "print(len(context))\n```", "print(len(context))"],
    ["behind a language without a fence", "python\nx = 1\nprint(x)", "x = 1\nprint(x)"],
    ["behind a language with the end of a fence", "repl\nprint(len(context))\n```", "print(len(context))"],
    ["in backticks, alone", "`print(len(context))`", "print(len(context))"],
    ["between tags of code", "I look.\n<code>\nprint(1)\n</code>", "print(1)"],
    ["between tags of the REPL", "<repl>\nprint(1)\n</repl>", "print(1)"],
  ])("%s is run", (_, text, code) => {
    expect(read(text).blocks.map((block) => block.code)).toEqual([code]);
  });

  it.each([
    ["in backticks within prose", "Use `print(len(context))` to see."],
    ["of an interpreter's prompt in prose", "In [1]: print(1)"],
    ["between tags that hold prose", "<code>the number is seven</code>"],
    ["of a language's name alone", "python"],
  ])("%s is not run", (_, text) => {
    expect(read(text)).toMatchObject({ blocks: [], final: null, invalid: { kind: "nothing" } });
  });
});

describe("an answer", () => {
  it.each<[string, string, string]>([
    ["in a numbered list", "1. FINAL(42)", "42"],
    ["behind a bullet", "• FINAL(42)", "42"],
    ["in italics", "_FINAL(42)_", "42"],
    ["in smart quotes", "FINAL(“42”)", "42"],
    ["in wide parentheses", "FINAL（42）", "42"],
    ["with a keyword", 'FINAL(answer="42")', "42"],
    ["with another keyword", "FINAL(value=42)", "42"],
  ])("%s is read", (_, text, answer) => {
    expect(read(text).final).toEqual({ kind: "text", text: answer });
  });

  it.each(["FINAL(<value>)", "FINAL([your answer here])", "FINAL({answer})", "FINAL(the answer itself)"])(
    "is not a placeholder: %s",
    (text) => {
      expect(read(text)).toEqual({ blocks: [], final: null, invalid: { kind: "placeholder" }, notes: [] });
    },
  );

  it.each<[string, string, string[]]>([
    ["a sum of texts", 'FINAL("n: " + str(n))', ["n"]],
    ["a format", 'FINAL("{}".format(n))', ["n"]],
    ["a percent", 'FINAL("%d" % n)', ["n"]],
    ["a quotient", "FINAL(total / count)", ["total", "count"]],
  ])("may be Python where it is %s of variables", (_, text, names) => {
    expect(read(text).final).toMatchObject({ kind: "expression", names, needsAll: true });
  });

  it.each(["FINAL(Paris, France)", "FINAL(2 + 2)", "FINAL(it's 50% off)"])("is text: %s", (text) => {
    expect(read(text).final).toMatchObject({ kind: expect.stringMatching(/text|expression/) as string });
    expect(read(text, "0.2.0").final).toMatchObject({ kind: "text" });
  });
});

it("finds what was said behind thoughts that end several times", () => {
  for (const text of ["a</think>b</think>FINAL(7)", "<THINK>FINAL(1)</THINK>FINAL(7)"]) {
    expect(read(text).final).toEqual({ kind: "text", text: "7" });
    expect(read(text, "0.2.0").final).not.toEqual({ kind: "text", text: "7" });
  }
});
