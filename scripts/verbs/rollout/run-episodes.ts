/** Runs what `rollout` asks for: opens the environment, collects, prints the table. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../../src/env/define.ts";
import { RLMError, UsageError } from "../../../src/errors.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import type { RunCounts, RunPlan } from "../../../src/runs/manifest.ts";
import { RunWriter } from "../../../src/runs/run-writer.ts";
import { openTelemetry } from "../../../src/telemetry/telemetry.ts";
import { runBudget } from "../../flags/adaptive-budget.ts";
import type { Matchup } from "../../../src/queue/matchup.ts";
import { collect } from "./collect.ts";
import { askedFor } from "./asked.ts";
import { deadlineSeconds, deadlineSignal } from "../../flags/deadline-flag.ts";
import { coordinate } from "./coordinate.ts";
import { onInterrupt } from "../../interrupt.ts";
import type { RolloutFlags } from "./flags.ts";
import { type ClosingTable, type Collected, summaryOf } from "../../output/table.ts";
import { openRunLog, type RunLog } from "../../output/run-log.ts";
import { version } from "../../version.ts";
import { wholeNumber } from "../../flags/values.ts";

export async function runEpisodes(
  environments: readonly Environment[],
  flags: RolloutFlags & Record<string, unknown>,
  table: ClosingTable = summaryOf,
): Promise<void> {
  const least = flags.redis === undefined ? 1 : 0;
  const concurrency = wholeNumber(flags.concurrency ?? availableParallelism(), "--concurrency", least);
  if (flags.deadline !== undefined) deadlineSeconds(flags.deadline);
  const asked = await askedFor(environments, flags);
  const { matchups, make } = asked;
  const repls = new PyodideReplPool({
    size: Math.max(1, Math.min(concurrency, availableParallelism())),
    isolation: flags.isolation,
    wheelFolder: flags.wheels ?? null,
  });
  // What is wrong with a wheel is told before anything runs.
  if (flags.wheels !== undefined) await repls.ready();
  const log = openRunLog(flags.log);
  const telemetry = flags.otel
    ? await openTelemetry(version, (line) => log.warn(`telemetry: ${line}`))
    : null;
  const folder = folderOf(environments, flags);
  const coordination = await coordinate(flags, asked, folder, log);
  const { seed, config, planned } = asked;
  const plan = { version, seed, config, planned, plain: flags.plain };
  const writer = await openRun(folder, flags.resume, plan).catch(async (error: unknown) => {
    await coordination?.close(false);
    throw error;
  });
  const interrupt = onInterrupt((line) => log.warn(line));
  const deadline = deadlineSignal(flags.deadline);
  const signal = deadline.signal ? AbortSignal.any([interrupt.signal, deadline.signal]) : interrupt.signal;
  let status: "finished" | "interrupted" | "failed" = "failed";
  try {
    const budget = await runBudget(make.reward, folder);
    if (budget && coordination)
      throw new UsageError(
        "a budget that adapts needs the queue of this process: workers on Redis would not know its price of the moment",
      );
    const collected = await collect({
      ...asked,
      make: { ...make, repls, ...(budget && { reward: budget.reward }) },
      budget,
      concurrency,
      remote: coordination?.remote ?? null,
      writer,
      log,
      telemetry,
      signal,
    });
    status = "finished";
    report(table, collected, writer, flags.json);
    reportFault(collected.fault, writer.manifest.counts, log);
  } catch (error) {
    if (signal.aborted) status = "interrupted";
    throw error;
  } finally {
    reportBadRows(matchups, log);
    interrupt.done();
    deadline.done();
    await repls.close();
    await telemetry?.close();
    await coordination?.close(true).catch(() => {});
    await writer.close(status);
  }
}

/** The folder named, or a new one; to go on, it must be named. */
function folderOf(environments: readonly Environment[], { out, resume }: RolloutFlags): string {
  if (out === undefined && resume) throw new UsageError("--resume: name the run's folder with --out");
  return out ?? freshFolder(environments.map(({ name }) => name).join("+"));
}

function openRun(folder: string, resume: boolean, plan: RunPlan): Promise<RunWriter> {
  return resume ? RunWriter.resume(folder, plan) : RunWriter.create(folder, plan);
}

function report(table: ClosingTable, collected: Collected, writer: RunWriter, json: boolean): void {
  const { folder, manifest } = writer;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ run: folder, seed: manifest.seed, counts: manifest.counts, ...table.json(collected) })}\n`,
    );
  else
    process.stdout.write(`${table.text(collected)}\ntrajectories: ${join(folder, "trajectories.jsonl")}\n`);
}

function reportBadRows(matchups: readonly Matchup[], log: RunLog): void {
  const [first, ...more] = new Set(matchups.flatMap(({ benchmark }) => [...(benchmark.badRows ?? [])]));
  if (first !== undefined) log.warn(`${more.length + 1} bad row(s) left out; the first: ${first}`);
}

/** Throws where no episode ended well. */
function reportFault(fault: string | null, { ended, ok, infraErrors }: RunCounts, log: RunLog): void {
  if (fault === null) return;
  const line = `${infraErrors} of ${ended} episodes ended by a fault of the machinery and count in no figure; the last: ${fault}`;
  if (ok === 0) throw new RLMError(line);
  log.warn(line);
}

/** A folder that does not exist yet, named by the time. */
function freshFolder(name: string): string {
  const stamp = new Date().toISOString().replace(/[:.]/g, "-");
  return join("runs", `${name}-${stamp}`);
}
