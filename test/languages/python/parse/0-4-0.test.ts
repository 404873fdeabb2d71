/** What the rules of 0.4.0 read that those of 0.3.0 did not. */
import { describe, expect, it } from "vitest";
import { parseCompletion } from "../../../../src/languages/python/parse/parse.ts";
import type { FinishReason, RulesVersion } from "../../../../src/types.ts";

const read = (text: string, rules?: RulesVersion, finishReason: FinishReason = "stop") =>
  parseCompletion({ text, toolCalls: [], finishReason }, "repl", rules);
const codes = (text: string, rules?: RulesVersion) => read(text, rules).blocks.map(({ code }) => code);

describe("code", () => {
  it.each([
    ["a closing fence cut short", "```repl\nprint(1)\n``", "print(1)"],
    ["a quote's marks", "> ```repl\n> if x:\n>     print(1)\n> ```", "if x:\n    print(1)"],
    ["a prompt, which is no quote", "```repl\n>>> print(1)\n```", "print(1)"],
    ["a shift within a line", "```repl\nx = 8\ny = x > 1\n```", "x = 8\ny = x > 1"],
  ])("of a fence stands without %s", (_, text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  it("kept the marks under the rules of 0.3.0", () => {
    expect(codes("```repl\nprint(1)\n``", "0.3.0")).toEqual(["print(1)\n``"]);
  });
});

describe("an answer", () => {
  it("that is nothing is none, and the policy hears why", () => {
    expect(read("FINAL()")).toMatchObject({ final: null, invalid: { kind: "placeholder" } });
    expect(read('FINAL("")').final).toEqual({ kind: "text", text: "" });
    expect(read("FINAL()", "0.3.0")).toMatchObject({ final: { kind: "text", text: "" }, invalid: null });
  });

  it("may follow characters without width", () => {
    expect(read("\u200BFINAL(42)").final).toEqual({ kind: "text", text: "42" });
    expect(read("\u200BFINAL(42)", "0.3.0").final).toBeNull();
  });

  it("is not taken from thoughts with any model's marks", () => {
    const text = "<|think|>FINAL(1)<|/think|>FINAL(7)";
    expect(read(text).final).toEqual({ kind: "text", text: "7" });
    expect(read(text, "0.3.0").final).toBeNull();
  });
});

it.each(["a line", "a line with a comment # x"])("spaces without end in %s are read once", (line) => {
  expect(read(`${line}${" ".repeat(100_000)}x`).invalid).toEqual({ kind: "nothing" });
});

describe("a completion that a content filter stopped", () => {
  it.each(["```repl\nprint(1", "FINAL(4"])("inside of %j runs nothing", (text) => {
    const stopped = read(text, undefined, "content_filter");
    expect(stopped).toMatchObject({ blocks: [], final: null, invalid: { kind: "filtered" } });
  });
});
