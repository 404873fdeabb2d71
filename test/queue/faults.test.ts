/** Which model faults end a run at once. */
import { describe, expect, it } from "vitest";
import { faultWatch } from "../../src/queue/faults.ts";
import type { Call, Trajectory } from "../../src/trajectory.ts";

/** An episode that ended with a sub-model's failure. */
function failed(kind: string, simulated: boolean): Trajectory {
  const call = { model: "m", error: "it is down" } as Call;
  const tape = { subModels: [{ name: "m", simulated }], prices: {}, toolSource: null };
  return {
    error: { kind, message: "it is down" },
    calls: [call],
    children: [],
    tape,
  } as unknown as Trajectory;
}

describe("faultWatch", () => {
  it("stops a run whose server is overloaded before it ever answered, but not for a simulated failure", () => {
    expect(() => faultWatch().see(failed("model_overloaded", false))).toThrow("it is down");
    const watch = faultWatch();
    watch.see(failed("model_overloaded", true));
    expect(watch.last).toBe("it is down");
  });

  it("stops for a server that asks for a key, whatever worked before", () => {
    const watch = faultWatch();
    const well = { error: null, calls: [{ usageSource: "reported" }] } as unknown as Trajectory;
    watch.see(well);
    watch.see(failed("model_overloaded", false));
    expect(() => watch.see(failed("model_auth", false))).toThrow("it is down");
  });
});
