import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROT_PRESETS, useProbability } from "../../../src/models/simulated/context-rot.ts";

const curve = fc.constantFrom(...Object.values(ROT_PRESETS));
const tokens = fc.integer({ min: 1, max: 20_000_000 });
const position = fc.double({ min: 0, max: 1, noNaN: true });

describe("useProbability", () => {
  it("is a probability that never increases with the prompt's length or with the position", () => {
    fc.assert(
      fc.property(curve, tokens, tokens, position, position, (rot, a, b, p, q) => {
        const [short, long] = a < b ? [a, b] : [b, a];
        const [early, late] = p < q ? [p, q] : [q, p];
        const best = useProbability(rot, short, early);
        expect(best).toBeLessThanOrEqual(1);
        expect(useProbability(rot, long, early)).toBeLessThanOrEqual(best);
        expect(useProbability(rot, short, late)).toBeLessThanOrEqual(best);
        expect(useProbability(rot, long, late)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("passes through the published figures at its length", () => {
    expect(useProbability(ROT_PRESETS.default, 65_536, 0)).toBeCloseTo(0.75);
    expect(useProbability(ROT_PRESETS.default, 65_536, 1)).toBeCloseTo(0.55);
  });

  it("reads short prompts without loss and 128K tokens well below 0.7", () => {
    expect(useProbability(ROT_PRESETS.default, 4000, 1)).toBe(1);
    expect(useProbability(ROT_PRESETS.default, 128_000, 0.5)).toBeLessThan(0.6);
  });

  it("never errs on the flat curve, and falls faster on the steep one", () => {
    expect(useProbability(ROT_PRESETS.flat, 10_000_000, 1)).toBe(1);
    expect(useProbability(ROT_PRESETS.steep, 32_768, 0.5)).toBeLessThan(
      useProbability(ROT_PRESETS.default, 32_768, 0.5),
    );
  });
});
