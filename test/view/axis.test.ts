import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisOf } from "../../viewer/axis.ts";

const logarithmic = { log: true, range: null, whole: false };

describe("axisOf", () => {
  it("writes powers of ten, and what lies between them if they are few", () => {
    expect(axisOf([1000, 1_000_000], logarithmic).ticks).toEqual([1000, 10_000, 100_000, 1_000_000]);
    expect(axisOf([1000, 64_000], logarithmic).ticks).toEqual([1000, 2000, 5000, 10_000, 20_000, 50_000]);
  });

  it("writes at least two figures, however close the values are", () => {
    const costs = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(costs, { minLength: 1, maxLength: 5 }), fc.boolean(), (values, log) => {
        const { at, ticks } = axisOf(values, { ...logarithmic, log });
        expect(ticks.length).toBeGreaterThan(1);
        expect(new Set(ticks.map((tick) => tick.toPrecision(3))).size).toBe(ticks.length);
        for (const value of [...values, ...ticks]) {
          expect(at(value)).toBeGreaterThanOrEqual(0);
          expect(at(value)).toBeLessThanOrEqual(1);
        }
      }),
    );
    expect(axisOf([1.05, 1.9], logarithmic).ticks.map((tick) => tick.toPrecision(2))).toEqual([
      "1.2",
      "1.4",
      "1.6",
      "1.8",
    ]);
    expect(axisOf([0.157, 0.173], logarithmic).ticks.map((tick) => tick.toPrecision(3))).toEqual([
      "0.160",
      "0.165",
      "0.170",
    ]);
  });
});
