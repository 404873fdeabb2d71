import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coverage } from "../../src/metrics/coverage.ts";
import { Random } from "../../src/random.ts";

/** Words that hardly repeat: every stretch of 32 characters occurs once. */
function prose(chars: number, seed = 1): string {
  const random = new Random(seed);
  let text = "";
  while (text.length < chars) text += `${random.getrandbits(40).toString(36)} `;
  return text.slice(0, chars);
}

const TEXT = prose(20_000);

describe("coverage", () => {
  it("is the share of the text that was seen, whatever other words surround it", () => {
    const seen = [`Question?\n\n${TEXT.slice(1_000, 6_000)}\n\nAnswer briefly.`];
    expect(coverage(TEXT, seen)).toBeCloseTo(0.25, 3);
  });

  it("counts repeated and overlapping stretches once", () => {
    expect(coverage(TEXT, [TEXT.slice(0, 5_000), TEXT.slice(0, 5_000)])).toBe(0.25);
    expect(coverage(TEXT, [TEXT.slice(0, 5_000), TEXT.slice(3_000, 10_000)])).toBe(0.5);
  });

  it("is 0 if nothing of the text was seen, and 1 if all of it was", () => {
    expect(coverage(TEXT, [])).toBe(0);
    expect(coverage(TEXT, [prose(20_000, 2), "short", ""])).toBe(0);
    expect(coverage(TEXT, [TEXT])).toBe(1);
    expect(coverage("", ["anything"])).toBe(0);
  });

  it("finds every stretch of 63 characters, and the pieces of a text in any order", () => {
    for (let start = 100; start < 164; start += 1)
      expect(coverage(TEXT, [TEXT.slice(start, start + 63)])).toBeCloseTo(63 / 20_000, 10);
    const pieces = Array.from({ length: 20 }, (_, index) => TEXT.slice(index * 1_000, index * 1_000 + 1_000));
    expect(coverage(TEXT, [pieces.toReversed().join("#")])).toBeCloseTo(1, 3);
  });

  it("counts only the seen part of a repetitive text, not all of it", () => {
    const noise = "The grass is green. The sky is blue. Here we go. There and back again.\n".repeat(2_000);
    const tenth = noise.length / 10;
    const seen = [0, 3, 6].map((part) => noise.slice(part * tenth, (part + 1) * tenth));
    expect(coverage(noise, seen)).toBeCloseTo(0.3, 2);
    const needle = "The magic number of the tall tree is 8123941.\n";
    const hay = noise.slice(0, 50_000) + needle + noise.slice(0, 50_000);
    expect(coverage(hay, [hay.slice(40_000, 60_000)])).toBeCloseTo(20_000 / hay.length, 3);
  });

  it("reads a list and a dict as their texts, asked for one by one or joined", () => {
    const documents = Array.from({ length: 10 }, (_, index) => prose(2_000, index));
    expect(coverage(documents, documents.slice(0, 3))).toBeCloseTo(0.3, 2);
    expect(coverage(documents, [documents.join("\n\n")])).toBe(1);
    const dict = { a: documents[0]!, more: { b: documents[1]!, c: [documents[2]!, 7, null] } };
    expect(coverage(dict, [documents[2]!])).toBeCloseTo(1 / 3, 2);
  });

  it("is unknown for bytes", () => {
    expect(coverage(new Uint8Array(3), ["abc"])).toBeNull();
  });

  it("contains every stretch that is long enough, and hardly more", () => {
    const slice = fc.tuple(fc.nat(19_000), fc.nat(4_000));
    fc.assert(
      fc.property(fc.array(slice, { maxLength: 6 }), (slices) => {
        const mask = new Uint8Array(TEXT.length);
        for (const [start, length] of slices) if (length >= 63) mask.fill(1, start, start + length);
        const sure = mask.reduce((sum, bit) => sum + bit, 0);
        const seen = slices.map(([start, length]) => TEXT.slice(start, start + length));
        const covered = Math.round(coverage(TEXT, seen)! * TEXT.length);
        const slack = slices.length * 66;
        expect(covered).toBeGreaterThanOrEqual(sure);
        expect(covered).toBeLessThanOrEqual(sure + slack);
      }),
    );
  });

  it("claims no more of a repetitive text than was seen", () => {
    const ab = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 300 });
    fc.assert(
      fc.property(ab, ab, (text, other) => {
        const share = coverage(text, [other])!;
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share * text.length).toBeLessThanOrEqual(Math.min(text.length, other.length + 2 * 10) + 1e-9);
      }),
    );
  });
});
