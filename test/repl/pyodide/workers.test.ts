/** How many workers a pool has: a few at first, and more while episodes displace one another or wait for the host. */
import { afterEach, expect, test } from "vitest";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { WorkerRoom } from "../../../src/repl/pool/worker-room.ts";
import { echo, LIMITS } from "../repl-contract.ts";

const MB = 2 ** 20;
const pools: PyodideReplPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

/** A pool that counts the workers it starts. */
function counted(options: ConstructorParameters<typeof PyodideReplPool>[0]) {
  const count = { spawned: 0 };
  const pool = new PyodideReplPool({
    ...options,
    onEvent: ({ type }) => void (count.spawned += Number(type === "spawn")),
  });
  pools.push(pool);
  return { pool, count };
}

/** Three episodes in turns, until `isEnough`; each checks its own state. */
async function inTurns(pool: PyodideReplPool, isEnough: (round: number) => boolean) {
  const repls = await Promise.all([0, 1, 2].map(() => pool.acquire()));
  for (const repl of repls) {
    await repl.start({ context: "c", seed: 1, onCall: echo });
    await repl.exec("n = 0", LIMITS);
  }
  for (let round = 1; !isEnough(round); round++)
    for (const repl of repls) {
      const { block } = await repl.exec("n += 1\nn", LIMITS);
      expect(block.value).toBe(String(round));
    }
}

test("episodes that displace one another get a worker each", async () => {
  const { pool, count } = counted({ size: 1, workerBytes: 1024 * MB });
  await inTurns(pool, () => count.spawned >= 3);
});

test("a pool without memory for further workers keeps to its own", async () => {
  const { pool, count } = counted({ size: 1, workerBytes: 0 });
  await inTurns(pool, (round) => round > 40);
  expect(count.spawned).toBe(1);
});

test("blocks wait for the host side by side, though only one of them can run at a time", async () => {
  const { pool } = counted({ size: 1, workerBytes: 1024 * MB });
  let [asked, answerAll] = [0, () => {}];
  const bothAsked = new Promise<void>((resolve) => (answerAll = resolve));
  const onCall: typeof echo = async (call) => {
    if (++asked === 2) answerAll();
    await bothAsked;
    return echo(call);
  };
  const ask = async () => {
    const repl = await pool.acquire();
    await repl.start({ context: "c", seed: 1, onCall });
    const { block } = await repl.exec("llm_query('a')", LIMITS);
    return block.exception;
  };
  expect(await Promise.all([ask(), ask()])).toEqual([null, null]);
});

test("the room counts what interpreters have grown to", () => {
  const room = new WorkerRoom(300 * MB, "thread");
  const heaps = [30 * MB, 30 * MB];
  room.join(() => heaps.map((heapBytes) => ({ heapBytes })));
  expect([room.isFull, room.isOver]).toEqual([false, false]);
  heaps[1] = 260 * MB;
  expect([room.isFull, room.isOver]).toEqual([true, true]);
});
