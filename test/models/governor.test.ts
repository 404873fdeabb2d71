import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/errors.ts";
import { Governor } from "../../src/models/governor.ts";
import { LocalPace } from "../../src/models/pace.ts";

const overload = new ModelError("too many", { kind: "overloaded" });

/** A server with its own clock, which answers in steps. */
function serverOf(governor: Governor, clock: { ms: number }) {
  const inside: { end: (error?: Error) => void }[] = [];
  const ended: Promise<unknown>[] = [];
  const ask = (count: number) => {
    for (let i = 0; i < count; i += 1)
      ended.push(
        governor
          .run({
            model: "m",
            tokens: 10,
            signal: undefined,
            send: () =>
              new Promise<number>((resolve, reject) => {
                inside.push({ end: (error) => (error ? reject(error) : resolve(1)) });
              }),
            tokensUsed: () => 10,
            isOverload: (error) => error === overload,
          })
          .catch(() => {}),
      );
  };
  /** Ends all requests inside after a given time. Returns their number. */
  const step = async (ms: number, error?: (place: number) => Error | undefined) => {
    await new Promise(setImmediate);
    clock.ms += ms;
    const now = inside.splice(0);
    for (const [place, { end }] of now.entries()) end(error?.(place));
    await new Promise(setImmediate);
    return now.length;
  };
  return { ask, step, ended };
}

describe("the governor of a model server", () => {
  it("doubles its window while replies come, halves it once for each overload, and grows by one a round after that", async () => {
    const clock = { ms: 0 };
    const governor = new Governor({ start: 4, now: () => clock.ms });
    const { ask, step } = serverOf(governor, clock);
    ask(1000);
    expect([await step(100), await step(100), await step(100)]).toEqual([4, 8, 16]);
    expect(await step(100, () => overload)).toBe(32);
    expect(governor.window).toBe(16);
    expect(await step(100, (place) => (place < 3 ? overload : undefined))).toBe(16);
    const cut = governor.window;
    expect(cut).toBeGreaterThanOrEqual(8);
    expect(cut).toBeLessThanOrEqual(9);
    const rounds: number[] = [];
    for (let round = 0; round < 8; round += 1) rounds.push(await step(100));
    expect(rounds.at(-1)).toBeGreaterThan(cut + 4);
    expect(rounds.at(-1)).toBeLessThan(cut + 10);
  });

  it("shrinks when replies become slow, and recovers when they are quick again", async () => {
    const clock = { ms: 0 };
    const governor = new Governor({ start: 64, now: () => clock.ms });
    const { ask, step } = serverOf(governor, clock);
    ask(20_000);
    await step(100);
    const before = governor.window;
    for (let round = 0; round < 6; round += 1) await step(2000);
    const slow = governor.window;
    expect(slow).toBeLessThan(before / 2);
    for (let round = 0; round < 60; round += 1) await step(100);
    expect(governor.window).toBeGreaterThan(slow + 20);
  });

  it("never closes, and releases waiting requests when their signal aborts", async () => {
    const governor = new Governor({ start: 1 });
    const { ask, step } = serverOf(governor, { ms: 0 });
    ask(6);
    for (let round = 0; round < 5; round += 1) expect(await step(1, () => overload)).toBe(1);
    expect(governor.window).toBe(1);
    const stop = new AbortController();
    const waits = governor.run({
      model: "m",
      tokens: 0,
      signal: stop.signal,
      send: () => Promise.resolve(1),
      tokensUsed: () => 0,
      isOverload: () => false,
    });
    stop.abort(new Error("enough"));
    await expect(waits).rejects.toThrow("enough");
    expect(await step(1)).toBe(1);
  });
});

describe("a pace", () => {
  it("never exceeds its rate in any minute by more than one second's worth", async () => {
    let now = 0;
    const pace = new LocalPace(600, () => now);
    const waits: number[] = [];
    for (let i = 0; i < 600; i += 1) waits.push(await pace.book(1));
    expect(waits.filter((ms) => ms === 0)).toHaveLength(11);
    expect(waits.at(-1)).toBeCloseTo(58_900, 6);
    now = 120_000;
    expect(await pace.book(100)).toBe(0);
    expect(await pace.book(1)).toBeCloseTo(9000, 6);
    pace.giveBack(90);
    expect(await pace.book(1)).toBeCloseTo(100, 6);
  });
});
