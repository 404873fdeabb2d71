/** A long run beside short ones: whether the rate holds, what memory grows by, and how long the files become. */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { type PlayOptions, playRun, type Taken } from "./play-run.ts";

const CORES = 2;
const SHORT = 100;
/** The long run is stopped so often for short ones, so that both meet the same machine. */
const PARTS_AT_MOST = 10;
const SMALLEST_PART = 200;
const SHORT_AT_A_PAUSE = 2;

export interface ManyEpisodes {
  readonly episodes: number;
  /** Of the long run, and the median of the short ones. */
  readonly perSecond: number;
  readonly shortPerSecond: number;
  /** Median over the pauses of the long run's rate in the parts beside it over that of the short runs. */
  readonly ratio: number;
  readonly ratioAtLeast: 0.9;
  /** The same of processor time for each episode, which other programs hardly touch: short over long. */
  readonly cpuRatio: number;
  readonly cpuMsEach: number;
  readonly rssMB: number;
  /** Of the heap that is in use, from the first part's end to the last one's; null of a single part. */
  readonly heapBytesEach: number | null;
  readonly journalBytesEach: number;
  readonly trajectoryBytesEach: number;
}

export async function manyEpisodes(place: string, episodes: number): Promise<ManyEpisodes> {
  const every = Math.max(SMALLEST_PART, Math.ceil(episodes / PARTS_AT_MOST));
  const repls = new PyodideReplPool({ size: CORES });
  const heap: number[] = [];
  const shorts: Taken[][] = [];
  let runs = 0;
  const play = (
    name: string,
    { count, seed, ...rest }: { count: number; seed: number } & Pick<PlayOptions, "every" | "pause">,
  ) => {
    const asked = `s-niah --policy grep --length 1k --episodes ${count} --seed ${seed}`;
    return playRun({
      args: asked.split(" "),
      folder: join(place, name),
      repls,
      concurrency: CORES,
      ...rest,
    });
  };
  const playShort = async () => {
    const name = `short-${(runs += 1)}`;
    // Texts that were met before are quicker: each run has its own.
    const [taken] = await play(name, { count: SHORT, seed: runs });
    await rm(join(place, name), { recursive: true });
    return taken!;
  };
  const pause = async () => {
    heap.push(heapBytes());
    const taken: Taken[] = [];
    for (let run = 0; run < SHORT_AT_A_PAUSE; run += 1) taken.push(await playShort());
    shorts.push(taken);
  };
  try {
    for (let warmUp = 0; warmUp < 3; warmUp += 1) await playShort();
    await pause();
    heap.pop();
    const parts = await play("long", { count: episodes, seed: 0, every, pause });
    await pause();
    const sizes = parts.map((_, part) => Math.min(every, episodes - part * every));
    const beside = parts.map((taken, part) => ({
      long: each(taken, sizes[part]!),
      // The short runs before and after the part.
      short: middle([...shorts[part]!, ...shorts[part + 1]!].map((short) => each(short, SHORT))),
    }));
    const bytes = async (name: string) => (await stat(join(place, "long", name))).size / episodes;
    return {
      episodes,
      perSecond: 1 / median(beside.map(({ long }) => long.seconds)),
      shortPerSecond: 1 / median(beside.map(({ short }) => short.seconds)),
      ratio: median(beside.map(({ long, short }) => short.seconds / long.seconds)),
      ratioAtLeast: 0.9,
      cpuRatio: median(beside.map(({ long, short }) => short.cpuSeconds / long.cpuSeconds)),
      cpuMsEach: 1000 * median(beside.map(({ long }) => long.cpuSeconds)),
      rssMB: process.memoryUsage.rss() / 2 ** 20,
      heapBytesEach: parts.length === 1 ? null : (heap.at(-1)! - heap[0]!) / (episodes - sizes[0]!),
      journalBytesEach: await bytes("journal.jsonl"),
      trajectoryBytesEach: await bytes("trajectories.jsonl"),
    };
  } finally {
    await repls.close();
  }
}

function each({ seconds, cpuSeconds }: Taken, episodes: number): Taken {
  return { seconds: seconds / episodes, cpuSeconds: cpuSeconds / episodes };
}

function middle(taken: readonly Taken[]): Taken {
  return {
    seconds: median(taken.map(({ seconds }) => seconds)),
    cpuSeconds: median(taken.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
