/** A worker that dies by chance changes nothing for the policy. If workers die over one block again and again, the block is at fault. */
import { createRequire, syncBuiltinESMExports } from "node:module";
import { afterAll, expect, test } from "vitest";
import { withEpisode } from "../repl-contract.ts";

const threads = createRequire(import.meta.url)("node:worker_threads") as {
  Worker: typeof import("node:worker_threads").Worker;
};
const RealWorker = threads.Worker;
/** A code so long that it goes to a worker by message: the worker of this file dies over messages. */
const byMessage = (code: string) => `${code}  #${"-".repeat(20_000)}`;
/** How many workers die over a block, by the block's code. */
const doomed = new Map<string, number>();

class MortalWorker extends RealWorker {
  override postMessage(message: { type?: string; code?: string }, transfer?: never): void {
    super.postMessage(message, transfer);
    const left = doomed.get(message.code ?? "") ?? 0;
    if (message.type !== "exec" || left === 0) return;
    doomed.set(message.code!, left - 1);
    void this.terminate();
  }
}

threads.Worker = MortalWorker;
syncBuiltinESMExports();
// Modules imported from here on use the workers that die.
const { PyodideReplPool } = await import("../../../src/repl/pyodide/pool.ts");
const pool = new PyodideReplPool({ graceMs: 300 });
afterAll(async () => {
  await pool.close();
  threads.Worker = RealWorker;
  syncBuiltinESMExports();
});

test("deaths while a block runs, and while earlier blocks run again, leave no trace", async () => {
  await withEpisode(pool, async ({ run }) => {
    await run(byMessage("first = 1"));
    await run("second = first + 1");
    doomed.set(byMessage("second + 1"), 1);
    doomed.set(byMessage("first = 1"), 1);
    const { block } = await run(byMessage("second + 1"));
    expect(block).toMatchObject({ outcome: "ok", value: "3" });
    expect([...doomed.values()]).toEqual([0, 0]);
  });
});

test("a block over which every worker dies is reported to have brought the interpreter down", async () => {
  await withEpisode(pool, async ({ run }) => {
    await run("kept = 7");
    doomed.set(byMessage("'the end'"), Infinity);
    const { block } = await run(byMessage("'the end'"));
    expect(block).toMatchObject({ outcome: "killed", stateKept: true });
    expect(block.exception).toMatch(/^SystemError: the block brought the interpreter down/);
    expect((await run("kept")).block.value).toBe("7");
  });
});
