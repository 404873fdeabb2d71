import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundaryAt, characterEnd, repaired, skipCharacters, tally } from "../../../src/repl/text/utf8.js";

/** Bytes that are often broken: whole sequences, cut ones, and random lead and continuation bytes. */
const bytes = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 4 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ min: 0x70, max: 0xff, maxLength: 4 }).map((part) => Buffer.from(part)),
      fc
        .constantFrom("\n", "ab\n", "é", "中", "😀", "\ufeff")
        .map((text) => Buffer.from(text).subarray(0, 3)),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts));

const decode = (part: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(part);
const count = (part: Uint8Array) => Array.from(decode(part)).length;

describe("broken UTF-8", () => {
  it("counts characters as a decoder that replaces them does", () => {
    fc.assert(
      fc.property(bytes, (part) => {
        expect(tally(part).characters).toBe(count(part));
      }),
      { numRuns: 500 },
    );
  });

  it("counts newlines at any alignment", () => {
    fc.assert(
      fc.property(bytes, fc.nat(7), (part, skip) => {
        const shifted = Buffer.concat([Buffer.alloc(skip), part]).subarray(skip);
        expect(tally(shifted).newlines).toBe(part.filter((byte) => byte === 10).length);
      }),
    );
  });

  it("counts newlines and characters of long runs without overflow of a counter", () => {
    const length = 70_001;
    expect(tally(Buffer.alloc(length, 10)).newlines).toBe(length);
    expect(tally(Buffer.from("é".repeat(length))).characters).toBe(length);
  });

  it("is repaired to the text that the decoder reads", () => {
    fc.assert(
      fc.property(bytes, (part) => {
        expect(decode(repaired(part))).toBe(decode(part));
      }),
      { numRuns: 500 },
    );
  });

  it("steps over the decoder's characters", () => {
    fc.assert(
      fc.property(bytes, fc.nat(30), (part, steps) => {
        const at = skipCharacters(part, 0, steps);
        expect(count(part.subarray(0, at))).toBe(Math.min(steps, count(part)));
        expect(decode(part.subarray(0, at)) + decode(part.subarray(at))).toBe(decode(part));
      }),
      { numRuns: 500 },
    );
  });

  it("is cut between characters only", () => {
    fc.assert(
      fc.property(bytes, fc.nat(100), (part, wanted) => {
        const at = boundaryAt(part, Math.min(wanted, part.length));
        expect(decode(part.subarray(0, at)) + decode(part.subarray(at))).toBe(decode(part));
        expect(at - wanted).toBeLessThanOrEqual(3);
      }),
      { numRuns: 500 },
    );
  });

  it("ends a character that is cut short at the end of the bytes", () => {
    expect(characterEnd(Buffer.from([0xf0, 0x9f, 0x98]), 0)).toBe(3);
  });
});
