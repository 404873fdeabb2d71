import { describe, expect, it } from "vitest";
import { parseLength } from "../../datasets/length.ts";
import { UsageError } from "../../src/errors.ts";

describe("parseLength", () => {
  it.each([
    ["1", 1],
    ["8192", 8192],
    [131_072, 131_072],
    ["32k", 32_000],
    ["32K", 32_000],
    ["4Ki", 4096],
    ["1M", 1_000_000],
    ["10M", 10_000_000],
    ["1Mi", 1_048_576],
    ["1.5k", 1500],
    [" 2.3k ", 2300],
  ])("reads %j as %i tokens", (written, tokens) => {
    expect(parseLength(written)).toBe(tokens);
  });

  it.each([
    "0",
    0,
    "-1",
    -5,
    "1.5",
    0.5,
    "0.0001k",
    "",
    "k",
    "12q",
    "1e3",
    "1 000",
    "NaN",
    "Infinity",
    "9".repeat(20),
  ])("refuses %j and names it", (written) => {
    expect(() => parseLength(written)).toThrow(UsageError);
    expect(() => parseLength(written)).toThrow(JSON.stringify(written));
  });
});
