import { afterAll, beforeAll, expect, test } from "vitest";
import { existsSync } from "node:fs";
import { type KeptState, KeptStates } from "../../../src/repl/state/kept-states.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import type { InterpreterState } from "../../../src/repl/state/state.ts";
import { echo, LIMITS } from "../repl-contract.ts";

let pool: PyodideReplPool;
beforeAll(() => {
  // There is no room for a hot state, so every saved state is compressed at once.
  pool = new PyodideReplPool({ hotStateBytes: 0 });
});
afterAll(() => pool.close());

function stateOf(pageCount: number, fill: number): InterpreterState {
  const pages = Uint32Array.from({ length: pageCount }, (_, page) => page);
  const data = new Uint8Array(pageCount * 1024).fill(fill);
  return {
    memory: { pages, data, heapBytes: data.length, stackPointer: 1 },
    files: null,
    clockNs: 5n,
    idleNs: 4n,
    chance: 6,
  };
}

test("the last used states stay hot, and a cold one is hot again once it is read", async () => {
  const states = new KeptStates(250 * 1024);
  const first = await states.keep(stateOf(100, 1));
  const second = await states.keep(stateOf(100, 2));
  await first.read();
  const third = await states.keep(stateOf(100, 3));
  await expect.poll(() => [first.hot, second.hot, third.hot].map(Boolean)).toEqual([true, false, true]);
  expect(await second.read()).toEqual(stateOf(100, 2));
  await expect.poll(() => [first.hot, second.hot, third.hot].map(Boolean)).toEqual([false, true, true]);
});

test("a released state makes room, unless a snapshot refers to it", async () => {
  const states = new KeptStates(250 * 1024);
  const [first, second] = [await states.keep(stateOf(100, 1)), await states.keep(stateOf(100, 2))];
  states.release(first);
  const third = await states.keep(stateOf(100, 3));
  third.isGivenAway = true;
  states.release(third);
  const fourth = await states.keep(stateOf(100, 4));
  await expect.poll(() => [second.hot, third.hot, fourth.hot].map(Boolean)).toEqual([false, true, true]);
});

test("beyond the bound on compressed states they go to disk, come back from it, and leave no file", async () => {
  const states = new KeptStates(0, 1000);
  const kept: KeptState[] = [];
  for (let fill = 0; fill < 6; fill++) {
    const state = stateOf(10, 0);
    for (let at = 0; at < state.memory.data.length; at++)
      state.memory.data[at] = (at * (fill + 3) * 7919) >> 5;
    kept.push(await states.keep(state));
    await expect.poll(() => kept.at(-1)?.hot).toBeNull();
  }
  const files = kept.flatMap(({ cold }) => (cold && "file" in cold ? [cold.file] : []));
  expect(files.length).toBeGreaterThanOrEqual(4);
  expect(states.coldBytes).toBeLessThan(20_000);
  const [last] = kept.slice(-1);
  expect((await last!.read()).memory.data[33]).toBe(((33 * 8 * 7919) >> 5) & 255);
  states.release(last!);
  await expect.poll(() => existsSync(files.at(-1)!)).toBe(false);
  await states.close();
  expect(files.some((file) => existsSync(file))).toBe(false);
});

test("episodes go on from states on disk", async () => {
  const onDisk = new PyodideReplPool({ hotStateBytes: 0, coldStateBytes: 0 });
  const repls = await Promise.all([1, 2].map(() => onDisk.acquire()));
  for (const [index, repl] of repls.entries()) {
    await repl.start({ context: "c", seed: 1, onCall: echo });
    await repl.exec(`x = ${index}; open('/tmp/n', 'w').write('n' * (x + 1))`, LIMITS);
  }
  for (const _ of [1, 2]) {
    const shown = await Promise.all(repls.map((repl) => repl.exec("x, open('/tmp/n').read()", LIMITS)));
    expect(shown.map(({ block }) => block.value)).toEqual(["(0, 'n')", "(1, 'nn')"]);
  }
  await Promise.all(repls.map((repl) => onDisk.release(repl)));
  await onDisk.close();
});

test("episodes go on from cold states with their files, iterators and memory", async () => {
  const episodes = await Promise.all(
    [1, 2, 3].map(async (seed) => {
      const repl = await pool.acquire();
      await repl.start({ context: "c".repeat(seed * 300_000), seed, onCall: echo });
      await repl.exec(
        `it = iter(range(9))\nf = open('/tmp/notes', 'w+')\nheld = bytes([${seed}]) * 500_000`,
        LIMITS,
      );
      return repl;
    }),
  );
  for (const round of [0, 1, 2]) {
    const code = `f.write('${round}'); f.flush(); (next(it), open('/tmp/notes').read(), held[-1], len(context))`;
    const seen = await Promise.all(episodes.map((repl) => repl.exec(code, LIMITS)));
    const notes = "012".slice(0, round + 1);
    expect(seen.map(({ block }) => block.value)).toEqual(
      [1, 2, 3].map((seed) => `(${round}, '${notes}', ${seed}, ${seed * 300_000})`),
    );
  }
  await Promise.all(episodes.map((repl) => pool.release(repl)));
});

test("a cold snapshot can be resumed again and again", async () => {
  const repl = await pool.acquire();
  await repl.start({ context: "c", seed: 1, onCall: echo });
  await repl.exec("x = [1]", LIMITS);
  const snapshot = await repl.snapshot();
  await repl.exec("x.append(2)", LIMITS);
  await expect.poll(() => snapshot.state.hot).toBeNull();
  for (const _ of [1, 2]) {
    await repl.restore(snapshot, echo);
    expect((await repl.exec("x.append(3); x", LIMITS)).block.value).toBe("[1, 3]");
  }
  await pool.release(repl);
});
