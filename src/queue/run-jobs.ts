/** The rollouts of a run as jobs: which episode each plays, and how to find it again by its payload alone. */
import { UsageError } from "../errors.ts";
import type { RolloutJob } from "./queue.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, JsonObject, Problem, Reference } from "../types.ts";
import {
  ForeignRecordError,
  type NamedEpisode,
  payloadOf,
  type Publish,
  type RolloutPayload,
} from "./job-payload.ts";
import type { Matchup, PlannedRun, SharedParts } from "./matchup.ts";
import { rolloutsOf } from "./rollouts-of.ts";

/** What the final table and the writer need besides a rollout's record. */
export interface JobDetails {
  /** Null if it is on disk already. */
  readonly context: Context | null;
  readonly reference: Reference;
  /** What the tasks of its matchup have in common. */
  readonly label: string;
  /** The index of its figures, in the order of the table's rows. */
  readonly figuresIndex: number;
  readonly task: PlannedTask;
}

/** A task of a run: its matchup, and its place among the matchup's tasks. */
export interface PlannedTask {
  readonly matchup: number;
  readonly index: number;
}

/** What is known of a rollout before it is played. */
type PlannedDetails = Pick<JobDetails, "label" | "figuresIndex" | "task">;

/** All tasks of a run, matchup by matchup. */
function* everyTask({ matchups, episodes }: PlannedRun): Generator<PlannedTask> {
  for (const matchup of matchups.keys())
    for (let index = 0; index < episodes; index += 1) yield { matchup, index };
}

/** The episode that a payload names, on the given problem. Throws `ForeignRecordError` if the run does not have it. */
export function episodeOf(
  run: PlannedRun,
  shared: SharedParts,
  payload: RolloutPayload,
  problem: Problem,
): NamedEpisode {
  const { environment, policies, subModels, makeEnv } = matchupOf(run, payload);
  const all = rolloutsOf(problem, payload.index, { ...run, environment, policies });
  for (const { policy, position, repetition, reset } of all) {
    if (position !== payload.position || repetition !== payload.repetition) continue;
    return { makeEnv: () => makeEnv(policy, shared), policy, subModel: subModels[0] ?? null, reset };
  }
  throw new ForeignRecordError(`the run has no rollout ${payload.repetition} of policy ${payload.position}`);
}

/** The matchup that a payload names. Throws `ForeignRecordError` if the run does not have the matchup or its task. */
export function matchupOf({ matchups, episodes }: PlannedRun, { matchup, index }: RolloutPayload): Matchup {
  const found = matchups[matchup];
  if (found && index < episodes) return found;
  throw new ForeignRecordError(`the run has no task ${index} of matchup ${matchup}`);
}

interface Entry extends JobDetails {
  readonly job: RolloutJob;
  /** Null if whoever plays the job makes it again. */
  readonly episode: NamedEpisode | null;
}

/** The jobs that were planned and have not ended. */
export class JobStore {
  readonly #options: PlannedRun;
  readonly #shared: SharedParts;
  readonly #publish: Publish | null;
  readonly #entries = new Map<string, Entry>();

  /** @param publish null: tasks stay in memory until their rollouts have ended */
  constructor(options: PlannedRun, shared: SharedParts, publish: Publish | null) {
    this.#options = options;
    this.#shared = shared;
    this.#publish = publish;
  }

  /**
   * Yields the jobs task by task, so that each task is made once for all policies.
   *
   * @param skip true for a rollout that has ended
   * @param order the tasks to play, each once; default: all of each matchup
   */
  async *plan(
    skip: (rolloutId: string, details: PlannedDetails) => boolean,
    order: Iterable<PlannedTask> | AsyncIterable<PlannedTask> = everyTask(this.#options),
  ): AsyncGenerator<RolloutJob> {
    const { matchups, groupSize, seed } = this.#options;
    const named = new Set<string>();
    for await (const { matchup, index } of order) {
      const { environment, label, policies, problemAt } = matchups[matchup]!;
      const problem = await problemAt(index);
      const group = rolloutsOf(problem, index, { environment, policies, seed, groupSize });
      let shared: Promise<Partial<RolloutPayload>> | undefined;
      for (const { position, repetition, reset } of group) {
        const { rolloutId: id } = reset;
        if (named.has(id))
          throw new UsageError(`two episodes have the name ${id}; give each length and policy once`);
        named.add(id);
        const figuresIndex = this.#figuresIndexOf({ matchup, index, position, repetition });
        if (skip(id, { label, figuresIndex, task: { matchup, index } })) continue;
        shared ??= this.#publish?.(problem, matchup);
        const facts = { task: problem.task.id, policy: reset.policy, seed: reset.seed };
        const payload = { matchup, index, position, repetition, ...facts, ...(await shared) };
        const job = { id, payload: payload as unknown as JsonObject };
        this.#enter(job, problem);
        yield job;
      }
    }
  }

  /** Null if the rollout has ended. */
  find(id: string): JobDetails | null {
    return this.#entries.get(id) ?? null;
  }

  /** Forgets a rollout that has ended. */
  remove(id: string): void {
    this.#entries.delete(id);
  }

  /** How many have not ended. */
  get size(): number {
    return this.#entries.size;
  }

  /** The jobs that have not ended. */
  *jobs(): Generator<RolloutJob> {
    for (const { job } of this.#entries.values()) yield job;
  }

  /**
   * Adds a job that an earlier coordinator planned. Makes its task again, since others may have written the payload.
   * Throws `ForeignRecordError` if the run does not have the job.
   */
  async adopt(job: RolloutJob): Promise<void> {
    if (!this.#entries.has(job.id)) this.#enter(job, await this.#problemOf(job));
  }

  /** The job's episode. Throws `ForeignRecordError` if the run does not have the job. */
  async episode(job: RolloutJob): Promise<NamedEpisode> {
    const found = this.#entries.get(job.id);
    if (found?.episode) return found.episode;
    // The job as it was planned here counts, and not what came back from the queue.
    const own = found?.job ?? job;
    const problem = await this.#problemOf(own);
    if (!found) this.#enter(own, problem);
    return episodeOf(this.#options, this.#shared, payloadOf(own), problem);
  }

  /** Throws `ForeignRecordError` if the record does not belong to the job, which must be known. */
  expectOwn({ id }: RolloutJob, record: Trajectory): void {
    const { job } = this.#entries.get(id)!;
    const { matchup, task, policy, seed, context } = payloadOf(job);
    const { environment } = this.#options.matchups[matchup]!;
    const pairs: [field: string, found: unknown, planned: unknown][] = [
      ["rolloutId", record.rolloutId, id],
      ["environment", record.environment, environment],
      ["policy", record.policy, policy],
      ["seed", record.seed, seed],
      ["task.id", record.task.id, task],
      ["task.context.sha256", record.task.context.sha256, context?.sha256 ?? record.task.context.sha256],
    ];
    for (const [field, found, planned] of pairs)
      if (found !== planned)
        throw new ForeignRecordError(
          `record of ${id.slice(0, 200)}: ${field}: expected ${shown(planned)}, found ${shown(found)}`,
        );
  }

  async #problemOf(job: RolloutJob): Promise<Problem> {
    const payload = payloadOf(job);
    const problem = await matchupOf(this.#options, payload).problemAt(payload.index);
    const { reset } = episodeOf(this.#options, this.#shared, payload, problem);
    const { task, policy, seed } = payload;
    if (
      reset.rolloutId === job.id &&
      problem.task.id === task &&
      reset.policy === policy &&
      reset.seed === seed
    )
      return problem;
    throw new ForeignRecordError(
      `job ${job.id.slice(0, 200)}: it does not belong to this run, whose rollout is ${reset.rolloutId}`,
    );
  }

  #enter(job: RolloutJob, problem: Problem): void {
    const payload = payloadOf(job);
    const { label } = this.#options.matchups[payload.matchup]!;
    const figuresIndex = this.#figuresIndexOf(payload);
    const { reference } = problem;
    const kept = this.#publish === null;
    const context = kept ? problem.task.context : null;
    const episode = kept ? episodeOf(this.#options, this.#shared, payload, problem) : null;
    const task = { matchup: payload.matchup, index: payload.index };
    this.#entries.set(job.id, { job, context, reference, label, figuresIndex, task, episode });
  }

  #figuresIndexOf({
    matchup,
    index,
    position,
    repetition,
  }: Pick<RolloutPayload, "matchup" | "index" | "position" | "repetition">): number {
    const { matchups, episodes, groupSize } = this.#options;
    const before = matchups.slice(0, matchup).reduce((sum, { policies }) => sum + policies.length, 0);
    return ((before + position) * episodes + index) * groupSize + repetition;
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? "nothing";
}
