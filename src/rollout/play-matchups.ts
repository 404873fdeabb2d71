/** The core of every rollout of many episodes, for the command and the library: plays matchups, and writes a run folder if asked to. */
import { availableParallelism } from "node:os";
import { summariseContext } from "../data/context.ts";
import type { MakeOptions } from "../env/assemble.ts";
import { UsageError } from "../errors.ts";
import { LanguagePools } from "../languages/language-pools.ts";
import type { ReplLanguage } from "../languages/language.ts";
import type { Players } from "../queue/processes/players.ts";
import { faultWatch } from "../queue/faults.ts";
import type { Publish } from "../queue/job-payload.ts";
import { published } from "../queue/job-problem.ts";
import type { PlannedRun } from "../queue/matchup.ts";
import { playThroughQueue } from "../queue/play-run.ts";
import type { RolloutJob } from "../queue/queue.ts";
import { JobStore } from "../queue/run-jobs.ts";
import type { ReplPool } from "../repl/repl.ts";
import { type EpisodeFigures, figuresOf, summarise } from "../report/summary.ts";
import type { RunCounts, RunPlan } from "../runs/manifest.ts";
import { readTrajectories } from "../runs/read-run.ts";
import { RunWriter } from "../runs/run-writer.ts";
import type { Trajectory } from "../trajectory.ts";
import type { JsonObject } from "../types.ts";
import { version } from "../version.ts";
import type { Coordination } from "./coordinate.ts";
import type { Curriculum } from "./curriculum.ts";
import type { CurriculumSpec } from "./curriculum-spec.ts";
import { drawnAs, expectPlayable, openCurriculum, scoreOf, tasksDrawn } from "./run-curriculum.ts";
import { type ProcessOptions, startPlayers } from "./processes.ts";
import type { RedisOptions } from "./redis-options.ts";
import { Rollouts, type RolloutSummary } from "./rollouts.ts";
import { type RunBudget, runBudget } from "./run-budget.ts";

/** How to play the planned episodes. */
export interface PlayOptions {
  /** Episodes at a time; default: the number of cores. 0 with `redis`: workers play all of them. */
  readonly concurrency?: number;
  /** Attempts at an episode that ended with a temporary infrastructure fault; default 3. */
  readonly attempts?: number;
  /** The folder to write the run to; default: nothing is written. */
  readonly out?: string;
  /** Continues the run in `out`: plays episodes that are missing or ended with a fault. */
  readonly resume?: boolean;
  /** Writes the texts of encrypted data sets in plain text. */
  readonly plain?: boolean;
  /** Queues the episodes on Redis, so that workers on other machines play them too; needs `out`. */
  readonly redis?: RedisOptions;
  /** Plays the episodes in other processes of this machine; needs `out`. Default: in this process. */
  readonly processes?: ProcessOptions;
  /** The caller's own pool, which is not closed; default: one of the language that all episodes share. */
  readonly repls?: ReplPool;
  /** The pool of each language, for matchups in several; the caller closes them. In the place of `repls`. */
  readonly replsOf?: (language: ReplLanguage) => ReplPool;
  /** Cuts running episodes; its reason is thrown. Finished episodes are kept. */
  readonly signal?: AbortSignal;
  /** Called when the run begins, with the folder and its counts, which include a resumed run's earlier episodes. */
  readonly onBegin?: (folder: string | null, counts: RunCounts) => void;
  /** Called for each failed attempt that will be repeated. */
  readonly onRetry?: (trajectory: Trajectory) => void;
  /** Called with warnings, such as a Redis server that is gone for a while. */
  readonly onWarning?: (line: string) => void;
}

/** A planned run with the content of its manifest, and the reward in case its budget adapts. */
export interface MatchupRun extends PlannedRun {
  /** Everything that decides the episodes, without the models' keys. */
  readonly config: JsonObject;
  /** The arguments of the command that asked for it, for the manifest. */
  readonly command?: readonly string[];
  readonly reward?: MakeOptions["reward"];
  /** Draws the tasks from the matchups, one of which belongs to each kind; default: all tasks of each matchup. */
  readonly curriculum?: CurriculumSpec;
}

/**
 * Plays every policy of every matchup on its tasks. Nothing runs before the result is awaited or looped over. Throws
 * `UsageError` at once for invalid options. Always calls `done` at the end.
 */
export function playMatchups(
  prepare: () => Promise<MatchupRun>,
  options: PlayOptions = {},
  done: () => Promise<void> = async () => {},
): Rollouts {
  const concurrency = expectWhole(
    "concurrency",
    options.concurrency ?? availableParallelism(),
    options.redis ? 0 : 1,
  );
  expectWhole("attempts", options.attempts ?? 3, 1);
  const needing = (["redis", "processes", "resume"] as const).find((name) => options[name]);
  if (options.out === undefined && needing)
    throw new UsageError(`rollout: ${needing} needs out, the folder of the run`);
  if (options.redis && options.processes)
    throw new UsageError(
      "rollout: expected redis or processes: each worker on Redis is a process of its own",
    );
  return new Rollouts(async (take, left) => {
    try {
      return await playAll(await prepare(), { ...options, concurrency }, take, left);
    } finally {
      await done();
    }
  }, concurrency);
}

/** The number, if it is whole and large enough. Throws `UsageError` that names it. */
export function expectWhole(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`rollout: ${name}: expected a whole number of at least ${least}, got ${value}`);
}

async function playAll(
  run: MatchupRun,
  options: PlayOptions & { readonly concurrency: number },
  take: (trajectory: Trajectory) => Promise<void>,
  left: AbortSignal,
): Promise<RolloutSummary> {
  const { concurrency, out, attempts = 3, onWarning = () => {} } = options;
  const signal = options.signal ? AbortSignal.any([options.signal, left]) : left;
  const { seed, config, command } = run;
  const plain = options.plain ?? false;
  const policies = run.matchups.reduce((sum, matchup) => sum + matchup.policies.length, 0);
  const planned = run.episodes * run.groupSize * (run.curriculum ? 1 : policies);
  const size = Math.max(1, Math.min(concurrency, availableParallelism()));
  const owned = new LanguagePools({ size });
  const replsOf = (language: ReplLanguage) =>
    options.replsOf?.(language) ?? options.repls ?? owned.of(language);
  let coordination: Coordination | null = null;
  let players: Players | null = null;
  let writer: RunWriter | null = null;
  let status: "finished" | "interrupted" | "failed" = "failed";
  try {
    if ((options.redis || options.processes) && (await runBudget(run.reward, null)))
      throw new UsageError(
        "an adaptive budget needs one process, which is this one: others would not know its current price",
      );
    if (run.curriculum) expectPlayable(run, run.curriculum, options.redis !== undefined);
    if (options.redis)
      coordination = await (
        await import("./coordinate.ts")
      ).coordinate(options.redis, { folder: out!, config, attempts, warn: onWarning });
    if (out !== undefined) {
      const plan = { version, seed, config, planned, plain, ...(command && { command }) };
      writer = await openRun(out, options.resume ?? false, plan);
    }
    if (options.processes)
      players = await startPlayers(options.processes, { folder: out!, config, plain, warn: onWarning });
    const budget = await runBudget(run.reward, out ?? null);
    const curriculum = run.curriculum ? await openCurriculum(run, run.curriculum, out ?? null) : null;
    const parts = {
      run,
      options,
      concurrency,
      attempts,
      planned,
      coordination,
      players,
      writer,
      budget,
      curriculum,
      signal,
      take,
    };
    const summary = await play({ ...parts, replsOf });
    status = "finished";
    return summary;
  } catch (error) {
    if (signal.aborted) status = "interrupted";
    // The signal's reason says more than the error of an interrupted wait.
    if ((error as Error).name === "AbortError") signal.throwIfAborted();
    throw error;
  } finally {
    await owned.close();
    await players?.close();
    // A run that could not open its folder stays on the server to be resumed.
    await coordination?.close(writer !== null).catch(() => {});
    await writer?.close(status);
  }
}

interface Playing {
  readonly run: MatchupRun;
  readonly options: PlayOptions;
  readonly concurrency: number;
  readonly attempts: number;
  readonly planned: number;
  readonly coordination: Coordination | null;
  readonly players: Players | null;
  readonly writer: RunWriter | null;
  readonly budget: RunBudget | null;
  readonly curriculum: Curriculum | null;
  readonly replsOf: (language: ReplLanguage) => ReplPool;
  readonly signal: AbortSignal;
  readonly take: (trajectory: Trajectory) => Promise<void>;
}

async function play(playing: Playing): Promise<RolloutSummary> {
  const { run, options, concurrency, attempts, planned, writer, budget, curriculum } = playing;
  const { coordination, players, signal, take } = playing;
  const folder = writer?.folder ?? null;
  const figures: EpisodeFigures[] = [];
  const earlier = folder === null ? new Map<string, EpisodeFigures>() : await figuresBefore(folder);
  const ended = new Set<string>();
  let own: RunCounts = { planned, ended: 0, ok: 0, infraErrors: 0 };
  const counts = () => writer?.manifest.counts ?? own;
  options.onBegin?.(folder, counts());
  const faults = faultWatch();
  const shared = { replsOf: playing.replsOf, ...(budget && { reward: budget.reward }) };
  const jobs = new JobStore(run, shared, (coordination ?? players) && publishing(run, writer!, players));
  if (coordination) coordination.remote.outstanding = () => jobs.jobs();
  const onEnd = async (trajectory: Trajectory) => {
    const found = jobs.find(trajectory.rolloutId);
    if (!found) return;
    const { context, reference, label, figuresIndex, task } = found;
    await writer?.append(trajectory, context, reference);
    ended.add(trajectory.rolloutId);
    own = counted(own, trajectory);
    figures[figuresIndex] = figuresOf(trajectory, label);
    await budget?.batches.ended(trajectory.rolloutId, budget.costOf(figures[figuresIndex]));
    curriculum?.ended(drawnAs(task), scoreOf(figures[figuresIndex]));
    await take(trajectory);
    faults.see(trajectory);
  };
  const skip: Parameters<JobStore["plan"]>[0] = (id, { label, figuresIndex, task }) => {
    const done = earlier.get(id);
    budget?.batches.plan(id);
    if (done) {
      figures[figuresIndex] = { ...done, tasks: label };
      void budget?.batches.ended(id, budget.costOf(done));
      curriculum?.ended(drawnAs(task), scoreOf(done));
    }
    return done !== undefined;
  };
  const order = curriculum && tasksDrawn(curriculum, run.episodes, signal);
  const plan = order ? jobs.plan(skip, order) : jobs.plan(skip);
  await playThroughQueue(budget ? inTurn(plan, budget) : plan, {
    folder,
    concurrency,
    attempts,
    signal,
    jobs,
    remote: coordination?.remote ?? null,
    players,
    isAhead: !budget && !curriculum,
    hasEnded: (id) => writer?.has(id) ?? ended.has(id),
    isHopeless: (trajectory) => faults.stops(trajectory),
    onRetry: async (trajectory) => {
      await writer?.appendAttempt(trajectory);
      options.onRetry?.(trajectory);
    },
    onEnd,
  });
  const whole = figures.filter((episode) => episode !== undefined);
  return { folder, counts: counts(), rows: summarise(whole), figures: whole, fault: faults.last };
}

function openRun(folder: string, resume: boolean, plan: RunPlan): Promise<RunWriter> {
  return resume ? RunWriter.resume(folder, plan) : RunWriter.create(folder, plan);
}

function counted(counts: RunCounts, { status }: Trajectory): RunCounts {
  const ok = status === "ok" ? 1 : 0;
  return {
    ...counts,
    ended: counts.ended + 1,
    ok: counts.ok + ok,
    infraErrors: counts.infraErrors + 1 - ok,
  };
}

/** Releases each job when the batches before its own have ended. */
async function* inTurn(plan: AsyncIterable<RolloutJob>, { batches }: RunBudget) {
  for await (const job of plan) {
    await batches.turnOf(job.id);
    yield job;
  }
}

/** Writes tasks to the run's folder before workers are told of them. Players of this machine write the contexts that they make; before they have begun, this process plays and writes. */
function publishing({ matchups }: PlannedRun, writer: RunWriter, players: Players | null): Publish {
  return async (problem, matchup) => {
    const { fromFile } = matchups[matchup]!;
    const context = summariseContext(problem.task.context);
    await writer.prepare(problem, context, players?.haveBegun && !fromFile ? "reference" : "all");
    return published(problem, context, fromFile);
  };
}

/** The figures of rollouts that had ended before the run was resumed, by id; the label is not known yet. */
async function figuresBefore(folder: string): Promise<Map<string, EpisodeFigures>> {
  const figures = new Map<string, EpisodeFigures>();
  for await (const trajectory of readTrajectories(folder))
    figures.set(trajectory.rolloutId, figuresOf(trajectory, ""));
  return figures;
}
