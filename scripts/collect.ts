/** Rolls out episodes into a run's folder: every policy on every task, with progress, fail-fast and a clean end. */
import { problemAt } from "../src/dataset.ts";
import type { Benchmark } from "../envs/environment.ts";
import { assemble, type MakeOptions } from "../envs/make.ts";
import { UsageError } from "../src/errors.ts";
import type { Model } from "../src/models/model.ts";
import type { OraclePolicy, Policy } from "../src/policy.ts";
import { Random } from "../src/random.ts";
import { type PlannedEpisode, rollout } from "../src/rollout.ts";
import type { RunWriter } from "../src/runs/run-writer.ts";
import { type EpisodeFigures, figuresOf, summarise, type SummaryRow } from "../src/summary.ts";
import type { Trajectory } from "../src/trajectory.ts";
import type { Problem } from "../src/types.ts";
import { faultWatch } from "./faults.ts";
import { showProgress } from "./progress.ts";

/** One kind of tasks, and who plays them. */
export interface Contest {
  /** The environment's name. */
  readonly environment: string;
  readonly benchmark: Benchmark;
  /** In the order of the table. */
  readonly policies: readonly (Policy | OraclePolicy)[];
  /** The default one first. */
  readonly subModels: readonly Model[];
}

export interface CollectOptions {
  readonly contests: readonly Contest[];
  readonly make: Omit<MakeOptions, "options" | "seed" | "model">;
  readonly episodes: number;
  readonly seed: number;
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
  const total = options.episodes * options.contests.reduce((sum, { policies }) => sum + policies.length, 0);
  const progress = showProgress(total);
  const faults = faultWatch();
  const onEnd = async (trajectory: Trajectory) => {
    const { problem, label, place } = planned.get(trajectory.rolloutId)!;
    planned.delete(trajectory.rolloutId);
    await options.writer.append(trajectory, problem.task.context, problem.reference);
    figures[place] = figuresOf(trajectory, label);
    progress.advance(`${trajectory.policy}: ${trajectory.stopReason}`);
    faults.see(trajectory);
  };
  try {
    const { concurrency, signal } = options;
    await rollout(plan(options, planned), { concurrency, signal, onEnd });
  } finally {
    progress.stop();
  }
  const ended = figures.filter((episode) => episode !== undefined);
  return { rows: summarise(ended), figures: ended, fault: faults.last };
}

/** Tasks in the outer loop, so that a task is made once for all policies. */
async function* plan(options: CollectOptions, planned: Map<string, Place>): AsyncGenerator<PlannedEpisode> {
  const named = new Set<string>();
  let column = 0;
  for (const { environment, benchmark, policies, subModels } of options.contests) {
    for (let index = 0; index < options.episodes; index += 1) {
      const problem = await problemAt(benchmark.problems, index);
      const seed = Random.of(options.seed, problem.task.id, index).below(2 ** 31);
      for (const [position, chosen] of policies.entries()) {
        const policy = "knowing" in chosen ? chosen.knowing(problem.reference) : chosen;
        const rolloutId = `${environment}/${problem.task.id}/${policy.name}/${seed}`;
        const place = (column + position) * options.episodes + index;
        if (named.has(rolloutId))
          throw new UsageError(`two episodes have the name ${rolloutId}; give each length and policy once`);
        named.add(rolloutId);
        planned.set(rolloutId, { problem, label: benchmark.label, place });
        yield {
          makeEnv: () =>
            assemble(environment, benchmark, { ...options.make, ...policy.recursion, model: subModels }),
          policy,
          subModel: subModels[0] ?? null,
          reset: { task: problem.task, reference: problem.reference, seed, rolloutId, policy: policy.name },
        };
      }
    }
    column += policies.length;
  }
}
