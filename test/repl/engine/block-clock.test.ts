import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BlockClock } from "../../../src/repl/engine/block-clock.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The times, in ms from now, at which the time of blocks was used up. */
function ends(): { at: number[]; note: () => void } {
  const startedAt = performance.now();
  const at: number[] = [];
  return { at, note: () => void at.push(performance.now() - startedAt) };
}

test("a block's time ends once, when it is used up", () => {
  const [clock, { at, note }] = [new BlockClock(), ends()];
  clock.start(100, note);
  vi.advanceTimersByTime(1000);
  expect(at).toEqual([100]);
});

test("waiting for the host does not count", () => {
  const [clock, { at, note }] = [new BlockClock(), ends()];
  clock.start(100, note);
  vi.advanceTimersByTime(60);
  clock.pause();
  vi.advanceTimersByTime(500);
  clock.resume();
  vi.advanceTimersByTime(1000);
  expect(at).toEqual([600]);
});

test("each block has its own time, even if the timer of an earlier and longer one is still set", () => {
  const [clock, { at, note }] = [new BlockClock(), ends()];
  clock.start(1000, () => expect.unreachable());
  clock.stop();
  clock.start(50, note);
  vi.advanceTimersByTime(50);
  clock.start(400, note);
  vi.advanceTimersByTime(5000);
  expect(at).toEqual([50, 450]);
});

test("a block that ended in time gets no callback, and the next one gets none before its own end", () => {
  const [clock, { at, note }] = [new BlockClock(), ends()];
  clock.start(100, () => expect.unreachable());
  vi.advanceTimersByTime(90);
  clock.stop();
  clock.start(100, note);
  vi.advanceTimersByTime(5000);
  expect(at).toEqual([190]);
});

test("a clock that was closed holds no timer", () => {
  const clock = new BlockClock();
  clock.start(100, () => expect.unreachable());
  clock.close();
  expect(vi.getTimerCount()).toBe(0);
});
