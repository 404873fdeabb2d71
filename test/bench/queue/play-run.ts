/** Plays runs in this process as `rlm-gym rollout` does, over interpreters that are warm. */
import yargs from "yargs";
import type { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { playMatchups } from "../../../src/rollout/play-matchups.ts";
import { askedFor } from "../../../scripts/verbs/rollout/asked.ts";
import { environmentsAmong, withEpisodeFlags } from "../../../scripts/verbs/rollout/flags.ts";

/** What a run took, without its start and its end. */
export interface Taken {
  readonly seconds: number;
  /** Of all cores that this process kept busy. */
  readonly cpuSeconds: number;
}

export interface PlayOptions {
  readonly args: readonly string[];
  readonly folder: string;
  readonly repls: PyodideReplPool;
  readonly concurrency: number;
  /** Every so many episodes, when all before have ended, `pause` is awaited; what it takes does not count. */
  readonly every?: number;
  readonly pause?: () => Promise<void>;
}

/** Returns what each part between two pauses took. Throws where an episode did not end well. */
export async function playRun(options: PlayOptions): Promise<Taken[]> {
  const { folder, repls, concurrency, every = Infinity, pause = async () => {} } = options;
  const args = ["rollout", ...options.args];
  const flags = await (await withEpisodeFlags(yargs(args), args)).parseAsync();
  const asked = await askedFor(await environmentsAmong(args), flags);
  const parts: Taken[] = [];
  let [ended, from] = [0, reading()];
  let wake = () => {};
  const untilEnded = async (count: number): Promise<void> => {
    if (ended >= count) return;
    await new Promise<void>((resolve) => (wake = resolve));
    await untilEnded(count);
  };
  const gate = async (index: number) => {
    if (index === 0 || index % every !== 0) return;
    await untilEnded(index);
    parts.push(since(from));
    await pause();
    from = reading();
  };
  const matchups = asked.matchups.map((matchup) => ({
    ...matchup,
    problemAt: async (index: number) => (await gate(index), matchup.problemAt(index)),
  }));
  const rollouts = playMatchups(async () => ({ ...asked, matchups }), {
    attempts: asked.attempts,
    concurrency,
    out: folder,
    repls,
    onBegin: () => (from = reading()),
  });
  for await (const _ of rollouts) {
    ended += 1;
    wake();
  }
  parts.push(since(from));
  const { ok, planned } = rollouts.summary.counts;
  if (ok !== planned) throw new Error(`${ok} of ${planned} episodes ended well`);
  return parts;
}

interface Reading {
  readonly at: number;
  readonly cpu: NodeJS.CpuUsage;
}

function reading(): Reading {
  return { at: performance.now(), cpu: process.cpuUsage() };
}

function since({ at, cpu }: Reading): Taken {
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - at) / 1000, cpuSeconds: (user + system) / 1e6 };
}
