import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contextBytes, contextFromBytes, expectContext, summariseContext } from "../../src/data/context.ts";
import { DataError, UsageError } from "../../src/errors.ts";
import { describeContext } from "../../src/languages/python/prompt/describe-context.ts";
import type { Context } from "../../src/types.ts";
import { anyContext } from "./any-context.ts";

describe("the summary of a context", () => {
  test.each<[Context, string]>([
    ["four", "context is a str of 4 characters."],
    [["a", "bc"], "context is a list of 2 str, 3 characters in all."],
    [[], "context is a list of 0 str, 0 characters in all."],
    [[{ role: "user" }, { role: "x" }], "context is a list of 2 dict, 27 characters in all."],
    [[1, 22], "context is a list of 2 int, 3 characters in all."],
    [[1, "a", null], "context is a list of 3 values of several types, 6 characters in all."],
    [[["a"], []], "context is a list of 2 list, 7 characters in all."],
    [{ a: "xy", b: [1] }, "context is a dict with 2 keys, 5 characters in all."],
    [17, "context is an int of 2 characters."],
    [2.5, "context is a float of 3 characters."],
    [true, "context is a bool of 4 characters."],
    [null, "context is None."],
    [Uint8Array.of(1, 2), "context is a bytes object of 2 bytes."],
    [["a\ud83d\ude00", "\ud83d"], "context is a list of 2 str, 3 characters in all."],
  ])("%j", (context, told) => {
    expect(describeContext(summariseContext(context))).toContain(told);
  });

  test("never has a NaN, for any JSON", () => {
    fc.assert(
      fc.property(anyContext(), (context) => {
        expect(describeContext(summariseContext(context))).not.toMatch(/NaN|undefined/);
      }),
    );
  });
});

describe("a value that Python cannot have is refused with its path", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["me"] = cyclic;
  // eslint-disable-next-line no-sparse-arrays
  const sparse = ["a", , "b"];
  test.each<[string, unknown, RegExp]>([
    ["a BigInt", { pages: [1n] }, /^context\["pages"\]\[0\]: expected .*; got the BigInt 1$/],
    ["a Map", new Map(), /^context: expected .*; got an object of class Map$/],
    ["a function", [() => 1], /^context\[0\]: expected/],
    ["undefined", undefined, /^context: expected .*; got undefined$/],
    ["a date", { a: new Date(0) }, /class Date$/],
    ["NaN", [Number.NaN], /got NaN$/],
    ["infinity", -Infinity, /got -Infinity$/],
    ["a hole in a list", sparse, /^context\[1\]: expected .*; got undefined$/],
    ["a symbol", [Symbol("x")], /got Symbol\(x\)$/],
    ["numbers of another kind", new Float64Array(2), /class Float64Array$/],
    ["what contains itself", cyclic, /at most 200 levels of nesting/],
    ["what has no prototype and no name", Object.create({ a: 1 }), /got an object of class/],
  ])("%s", (_, context, message) => {
    expect(() => expectContext(context)).toThrow(UsageError);
    expect(() => expectContext(context)).toThrow(message);
    expect(() => summariseContext(context as Context)).toThrow(UsageError);
  });
});

describe("the stored bytes of a context", () => {
  test("give the same context back", () => {
    fc.assert(
      fc.property(anyContext(), (context) => {
        const { type } = summariseContext(context);
        const back = contextFromBytes(type, contextBytes(context));
        if (context instanceof Uint8Array) expect(back).toEqual(context);
        else expect(back).toEqual(JSON.parse(JSON.stringify(context)));
      }),
    );
  });

  test("have the hash that the summary says, whatever characters they hold", () => {
    const units = fc.oneof(fc.string({ unit: "grapheme-ascii" }), fc.string({ unit: "binary" }));
    const texts = fc.oneof(
      units,
      fc.tuple(units, units).map(([a, b]) => `${a}\ud83d${b}\u00ff`),
      fc.string({ unit: fc.constantFrom("a", "\u0141", "\u0080", "\udc00") }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { sha256 } = summariseContext(text);
        expect(createHash("sha256").update(contextBytes(text)).digest("hex")).toBe(sha256);
        if (text.isWellFormed()) expect(Buffer.from(text, "utf8").equals(contextBytes(text))).toBe(true);
      }),
    );
  });

  test("are plain UTF-8 for a text without lone surrogates", () => {
    expect(Buffer.from(contextBytes("é\ud83d\ude00")).toString("hex")).toBe("c3a9f09f9880");
    expect(Buffer.from(contextBytes("\ud83d")).toString("hex")).toBe("eda0bd");
  });

  test.each<[string, "str" | "list" | "dict", string]>([
    ["bytes that are no text", "str", "ff"],
    ["a surrogate cut short", "str", "eda0"],
    ["no JSON", "list", "5b"],
    ["the JSON of another type", "dict", "5b5d"],
  ])("that hold %s are refused", (_, type, hex) => {
    expect(() => contextFromBytes(type, Buffer.from(hex, "hex"))).toThrow(DataError);
  });
});
