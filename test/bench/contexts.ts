/**
 * What it takes until an episode has its context: `npm run bench -- contexts`. Texts of 40 MB, by the width of their characters in
 * Python, beside a copy of as many bytes into memory that is in use; the next episode of the worker on the same text; and a lazy
 * text. In processor time of all threads, which other work on the machine lengthens least, and by the clock.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Context } from "../../src/types.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Repl } from "../../src/repl/repl.ts";
import { TextStore } from "../../src/repl/text/text-store.ts";
import { printTable, summarize, type Measurement } from "./measure.ts";

const MB = 2 ** 20;
const BYTES = 40 * MB;
const LAZY_BYTES = 512 * MB;
const ROUNDS = 7;
/** Twenty characters each, and their bytes in Python. */
const LINES: readonly (readonly [name: string, line: string, width: number])[] = [
  ["ASCII", "the quick brown fox\n", 1],
  ["Latin-1", "thé quick brown fox\n", 1],
  ["UCS-2", "the quick браун fox\n", 2],
  ["UCS-4", "the quick 😀brown fx\n", 4],
];

export async function run({ json }: { json: boolean }): Promise<void> {
  const pool = new PyodideReplPool({ workerBytes: 0 });
  try {
    const repl = await pool.acquire();
    const spent: Record<string, Measurement> = {};
    const clock: Record<string, Measurement> = {};
    // One floor for all widths: each is as many bytes.
    const copies = new Taken();
    const measured: (readonly [name: string, taken: Taken])[] = [];
    for (const [name, line, width] of LINES) {
      const text = line.repeat(BYTES / width / 20);
      const [firsts, seconds] = [new Taken(), new Taken()];
      const [bytes, target] = [Buffer.alloc(BYTES, 1), Buffer.alloc(BYTES, 2)];
      for (let round = -1; round < ROUNDS; round++) {
        const isCounted = round >= 0;
        // A text of its own, in one piece: a string that is joined later would be joined in the time that counts.
        const context = JSON.parse(JSON.stringify(`${round}${text}`)) as string;
        await copies.add(isCounted, async () => void bytes.copy(target));
        await firsts.add(isCounted, () => start(repl, context));
        await seconds.add(isCounted, () => start(repl, context));
      }
      measured.push([`${name}, first episode`, firsts], [`${name}, next episode`, seconds]);
    }
    for (const [name, taken] of measured) {
      spent[name] = summarize(taken.cpuMs, "ms", summarize(copies.cpuMs, "ms").median);
      clock[name] = summarize(taken.ms, "ms", summarize(copies.ms, "ms").median);
    }
    const lazy = await measureLazy(repl);
    spent["lazy text of 512 MB"] = summarize(lazy.cpuMs, "ms");
    clock["lazy text of 512 MB"] = summarize(lazy.ms, "ms");
    if (json) return console.log(JSON.stringify({ spent, clock }));
    printTable("contexts of 40 MB in processor time; the floor is a copy of the bytes", spent);
    printTable("the same by the clock", clock);
  } finally {
    await pool.close();
  }
}

/** Frees what the making of a text left behind, before the time counts that its start takes. Pages are given back beside the program. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  await sleep(50);
}

/** Milliseconds by the clock, and of processor time. */
class Taken {
  readonly ms: number[] = [];
  readonly cpuMs: number[] = [];

  async add(isCounted: boolean, work: () => Promise<void>): Promise<void> {
    await collectGarbage();
    const [cpu, began] = [process.cpuUsage(), performance.now()];
    await work();
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    if (!isCounted) return;
    this.ms.push(ms);
    this.cpuMs.push((user + system) / 1000);
  }
}

async function start(repl: Repl, context: Context | TextStore): Promise<void> {
  await repl.start({ context, seed: 1, onCall: async () => ({ error: "no model" }) });
}

async function measureLazy(repl: Repl): Promise<Taken> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-contexts-"));
  const file = path.join(folder, "text.txt");
  const taken = new Taken();
  try {
    const block = Buffer.from("the quick brown fox\n".repeat((8 * MB) / 20));
    const descriptor = openSync(file, "w");
    for (let written = 0; written < LAZY_BYTES; written += block.length) writeSync(descriptor, block);
    closeSync(descriptor);
    for (let round = -1; round < ROUNDS; round++) {
      let store: TextStore | undefined;
      await taken.add(round >= 0, async () => await start(repl, (store = TextStore.fromFile(file))));
      store?.close();
    }
    return taken;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
