/** A world in use by itself: live calls, recorded calls, and the change from one to the other. */
import { describe, expect, it } from "vitest";
import { RunningWorld } from "../../src/episode/world/running-world.ts";
import { problemOver } from "./one-problem.ts";
import { shelfWorld } from "./shelf-world.ts";

const { task } = problemOver("c");
const { signal } = new AbortController();
const put = (thing: string) => ({ name: "put", args: { thing } });
const recorded = ["cup", "pan", "bomb", "pot"].map(put);
const begin = (calls = recorded) => RunningWorld.begin(shelfWorld, task, 0, calls);

describe("a world in a replay", () => {
  it("gives each episode the replies and states of the record, in whatever order they are asked for", async () => {
    const live = begin([]);
    const replies = [];
    const marks = [live.mark];
    for (const { name, args } of recorded) {
      replies.push(await live.call(name, args, signal));
      marks.push(live.mark);
    }
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
    ]) {
      const again = begin();
      for (const at of order)
        expect(await again.call("put", put(recorded[at]!.args.thing).args, signal, at)).toEqual(replies[at]);
      for (const [calls, mark] of marks.entries()) expect(await again.markAt(calls, signal)).toEqual(mark);
      expect(again.snapshot).toEqual(live.snapshot);
    }
  });

  it("goes no further than it was asked", async () => {
    const world = begin();
    await world.markAt(1, signal);
    expect(world.snapshot).toEqual({ things: ["cup"] });
    await world.call("put", { thing: "jar" }, signal);
    expect(world.snapshot).toEqual({ things: ["cup", "jar"] });
  });

  it("makes a call once that an episode repeats after the recorded turns, if the state has it already", async () => {
    const world = begin();
    await world.call("put", { thing: "pan" }, signal, 1);
    expect(await world.call("put", { thing: "cup" }, signal)).toEqual({ result: 1, worldCall: 0 });
    expect(world.snapshot).toEqual({ things: ["cup", "pan"] });
    expect(await world.call("put", { thing: "cup" }, signal)).toEqual({ result: 3, worldCall: 2 });
  });

  it("names a call that was not recorded, and one that two episodes claim", async () => {
    const world = begin();
    await expect(world.markAt(5, signal)).rejects.toThrow(
      "world shelf: call 4 of its tools was not recorded",
    );
    await world.call("put", { thing: "cup" }, signal, 0);
    await expect(world.call("put", { thing: "cup" }, signal, 0)).rejects.toThrow(
      "world shelf: call 0 was made twice",
    );
  });
});
