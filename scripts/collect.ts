/** Rolls out episodes into a run's folder: every policy on every task, with progress, fail-fast and a clean end. */
import { problemAt } from "../src/dataset.ts";
import type { Benchmark } from "../envs/environment.ts";
import { assemble, type MakeOptions } from "../envs/make.ts";
import { UsageError } from "../src/errors.ts";
import type { Judge } from "../src/judging.ts";
import type { Model } from "../src/models/model.ts";
import type { OraclePolicy, Policy } from "../src/policy.ts";
import { readTrajectories } from "../src/runs/read-run.ts";
import type { RunWriter } from "../src/runs/run-writer.ts";
import { type EpisodeFigures, figuresOf, summarise, type SummaryRow } from "../src/summary.ts";
import type { Trajectory } from "../src/trajectory.ts";
import type { Problem } from "../src/types.ts";
import { faultWatch } from "./faults.ts";
import { rolloutsOf } from "./groups.ts";
import { showProgress } from "./progress.ts";
import { type NamedEpisode, playThroughQueue } from "./through-queue.ts";

/** One kind of tasks, and who plays them. */
export interface Contest {
  /** The environment's name. */
  readonly environment: string;
  readonly benchmark: Benchmark;
  /** In the order of the table. */
  readonly policies: readonly (Policy | OraclePolicy)[];
  /** The default one first. */
  readonly subModels: readonly Model[];
  readonly judge: Judge | null;
}

export interface CollectOptions {
  readonly contests: readonly Contest[];
  readonly make: Omit<MakeOptions, "options" | "seed" | "model">;
  readonly episodes: number;
  /** Rollouts of each task by each policy, which differ in their sampling seeds. */
  readonly groupSize: number;
  readonly seed: number;
  /** At each episode, where a fault of the machinery may pass. */
  readonly attempts: number;
  readonly concurrency: number;
  readonly writer: RunWriter;
  readonly signal: AbortSignal;
}

/** What a closing table is made of. */
export interface Collected {
  readonly rows: readonly SummaryRow[];
  readonly figures: readonly EpisodeFigures[];
}

/** What the closing table needs of an episode besides its record. */
interface Place {
  readonly problem: Problem;
  readonly label: string;
  readonly place: number;
}

/**
 * Returns the closing table's figures, and the last fault of the machinery if there was one. Throws what stopped the run early;
 * what had ended is in the folder by then.
 */
export async function collect(
  options: CollectOptions,
): Promise<Collected & { readonly fault: string | null }> {
  const planned = new Map<string, Place>();
  const figures: EpisodeFigures[] = [];
  const earlier = await figuresBefore(options.writer.folder);
  const { planned: total, ended: before } = options.writer.manifest.counts;
  const progress = showProgress(total, before);
  const faults = faultWatch();
  const onEnd = async (trajectory: Trajectory) => {
    const found = planned.get(trajectory.rolloutId);
    // A rollout that was played twice counts once.
    if (!found) return;
    const { problem, label, place } = found;
    planned.delete(trajectory.rolloutId);
    await options.writer.append(trajectory, problem.task.context, problem.reference);
    figures[place] = figuresOf(trajectory, label);
    progress.advance(`${trajectory.policy}: ${trajectory.stopReason}`);
    faults.see(trajectory);
  };
  try {
    await playThroughQueue(plan({ ...options, planned, earlier, figures }), {
      ...options,
      folder: options.writer.folder,
      isHopeless: (trajectory) => faults.stops(trajectory),
      onRetry: (trajectory) => options.writer.appendAttempt(trajectory),
      onEnd,
    });
  } finally {
    progress.stop();
  }
  const ended = figures.filter((episode) => episode !== undefined);
  return { rows: summarise(ended), figures: ended, fault: faults.last };
}

/** The figures of the rollouts that had ended when the run was taken up again, by id; the label is not known yet. */
async function figuresBefore(folder: string): Promise<Map<string, EpisodeFigures>> {
  const figures = new Map<string, EpisodeFigures>();
  for await (const trajectory of readTrajectories(folder))
    figures.set(trajectory.rolloutId, figuresOf(trajectory, ""));
  return figures;
}

interface Planning extends CollectOptions {
  /** Filled with what is yielded. */
  readonly planned: Map<string, Place>;
  /** What is not played again; its figures are put in their place. */
  readonly earlier: Map<string, EpisodeFigures>;
  readonly figures: EpisodeFigures[];
}

/** Tasks in the outer loop, so that a task is made once for all policies. */
async function* plan(options: Planning): AsyncGenerator<NamedEpisode> {
  const { planned, earlier, figures, groupSize } = options;
  const named = new Set<string>();
  let column = 0;
  for (const { environment, benchmark, policies, subModels, judge } of options.contests) {
    for (let index = 0; index < options.episodes; index += 1) {
      const problem = await problemAt(benchmark.problems, index);
      for (const one of rolloutsOf(problem, index, {
        environment,
        policies,
        seed: options.seed,
        groupSize,
      })) {
        const { policy, position, repetition, reset } = one;
        const { rolloutId } = reset;
        const place = ((column + position) * options.episodes + index) * groupSize + repetition;
        if (named.has(rolloutId))
          throw new UsageError(`two episodes have the name ${rolloutId}; give each length and policy once`);
        named.add(rolloutId);
        const done = earlier.get(rolloutId);
        if (done) {
          figures[place] = { ...done, tasks: benchmark.label };
          continue;
        }
        planned.set(rolloutId, { problem, label: benchmark.label, place });
        yield {
          makeEnv: () =>
            assemble(environment, benchmark, {
              ...options.make,
              ...policy.recursion,
              model: subModels,
              ...(judge && { judge }),
            }),
          policy,
          subModel: subModels[0] ?? null,
          reset,
        };
      }
    }
    column += policies.length;
  }
}
