/** Plays episodes for training: many policies on given tasks, in the order asked for, into a run's folder. */
import { problemAt, type Dataset } from "../data/dataset.ts";
import type { RLMEnv } from "../env/env.ts";
import { TrainingError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Policy } from "../policies/policy.ts";
import { playPlan } from "../queue/play-plan.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, Problem, Reference } from "../types.ts";
import type { MacroTools } from "./move-writer.ts";

/** One kind of task, such as an environment at one length. */
export interface TrainMatchup extends MacroTools {
  readonly environment: string;
  /** What its tasks have in common. */
  readonly label: string;
  readonly problems: Dataset;
  readonly subModel: Model | null;
  readonly makeEnv: () => RLMEnv;
  /** Strategies of the benchmark to compare with, by name. Each plays within the benchmark's own limits. */
  readonly fixed: ReadonlyMap<string, Pick<TrainMatchup, "makeEnv"> & { readonly policy: Policy }>;
}

export interface Episode {
  readonly matchup: TrainMatchup;
  readonly problem: Problem;
  readonly policy: Policy;
  readonly seed: number;
  readonly rolloutId: string;
  readonly groupId: string;
}

/** The reward of an episode; null after an infrastructure fault, from which nothing is learned. */
export interface Outcome {
  readonly reward: number;
  readonly score: number;
  readonly nanoDollars: number | null;
}

/** Keeps the records of training episodes, such as a run's writer. */
export interface Keeper {
  append(trajectory: Trajectory, context: Context, reference: Reference | null): Promise<void>;
}

/** How training episodes are played and kept. */
export interface PlayOptions {
  readonly concurrency: number;
  /** Where the records go. */
  readonly keeper: Keeper;
  readonly signal?: AbortSignal;
  readonly onEpisode?: () => void;
}

/** Plays all episodes and returns their outcomes in the same order. Throws `TrainingError` if none ended well. */
export async function play(
  episodes: readonly Episode[],
  { concurrency, keeper, signal, onEpisode }: PlayOptions,
): Promise<(Outcome | null)[]> {
  const places = new Map(episodes.map((episode, index) => [episode.rolloutId, index]));
  const outcomes: (Outcome | null)[] = episodes.map(() => null);
  let fault: string | null = null;
  const onEnd = async (trajectory: Trajectory) => {
    const place = places.get(trajectory.rolloutId)!;
    const { problem } = episodes[place]!;
    await keeper.append(trajectory, problem.task.context, problem.reference);
    const { status, reward, totals, error } = trajectory;
    if (status === "ok" && reward !== null)
      outcomes[place] = { reward: reward.total, score: reward.score, nanoDollars: totals.nanoDollars };
    else fault = error?.message ?? "no reward";
    onEpisode?.();
  };
  const plan = episodes.map(({ matchup, problem, policy, seed, rolloutId, groupId }) => ({
    makeEnv: matchup.makeEnv,
    policy,
    subModel: matchup.subModel,
    reset: { task: problem.task, reference: problem.reference, seed, rolloutId, groupId },
  }));
  await playPlan(plan, { concurrency, onEnd, ...(signal && { signal }) });
  if (episodes.length > 0 && outcomes.every((outcome) => outcome === null))
    throw new TrainingError(
      `none of ${episodes.length} episodes can be trained on; the last fault: ${fault}`,
    );
  return outcomes;
}

/** Neighbouring tasks may share a context, so evaluations skip some. */
const STRIDE = 3;

/** The problems that evaluations of a matchup play. */
export function evaluationProblems(
  matchup: TrainMatchup,
  tasks: number,
  problems: ProblemCache,
): Promise<readonly Problem[]> {
  return problems.of(matchup, tasks, STRIDE);
}

/** Keeps problems, so that each is made once and played often. */
export class ProblemCache {
  readonly #held = new Map<Dataset, Map<string, Promise<readonly Problem[]>>>();

  /** Reads `count` problems, every `stride`-th, in their order; fewer if the dataset ends first. */
  of({ problems }: TrainMatchup, count: number, stride = 1): Promise<readonly Problem[]> {
    const held = this.#held.get(problems) ?? new Map<string, Promise<readonly Problem[]>>();
    this.#held.set(problems, held);
    const key = `${count} of ${stride}`;
    const found = held.get(key) ?? spaced(problems, count, stride);
    held.set(key, found);
    return found;
  }
}

/** In a finite dataset, the skipped problems follow after every `stride`-th one has been read. */
async function spaced(dataset: Dataset, count: number, stride: number): Promise<readonly Problem[]> {
  const byTask = new Map<string, Problem>();
  for (let offset = 0; offset < stride; offset += 1)
    for (let place = offset; byTask.size < count; place += stride) {
      const problem = await problemAt(dataset, place);
      if (byTask.has(problem.task.id)) break;
      byTask.set(problem.task.id, problem);
    }
  return [...byTask.values()];
}
