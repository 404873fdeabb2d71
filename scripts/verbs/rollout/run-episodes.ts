/** Does the work of `rollout` and `compare`: reads the flags, lets the library play, prints the table. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../../src/env/define.ts";
import { RLMError, UsageError } from "../../../src/errors.ts";
import { playMatchups } from "../../../src/rollout/play-matchups.ts";
import type { CurriculumSpec } from "../../../src/rollout/curriculum-spec.ts";
import type { RolloutSummary } from "../../../src/rollout/rollouts.ts";
import { version } from "../../../src/version.ts";
import { replPoolsFrom } from "../../flags/repl-pool.ts";
import { deadlineSeconds, deadlineSignal } from "../../flags/deadline-flag.ts";
import { wholeNumber } from "../../flags/values.ts";
import { onInterrupt } from "../../interrupt.ts";
import { explain } from "../../output/explain.ts";
import { openRunLog, type RunLog } from "../../output/run-log.ts";
import { type ClosingTable, summaryOf } from "../../output/table.ts";
import { type Asked, askedFor } from "./asked.ts";
import { recordedArguments } from "../../input/resumed-arguments.ts";
import { booleanFlags, type RolloutFlags } from "./flags.ts";
import { processesFrom } from "./processes.ts";

/** @param args the raw arguments, which the manifest keeps. Throws whatever stopped the run early; finished episodes are in the folder by then. */
export async function runEpisodes(
  environments: readonly Environment[],
  flags: RolloutFlags & Record<string, unknown>,
  {
    args,
    table = summaryOf,
    curriculum,
  }: {
    readonly args: readonly string[];
    readonly table?: ClosingTable;
    readonly curriculum?: CurriculumSpec;
  },
): Promise<void> {
  const least = flags.redis === undefined ? 1 : 0;
  const concurrency = wholeNumber(flags.concurrency ?? availableParallelism(), "--concurrency", least);
  if (flags.deadline !== undefined) deadlineSeconds(flags.deadline);
  // What few runs need is loaded for those alone: the first episode waits for all modules.
  const shown = flags.verbose
    ? (await import("../../output/episode-log.ts")).showEpisodes({ ...flags, named: concurrency !== 1 })
    : null;
  const size = Math.max(1, Math.min(concurrency, availableParallelism()));
  const pools = await replPoolsFrom(flags, size);
  // The interpreter starts while the environments open. It is not needed where other processes play from the beginning.
  if (flags.redis === undefined && flags.processes === undefined) pools.warm();
  const planned = async () => {
    const about = { ...(shown && { onEvent: shown.hear }), curriculum };
    const asked = await askedFor(environments, flags, about);
    const redis =
      flags.redis === undefined
        ? null
        : (await import("./redis-options.ts")).redisOptions(flags, asked.governor);
    return {
      asked,
      redis,
      processes: processesFrom(flags, asked, concurrency),
      out: folderOf(environments, flags),
    };
  };
  const { asked, redis, processes, out } = await planned().catch(async (error: unknown) => {
    await pools.close();
    throw error;
  });
  const log = openRunLog(flags.log, flags.verbose);
  const telemetry = flags.otel
    ? await (
        await import("../../../src/telemetry/telemetry.ts")
      ).openTelemetry(version, (line) => log.warn(`telemetry: ${line}`))
    : null;
  const interrupt = onInterrupt((line) => log.warn(line));
  const deadline = deadlineSignal(flags.deadline);
  const rollouts = playMatchups(
    async () => ({ ...asked, command: recordedArguments(args, booleanFlags()) }),
    {
      concurrency,
      attempts: asked.attempts,
      out,
      resume: flags.resume,
      plain: flags.plain,
      ...(redis && { redis }),
      ...(processes && { processes }),
      replsOf: pools.replsOf,
      signal: deadline.signal ? AbortSignal.any([interrupt.signal, deadline.signal]) : interrupt.signal,
      onBegin: (folder, counts) => log.begun(folder!, counts),
      onRetry: (trajectory) => log.retried(trajectory),
      onWarning: (line) => log.warn(line),
    },
  );
  try {
    for await (const trajectory of rollouts) {
      shown?.ended(trajectory);
      log.ended(trajectory);
      telemetry?.episode(trajectory);
    }
  } finally {
    log.stop();
    reportBadRows(asked, log);
    interrupt.done();
    deadline.done();
    await pools.close();
    await telemetry?.close();
  }
  report(table, rollouts.summary, asked.seed, flags.json);
  await explain(flags.explain, flags.json, "Tables of rollout and compare");
  reportFault(rollouts.summary, log);
}

/** The named folder, or a new one; to resume, the folder must be named. */
function folderOf(environments: readonly Environment[], { out, resume }: RolloutFlags): string {
  if (out === undefined && resume) throw new UsageError("--resume: name the run's folder with --out");
  return out ?? freshFolder([...new Set(environments.map(({ name }) => name))].join("+"));
}

function report(table: ClosingTable, summary: RolloutSummary, seed: number, json: boolean): void {
  const { folder, counts } = summary;
  if (json)
    process.stdout.write(`${JSON.stringify({ run: folder, seed, counts, ...table.json(summary) })}\n`);
  else
    process.stdout.write(
      `${table.text(summary)}\ntrajectories: ${join(folder!, "trajectories.jsonl")}\nto look at them: npx rlm-gym view ${folder!}\n`,
    );
}

function reportBadRows({ matchups }: Asked, log: RunLog): void {
  const [first, ...more] = new Set(matchups.flatMap(({ benchmark }) => [...(benchmark.badRows ?? [])]));
  if (first !== undefined) log.warn(`${more.length + 1} bad row(s) left out; the first: ${first}`);
}

/** Throws if no episode ended well. */
function reportFault({ fault, counts: { ended, ok, infraErrors } }: RolloutSummary, log: RunLog): void {
  if (fault === null) return;
  const line = `${infraErrors} of ${ended} episodes ended with an infrastructure fault and count in no figure; the last: ${fault}`;
  if (ok === 0) throw new RLMError(line);
  log.warn(line);
}

/** A folder that does not exist yet, named after the time. */
function freshFolder(name: string): string {
  const stamp = new Date().toISOString().replace(/[:.]/g, "-");
  return join("runs", `${name}-${stamp}`);
}
