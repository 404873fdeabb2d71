/** Rolls out episodes into a run's folder: every policy on every task, with progress, fail-fast and a clean end. */
import { summariseContext } from "../../../src/data/context.ts";
import { readContext, readTrajectories } from "../../../src/runs/read-run.ts";
import type { RunWriter } from "../../../src/runs/run-writer.ts";
import { type EpisodeFigures, figuresOf, summarise } from "../../../src/report/summary.ts";
import type { Telemetry } from "../../../src/telemetry/telemetry.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { RolloutJob } from "../../../src/queue/queue.ts";
import type { RunBudget } from "../../flags/adaptive-budget.ts";
import { faultWatch } from "../../../src/queue/faults.ts";
import type { Publishing } from "../../../src/queue/job-payload.ts";
import type { PlannedRun } from "../../../src/queue/matchup.ts";
import { JobBook } from "../../../src/queue/run-jobs.ts";
import type { Collected } from "../../output/table.ts";
import { problemFinder, published } from "../../../src/queue/job-problem.ts";
import type { RedisRun } from "../../../src/queue/redis/run-coordinator.ts";
import type { RunLog } from "../../output/run-log.ts";
import { playThroughQueue } from "../../../src/queue/play-run.ts";

export interface CollectOptions extends PlannedRun {
  /** At each episode, where a fault of the machinery may pass. */
  readonly attempts: number;
  readonly concurrency: number;
  /** Null for the queue of this process. */
  readonly remote: RedisRun | null;
  /** Null where no budget of the reward adapts. */
  readonly budget: RunBudget | null;
  readonly writer: RunWriter;
  readonly log: RunLog;
  /** Hears of every record that is on disk. */
  readonly telemetry: Telemetry | null;
  readonly signal: AbortSignal;
}

/**
 * Returns the closing table's figures, and the last fault of the machinery if there was one. Throws what stopped the run early;
 * what had ended is in the folder by then.
 */
export async function collect(
  options: CollectOptions,
): Promise<Collected & { readonly fault: string | null }> {
  const { writer, remote, budget, log, telemetry } = options;
  const figures: EpisodeFigures[] = [];
  const earlier = await figuresBefore(writer.folder);
  log.begun(writer.folder, writer.manifest.counts);
  const faults = faultWatch();
  const book = new JobBook(options, remote && publishing(options));
  if (remote) remote.outstanding = () => book.jobs();
  const onEnd = async (trajectory: Trajectory) => {
    const found = book.find(trajectory.rolloutId);
    if (!found) return;
    const { context, reference, label, place } = found;
    await writer.append(trajectory, context, reference);
    figures[place] = figuresOf(trajectory, label);
    await budget?.batches.ended(trajectory.rolloutId, budget.costOf(figures[place]));
    log.ended(trajectory);
    telemetry?.episode(trajectory);
    faults.see(trajectory);
  };
  const plan = book.plan((id, { label, place }) => {
    const done = earlier.get(id);
    budget?.batches.plan(id);
    if (done) {
      figures[place] = { ...done, tasks: label };
      void budget?.batches.ended(id, budget.costOf(done));
    }
    return done !== undefined;
  });
  try {
    await playThroughQueue(budget ? inTurn(plan, budget) : plan, {
      ...options,
      folder: writer.folder,
      book,
      hasEnded: (id) => writer.has(id),
      isHopeless: (trajectory) => faults.stops(trajectory),
      onRetry: async (trajectory) => {
        await writer.appendAttempt(trajectory);
        log.retried(trajectory);
      },
      onEnd,
    });
  } finally {
    log.stop();
  }
  const ended = figures.filter((episode) => episode !== undefined);
  return { rows: summarise(ended), figures: ended, fault: faults.last };
}

/** Each job when the batches before its own have ended. */
async function* inTurn(plan: AsyncIterable<RolloutJob>, { batches }: RunBudget) {
  for await (const job of plan) {
    await batches.turnOf(job.id);
    yield job;
  }
}

/** Tasks stand in the run's folder before workers are told of them. */
function publishing({ writer, matchups }: CollectOptions): Publishing {
  return {
    publish: async (problem, contest) => {
      const context = summariseContext(problem.task.context);
      await writer.prepare(problem, context);
      return published(problem, context, Object.keys(matchups[contest]!.paths).length > 0);
    },
    find: problemFinder(matchups, (summary) => readContext(writer.folder, summary)),
  };
}

/** The figures of the rollouts that had ended when the run was taken up again, by id; the label is not known yet. */
async function figuresBefore(folder: string): Promise<Map<string, EpisodeFigures>> {
  const figures = new Map<string, EpisodeFigures>();
  for await (const trajectory of readTrajectories(folder))
    figures.set(trajectory.rolloutId, figuresOf(trajectory, ""));
  return figures;
}
