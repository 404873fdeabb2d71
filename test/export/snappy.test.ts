import * as fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { describe, expect, it } from "vitest";
import { snappyCompress } from "../../src/export/snappy.ts";

function again(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(input.length);
  snappyUncompress(snappyCompress(input), output);
  return output;
}

/** Runs of bytes, repeated as said, so that there are literals and copies of every length. */
const pieces = fc.array(
  fc.record({
    bytes: fc.uint8Array({ minLength: 1, maxLength: 90 }),
    times: fc.integer({ min: 1, max: 40 }),
  }),
  { maxLength: 30 },
);

describe("snappy", () => {
  it("gives back whatever was compressed", () => {
    fc.assert(
      fc.property(pieces, (made) => {
        const input = Buffer.concat(
          made.flatMap(({ bytes, times }) => Array.from({ length: times }, () => bytes)),
        );
        expect(Buffer.compare(again(input), input)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it.each([0, 1, 14, 15, 16, 60, 61, 64, 65, 67, 68, 256, 257, 65_536, 65_537, 70_000, 1_000_000])(
    "gives back %i bytes, random or all the same",
    (length) => {
      const same = new Uint8Array(length).fill(7);
      let state = 1;
      const random = same.map(() => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
      for (const input of [same, random]) expect(Buffer.compare(again(input), input)).toBe(0);
      if (length > 1000) expect(snappyCompress(same).length).toBeLessThan(length / 15);
      expect(snappyCompress(random).length).toBeLessThanOrEqual(length + 8);
    },
  );

  it("finds a text again that stands far back, and lets go what stands too far", () => {
    const text = Buffer.from("The lighthouse of Käse stands in the snow ☃. ".repeat(4));
    const far = (gap: number) => snappyCompress(Buffer.concat([text, new Uint8Array(gap), text])).length;
    expect(far(60_000)).toBeLessThan(far(70_000));
    const kept = Buffer.concat([text, new Uint8Array(70_000), text]);
    expect(Buffer.compare(again(kept), kept)).toBe(0);
  });

  it("reads only the part of a buffer that it is given", () => {
    const whole = Buffer.from("xxabcabcabcabcabcabcabcabcabcabcyy");
    expect(Buffer.from(again(whole.subarray(2, -2))).toString()).toBe("abc".repeat(10));
  });
});
