/** A world in use by itself: live calls, recorded calls, and the change from one to the other. */
import { describe, expect, it } from "vitest";
import { RunningWorld } from "../../src/episode/world/running-world.ts";
import { problemOver } from "./one-problem.ts";
import { z } from "zod";
import { defineWorld, worldTool } from "../../src/episode/world/world.ts";
import { hang, shelf, type Shelf, shelfWorld } from "./shelf-world.ts";

const { task } = problemOver("c");
const { signal } = new AbortController();
const put = (thing: string) => ({ name: "put", args: { thing } });
const recorded = ["cup", "pan", "bomb", "pot"].map(put);
const begin = (calls = recorded) => RunningWorld.begin(shelfWorld, task, 0, calls);

/** A shelf whose tools fail in all ways. */
const unruly = defineWorld({
  ...shelf,
  tools: {
    ...shelf.tools,
    hang,
    throwOdd: worldTool({
      description: "Throws what has no text.",
      parameters: z.object({}),
      run: (state: Shelf) => {
        state.things.push("dust");
        // oxlint-disable-next-line typescript/only-throw-error -- that is what is tested
        throw Object.create(null);
      },
    }),
  },
});

describe("a world in use", () => {
  it("ends a call with the time of its episode, and one that waits for its turn, and both change nothing", async () => {
    const world = RunningWorld.begin(unruly, task, 0);
    const time = new AbortController();
    const calls = [world.call("hang", {}, time.signal), world.call("put", { thing: "cup" }, time.signal)];
    const later = world.call("put", { thing: "pan" }, signal);
    time.abort();
    const cut = (tool: string) => `${tool}(): the episode's time was over before the tool ended`;
    expect(await Promise.all(calls)).toEqual([
      { error: cut("hang"), kind: "other", worldCall: 0, isCut: true },
      { error: cut("put"), kind: "other", worldCall: 1, isCut: true },
    ]);
    expect(await later).toEqual({ result: 1, worldCall: 2 });
    expect(world.snapshot).toEqual({ things: ["pan"] });
    expect(await world.call("put", { thing: "jar" }, time.signal)).toMatchObject({ isCut: true });
    expect(world.mark.calls).toBe(4);
    const again = RunningWorld.begin(unruly, task, 0, [
      { name: "hang", args: {}, isCut: true },
      { ...put("cup"), isCut: true },
      put("pan"),
      { ...put("jar"), isCut: true },
    ]);
    expect(await again.call("hang", {}, signal, 0)).toEqual(await calls[0]);
    expect(await again.markAt(4)).toEqual(world.mark);
  });

  it("is put back after a tool that throws something without a text, and counts the call", async () => {
    const world = RunningWorld.begin(unruly, task, 0);
    expect(await world.call("throwOdd", {}, signal)).toEqual({
      error: "throwOdd(): it threw something that has no text",
      kind: "other",
      worldCall: 0,
    });
    expect(await world.call("put", { thing: "cup" }, signal)).toEqual({ result: 1, worldCall: 1 });
    expect(world.mark.calls).toBe(2);
  });

  it("says in each call that it cannot be restored, if it cannot", async () => {
    const fragile = defineWorld({
      ...shelf,
      restore: () => {
        throw new Error("no glue");
      },
    });
    const world = RunningWorld.begin(fragile, task, 0);
    await world.call("put", { thing: "bomb" }, signal);
    for (const worldCall of [1, 2])
      expect(await world.call("put", { thing: "cup" }, signal)).toEqual({
        error: "put(): world shelf: restore failed: no glue",
        kind: "other",
        worldCall,
      });
  });
});

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
      for (const [calls, mark] of marks.entries()) expect(await again.markAt(calls)).toEqual(mark);
      expect(again.snapshot).toEqual(live.snapshot);
    }
  });

  it("goes no further than it was asked", async () => {
    const world = begin();
    await world.markAt(1);
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
    await expect(world.markAt(5)).rejects.toThrow("world shelf: call 4 of its tools was not recorded");
    await world.call("put", { thing: "cup" }, signal, 0);
    await expect(world.call("put", { thing: "cup" }, signal, 0)).rejects.toThrow(
      "world shelf: call 0 was made twice",
    );
  });
});
