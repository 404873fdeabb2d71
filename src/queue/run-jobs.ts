/** The rollouts of a run as jobs: what each plays, where its figures stand, and how it is found again by its payload alone. */
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

/** What the closing table and the writer need of a rollout besides its record. */
export interface Place {
  /** Null where it is written already. */
  readonly context: Context | null;
  readonly reference: Reference;
  readonly label: string;
  /** Of its figures. */
  readonly place: number;
}

/** The episode that a payload means, played on the given problem. Throws `ForeignRecordError` where the run has no such rollout. */
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

/** The matchup that a payload names. Throws `ForeignRecordError` where the run has no such matchup or task. */
export function matchupOf({ matchups, episodes }: PlannedRun, { contest, index }: RolloutPayload): Matchup {
  const matchup = matchups[contest];
  if (matchup && index < episodes) return matchup;
  throw new ForeignRecordError(`the run has no task ${index} of matchup ${contest}`);
}

interface Entry extends Place {
  readonly job: RolloutJob;
  /** Null where it is to be made again by whoever plays it. */
  readonly episode: NamedEpisode | null;
}

/** Knows the jobs that are planned and not ended. */
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

  /** Tasks in the outer loop, so that a task is made once for all policies. `skip`: true of a rollout that has ended. */
  async *plan(
    skip: (rolloutId: string, at: Pick<Place, "label" | "place">) => boolean,
  ): AsyncGenerator<RolloutJob> {
    const { matchups, episodes, groupSize, seed } = this.#options;
    const named = new Set<string>();
    for (const [contest, { environment, label, policies, problemAt }] of matchups.entries()) {
      for (let index = 0; index < episodes; index += 1) {
        const problem = await problemAt(index);
        const group = rolloutsOf(problem, index, { environment, policies, seed, groupSize });
        let shared: Promise<Partial<RolloutPayload>> | undefined;
        for (const { position, repetition, reset } of group) {
          const { rolloutId: id } = reset;
          if (named.has(id))
            throw new UsageError(`two episodes have the name ${id}; give each length and policy once`);
          named.add(id);
          const at = { label, place: this.#placeOf(contest, index, position, repetition) };
          if (skip(id, at)) continue;
          shared ??= this.#publish?.(problem, contest);
          const facts = { task: problem.task.id, policy: reset.policy, seed: reset.seed };
          const payload = { contest, index, position, repetition, ...facts, ...(await shared) };
          const job = { id, payload: payload as unknown as JsonObject };
          this.#enter(job, problem);
          yield job;
        }
      }
    }
  }

  /** Where a rollout stands; null where it has ended. */
  find(id: string): Place | null {
    return this.#entries.get(id) ?? null;
  }

  /** The rollout has ended. */
  strike(id: string): void {
    this.#entries.delete(id);
  }

  /** Those that have not ended. */
  get size(): number {
    return this.#entries.size;
  }

  /** The jobs of those. */
  *jobs(): Generator<RolloutJob> {
    for (const { job } of this.#entries.values()) yield job;
  }

  /**
   * Enters a job that an earlier coordinator planned. Its task is made anew: what the job says of it may come from others.
   * Throws `ForeignRecordError` where this run has no such job.
   */
  async know(job: RolloutJob): Promise<void> {
    if (!this.#entries.has(job.id)) this.#enter(job, await this.#problemOf(job));
  }

  /** The job's episode. Throws `ForeignRecordError` where this run has no such job. */
  async episode(job: RolloutJob): Promise<NamedEpisode> {
    const found = this.#entries.get(job.id);
    if (found?.episode) return found.episode;
    // What was planned here counts, whatever came back from the queue.
    const own = found?.job ?? job;
    const problem = await this.#problemOf(own);
    if (!found) this.#enter(own, problem);
    return episodeOf(this.#options, this.#shared, payloadOf(own), problem);
  }

  /** Throws `ForeignRecordError` for a record that is not the one of this job, which is entered. */
  expectOwn({ id }: RolloutJob, record: Trajectory): void {
    const { job } = this.#entries.get(id)!;
    const { contest, task, policy, seed, context } = payloadOf(job);
    const { environment } = this.#options.matchups[contest]!;
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
      `job ${job.id.slice(0, 200)}: it is not of this run, which has ${reset.rolloutId}`,
    );
  }

  #enter(job: RolloutJob, problem: Problem): void {
    const payload = payloadOf(job);
    const { contest, index, position, repetition } = payload;
    const { label } = this.#options.matchups[contest]!;
    const place = this.#placeOf(contest, index, position, repetition);
    const { reference } = problem;
    const kept = this.#publish === null;
    const context = kept ? problem.task.context : null;
    const episode = kept ? episodeOf(this.#options, this.#shared, payload, problem) : null;
    this.#entries.set(job.id, { job, context, reference, label, place, episode });
  }

  #placeOf(contest: number, index: number, position: number, repetition: number): number {
    const { matchups, episodes, groupSize } = this.#options;
    const before = matchups.slice(0, contest).reduce((sum, { policies }) => sum + policies.length, 0);
    return ((before + position) * episodes + index) * groupSize + repetition;
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? "nothing";
}
