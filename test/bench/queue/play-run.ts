/** Plays runs in this process as `rlm-gym rollout` does, over interpreters that are warm. */
import yargs from "yargs";
import { problemAt } from "../../../src/data/dataset.ts";
import type { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { RunWriter } from "../../../src/runs/run-writer.ts";
import { collect } from "../../../scripts/verbs/rollout/collect.ts";
import { askedFor } from "../../../scripts/verbs/rollout/asked.ts";
import { environmentsAmong, withEpisodeFlags } from "../../../scripts/verbs/rollout/flags.ts";
import type { RunLog } from "../../../scripts/output/run-log.ts";
import { version } from "../../../scripts/version.ts";

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
  const { seed, config, planned, make } = asked;
  const writer = await RunWriter.create(folder, { version, seed, config, planned, plain: false });
  const parts: Taken[] = [];
  let [ended, from] = [0, reading()];
  let wake = () => {};
  const log: RunLog = {
    begun: () => (from = reading()),
    joined: () => {},
    ended: () => ((ended += 1), wake()),
    retried: () => {},
    warn: () => {},
    stop: () => {},
  };
  const untilEnded = async (count: number): Promise<void> => {
    if (ended >= count) return;
    await new Promise<void>((resolve) => (wake = resolve));
    await untilEnded(count);
  };
  const gate = async (index: number) => {
    if (index === 0 || index % every !== 0) return;
    // The log hears of an episode a moment before its last bookkeeping.
    await untilEnded(index);
    parts.push(since(from));
    await pause();
    from = reading();
  };
  const matchups = asked.matchups.map((matchup) => {
    const { problems } = matchup.benchmark;
    const at = async (index: number) => (await gate(index), problemAt(problems, index));
    return { ...matchup, benchmark: { ...matchup.benchmark, problems: { ...problems, at } } };
  });
  await collect({
    ...asked,
    matchups,
    make: { ...make, repls },
    budget: null,
    concurrency,
    remote: null,
    writer,
    log,
    telemetry: null,
    signal: new AbortController().signal,
  });
  parts.push(since(from));
  await writer.close("finished");
  const { ok } = writer.manifest.counts;
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
