import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallLimit, limitedModel } from "../../src/models/call-limit.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { testModel } from "./model-contract.ts";

/** Waits until everything that is ready has run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Jobs that end on command, and the order in which they began. */
function jobs() {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  return {
    began,
    job: (name: string) => () => {
      began.push(name);
      return new Promise<string>((resolve) => ends.push(() => resolve(name)));
    },
    endOne: async () => {
      ends.shift()?.();
      await settle();
    },
  };
}

testModel("limitedModel", () =>
  limitedModel(scriptedModel(Array.from({ length: 10 }, () => "hi")), new CallLimit(2), "episode"),
);

describe("CallLimit", () => {
  it("serves the parties in turn and keeps the order within each", async () => {
    const { began, job, endOne } = jobs();
    const limit = new CallLimit(1);
    for (const name of ["a1", "a2", "a3", "a4", "b1", "b2", "c1"]) void limit.run(name[0]!, job(name));
    for (let ended = 0; ended < 7; ended += 1) await endOne();
    expect(began).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  });

  it("never runs more jobs than it has slots, and runs all of them, however they end", async () => {
    const calls = fc.array(fc.record({ party: fc.constantFrom("a", "b", "c"), fails: fc.boolean() }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), calls, async (places, planned) => {
        const limit = new CallLimit(places);
        let running = 0;
        let most = 0;
        const outcomes = await Promise.allSettled(
          planned.map(({ party, fails }) =>
            limit.run(party, async () => {
              most = Math.max(most, (running += 1));
              await settle();
              running -= 1;
              if (fails) throw new Error("failed");
            }),
          ),
        );
        expect(outcomes.map(({ status }) => status === "rejected")).toEqual(
          planned.map(({ fails }) => fails),
        );
        expect(most).toBe(Math.min(places, planned.length));
      }),
      { numRuns: 50 },
    );
  });

  it("removes a call from its line when its signal aborts, and gives the slot to the next", async () => {
    const { began, job, endOne } = jobs();
    const limit = new CallLimit(1);
    const abort = new AbortController();
    void limit.run("a", job("a1"));
    const waiting = limit.run("a", job("a2"), abort.signal);
    void limit.run("b", job("b1"));
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await endOne();
    await endOne();
    expect(began).toEqual(["a1", "b1"]);
    void limit.run("a", job("a3"));
    expect(began).toEqual(["a1", "b1", "a3"]);
  });

  it.each([0, 1.5, -1])("refuses %d slots", (places) => {
    expect(() => new CallLimit(places)).toThrow(/call limit/);
  });
});

describe("limitedModel", () => {
  it("says that the deadline passed while the call waited in line", async () => {
    const limit = new CallLimit(1);
    void limit.run("other", () => new Promise(() => {}));
    const model = limitedModel(scriptedModel(["hi"]), limit, "mine");
    const call = model.complete({ messages: [] }, { signal: AbortSignal.timeout(5) });
    await expect(call).rejects.toMatchObject({ kind: "timeout", attempts: 0 });
  });
});
