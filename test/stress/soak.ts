/**
 * Plays thousands of episodes on two workers. Memory must stay flat, and no worker, port, open file or file may be left.
 * Flat: the median of the last quarter against that of the second, after garbage was collected; short runs end before
 * workers have grown as far as they will. Prints what was done and the figures; exits with 1 where an episode lost its
 * state, memory grew, or something is left. Reads /proc, so it needs Linux.
 *
 *   tsx test/stress/soak.ts [episodes = 10000] [growth % = 5]
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random } from "../../src/random.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { held, residentMb, residue } from "./residue.ts";
import { playEpisode } from "./soak-episodes.ts";

const [episodes = 10_000, maxGrowthPercent = 5] = process.argv.slice(2).map(Number);
const SEED = 3;
const WORKERS = 2;
/** More than workers, so that episodes are put aside for one another. */
const AT_ONCE = 6;
const SAMPLES = 40;
const MB = 2 ** 20;

const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-soak-"));
const failures: string[] = [];
const counts = new Map<string, number>();
const random = new Random(SEED);
const open = () =>
  new PyodideReplPool({
    size: WORKERS,
    // No further ones, whose start would look like growth.
    workerBytes: 0,
    // A machine that has much else to do serves no interrupt at once.
    graceMs: 1000,
    recycleHeapBytes: 96 * MB,
    idleContextBytes: 32 * MB,
    cacheFolder: folder,
    onEvent: ({ type }) => counts.set(type, (counts.get(type) ?? 0) + 1),
  });

async function play(pool: PyodideReplPool, count: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) {
      await playEpisode(pool, Random.of(SEED, String(random.below(2 ** 30))), folder, counts).catch(
        (error: unknown) => failures.push(String(error)),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** What a pool leaves the first time, such as the threads of file reading, stays as long as the process. */
async function warmUp(): Promise<void> {
  const pool = open();
  await play(pool, 2 * AT_ONCE);
  await pool.close();
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

await warmUp();
counts.clear();
const [before, filesBefore] = [held(), await readdir(folder)];
const started = performance.now();
const pool = open();
const residentMbs: number[] = [];
for (let sample = 0; sample < SAMPLES; sample++) {
  await play(pool, Math.ceil(episodes / SAMPLES));
  residentMbs.push(residentMb());
}
await pool.close();
const left = residue(before, held());
const filesLeft = (await readdir(folder)).filter((name) => !filesBefore.includes(name));
await rm(folder, { recursive: true });

const quarter = SAMPLES / 4;
const [early, late] = [residentMbs.slice(quarter, 2 * quarter), residentMbs.slice(-quarter)].map(median);
const growthPercent = 100 * ((late ?? 0) / (early ?? 1) - 1);
const passed = failures.length + left.length + filesLeft.length === 0 && growthPercent <= maxGrowthPercent;
const seconds = (performance.now() - started) / 1000;
console.log(`steps and events: ${[...counts].map(([name, count]) => `${count} ${name}`).join(", ")}`);
console.log(`resident MB: ${residentMbs.map((mb) => mb.toFixed(0)).join(" ")}`);
console.log(
  `${passed ? "pass" : "fail"}: ${episodes} episodes over ${WORKERS} workers, ${failures.length} lost their state (0 may), ` +
    `memory from ${early?.toFixed(0)} to ${late?.toFixed(0)} MB (+${maxGrowthPercent} % at most), ` +
    `left behind: ${[...left, ...filesLeft].join(", ") || "nothing"}, ${seconds.toFixed(0)} s`,
);
for (const failure of new Set(failures)) console.log(failure);
process.exitCode = passed ? 0 : 1;
