import { describe, expect, it } from "vitest";
import { simulatedSpec } from "../../../scripts/flags/simulated-spec.ts";

describe("simulatedSpec", () => {
  it("reads a tier with every knob", () => {
    const knobs = "rot=steep,window=64k,latency=50ms,failures=0.1,rate-limits=0.05,input=2,output=8";
    expect(simulatedSpec(`simulated-mini:${knobs}`)).toEqual({
      tier: "simulated-mini",
      options: {
        rot: "steep",
        windowTokens: 64_000,
        latencyMs: 50,
        failureRate: 0.1,
        rateLimitRate: 0.05,
      },
      prices: { "simulated-mini": { input: 2, output: 8 } },
    });
  });

  it("uses the tier's defaults, and the table's price if no knob sets one", () => {
    expect(simulatedSpec("simulated")).toEqual({ tier: "simulated", options: {}, prices: {} });
    expect(simulatedSpec("simulated:latency=1.5s")?.options).toEqual({ latencyMs: 1500 });
    expect(simulatedSpec("simulated:output=1")?.prices).toEqual({ simulated: { input: 1.25, output: 1 } });
  });

  it("is null for another model's name", () => {
    expect(simulatedSpec("gpt-5:free")).toBeNull();
    expect(simulatedSpec("simulated-large")).toBeNull();
  });

  it.each(["rot", "rot=soft", "latency=50", "failures=", "failures=x", "window=0", "speed=1", "rot=flat=1"])(
    "refuses %s, and tells what there is",
    (knob) => {
      expect(() => simulatedSpec(`simulated:${knob}`)).toThrow(/rot=flat\|default\|steep|length/);
    },
  );
});
