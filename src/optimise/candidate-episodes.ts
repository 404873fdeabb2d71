/** Plays prompts on tasks. A prompt plays a task once; whoever asks again gets the same episode, after a restart, too. */
import { createHash } from "node:crypto";
import { RLMError } from "../errors.ts";
import type { OraclePolicy, Policy } from "../policies/policy.ts";
import type { Matchup, SharedParts } from "../queue/matchup.ts";
import { faultWatch } from "../queue/faults.ts";
import { playPlan } from "../queue/play-plan.ts";
import { Random } from "../random.ts";
import { type EpisodeFigures, figuresOf } from "../report/summary.ts";
import { readAttempts, readTrajectories } from "../runs/read-run.ts";
import type { RunWriter } from "../runs/run-writer.ts";
import type { Trajectory } from "../trajectory.ts";
import { storyOf } from "./story.ts";
import type { TaskPlace } from "./task-sets.ts";

/** How an episode of a prompt ended. */
export interface Outcome {
  readonly rolloutId: string;
  /** Null if it ended with an infrastructure fault: it then counts nowhere. */
  readonly reward: number | null;
  readonly figures: EpisodeFigures;
  readonly nanoDollars: number | null;
  /** What a reflecting model reads of it. */
  readonly story: string;
}

/** What it takes to play. */
export interface CandidateEpisodesOptions {
  readonly matchups: readonly Matchup[];
  /** The run's. */
  readonly seed: number;
  readonly replsOf: SharedParts["replsOf"];
  readonly writer: RunWriter;
  readonly concurrency: number;
  readonly attempts: number;
  readonly signal: AbortSignal;
  readonly onEpisode: (trajectory: Trajectory) => void;
}

/** The SHA-256 of a prompt, in hex. */
export function promptHash(prompt: string): string {
  return createHash("sha256").update(prompt).digest("hex");
}

/** The episodes of a search: those on disk, and those that are still to be played. */
export class CandidateEpisodes {
  readonly #options: CandidateEpisodesOptions;
  readonly #outcomes: Map<string, Outcome>;
  readonly #faults = faultWatch();
  #retriedNanoDollars: number | null;

  private constructor(
    options: CandidateEpisodesOptions,
    outcomes: Map<string, Outcome>,
    retriedNanoDollars: number | null,
  ) {
    this.#options = options;
    this.#outcomes = outcomes;
    this.#retriedNanoDollars = retriedNanoDollars;
  }

  /** Reads the episodes that the run's folder holds already. */
  static async open(options: CandidateEpisodesOptions): Promise<CandidateEpisodes> {
    const outcomes = new Map<string, Outcome>();
    const { folder } = options.writer;
    for await (const trajectory of readTrajectories(folder))
      if (options.writer.has(trajectory.rolloutId)) outcomes.set(trajectory.rolloutId, outcomeOf(trajectory));
    let retried: number | null = 0;
    for await (const { trajectory } of readAttempts(folder)) retried = plus(retried, trajectory);
    return new CandidateEpisodes(options, outcomes, retried);
  }

  /** What attempts cost that were made again; null if that of one is unknown. */
  get retriedNanoDollars(): number | null {
    return this.#retriedNanoDollars;
  }

  /** Episodes that are on disk. */
  get recorded(): number {
    return this.#outcomes.size;
  }

  /** What the episodes cost that are on disk and not among the given ones. */
  outside(ids: ReadonlySet<string>): { readonly episodes: number; readonly nanoDollars: number | null } {
    const others = [...this.#outcomes.values()].filter(({ rolloutId }) => !ids.has(rolloutId));
    const costs = others.map(({ nanoDollars }) => nanoDollars);
    return {
      episodes: others.length,
      nanoDollars: costs.reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0),
    };
  }

  /** The id of the episode of a prompt on a task. All prompts play a task with the same seed, so that they can be compared in pairs. */
  idOf(prompt: string, task: TaskPlace): string {
    const { environment } = this.#options.matchups[task.kind]!;
    return `${environment}/${task.id}/${this.#policyOf(task).name}/${this.#seedOf(task)}@${promptHash(prompt).slice(0, 12)}`;
  }

  /**
   * The episodes of a prompt on tasks, in their order; plays those that are missing. Throws `ModelError` for a server that no later
   * episode can reach, `RLMError` if every episode that was played ended with a fault, and the signal's reason.
   */
  async play(prompt: string, tasks: readonly TaskPlace[]): Promise<Outcome[]> {
    const missing = tasks.filter((task) => !this.#outcomes.has(this.idOf(prompt, task)));
    if (missing.length > 0) await this.#playMissing(prompt, missing);
    return tasks.map((task) => this.#outcomes.get(this.idOf(prompt, task))!);
  }

  async #playMissing(prompt: string, tasks: readonly TaskPlace[]): Promise<void> {
    const { matchups, replsOf, writer, concurrency, attempts, signal, onEpisode } = this.#options;
    const problems = new Map<string, Awaited<ReturnType<Matchup["problemAt"]>>>();
    const plan = async function* (episodes: CandidateEpisodes) {
      for (const place of tasks) {
        const matchup = matchups[place.kind]!;
        const problem = await matchup.problemAt(place.index);
        const rolloutId = episodes.idOf(prompt, place);
        problems.set(rolloutId, problem);
        const chosen = episodes.#policyOf(place);
        const policy = "knowing" in chosen ? chosen.knowing(problem.reference) : chosen;
        const { task, reference } = problem;
        const seed = episodes.#seedOf(place);
        yield {
          policy,
          subModel: matchup.subModels[0] ?? null,
          reset: { task, reference, seed, rolloutId, groupId: task.id, policy: policy.name },
          makeEnv: () => matchup.makeEnv(policy, { replsOf, systemPrompt: prompt }),
        };
      }
    };
    let ended = 0;
    await playPlan(plan(this), {
      concurrency,
      attempts,
      signal,
      onRetry: async (trajectory) => {
        this.#retriedNanoDollars = plus(this.#retriedNanoDollars, trajectory);
        await writer.appendAttempt(trajectory);
      },
      onEnd: async (trajectory) => {
        const { task, reference } = problems.get(trajectory.rolloutId)!;
        await writer.append(trajectory, task.context, reference);
        this.#outcomes.set(trajectory.rolloutId, outcomeOf(trajectory));
        if (trajectory.status === "ok") ended += 1;
        onEpisode(trajectory);
        this.#faults.see(trajectory);
      },
    });
    if (ended > 0) return;
    throw new RLMError(
      `all ${tasks.length} episodes of a step ended with an infrastructure fault; the last: ${this.#faults.last}; --resume continues`,
    );
  }

  #policyOf({ kind }: TaskPlace): Policy | OraclePolicy {
    return this.#options.matchups[kind]!.policies[0]!;
  }

  #seedOf({ id, index }: TaskPlace): number {
    return Random.of(this.#options.seed, id, index).below(2 ** 31);
  }
}

function outcomeOf(trajectory: Trajectory): Outcome {
  const { rolloutId, reward, status, totals } = trajectory;
  return {
    rolloutId,
    reward: status === "ok" ? (reward?.total ?? null) : null,
    figures: figuresOf(trajectory, ""),
    nanoDollars: totals.nanoDollars,
    story: storyOf(trajectory),
  };
}

function plus(sum: number | null, { totals }: Trajectory): number | null {
  return sum === null || totals.nanoDollars === null ? null : sum + totals.nanoDollars;
}
