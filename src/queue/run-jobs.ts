/** The rollouts of a run as jobs: what each plays, where its figures stand, and how it is found again by its payload alone. */
import { UsageError } from "../errors.ts";
import type { RolloutJob } from "./queue.ts";
import type { Context, JsonObject, Problem, Reference } from "../types.ts";
import { type NamedEpisode, payloadOf, type Publishing, type RolloutPayload } from "./job-payload.ts";
import type { PlannedRun, SharedParts } from "./matchup.ts";
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

/** The episode that a payload means, played on the given problem. Throws `UsageError` where the run has no such rollout. */
export function episodeOf(
  run: PlannedRun,
  shared: SharedParts,
  payload: RolloutPayload,
  problem: Problem,
): NamedEpisode {
  const { environment, policies, subModels, makeEnv } = run.matchups[payload.contest]!;
  const all = rolloutsOf(problem, payload.index, { ...run, environment, policies });
  for (const { policy, position, repetition, reset } of all) {
    if (position !== payload.position || repetition !== payload.repetition) continue;
    return { makeEnv: () => makeEnv(policy, shared), policy, subModel: subModels[0] ?? null, reset };
  }
  throw new UsageError(`no rollout ${payload.repetition} of policy ${payload.position}`);
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
  readonly #publishing: Publishing | null;
  readonly #entries = new Map<string, Entry>();

  /** @param publishing null: tasks stay in memory until their rollouts have ended */
  constructor(options: PlannedRun, shared: SharedParts, publishing: Publishing | null) {
    this.#options = options;
    this.#shared = shared;
    this.#publishing = publishing;
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
          shared ??= this.#publishing?.publish(problem, contest);
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

  /** Enters a job that an earlier coordinator planned. */
  async know(job: RolloutJob): Promise<void> {
    if (!this.#entries.has(job.id)) this.#enter(job, await this.#problemOf(job));
  }

  /** The job's episode. */
  async episode(job: RolloutJob): Promise<NamedEpisode> {
    const found = this.#entries.get(job.id)?.episode;
    if (found) return found;
    const problem = await this.#problemOf(job);
    if (!this.#entries.has(job.id)) this.#enter(job, problem);
    return episodeOf(this.#options, this.#shared, payloadOf(job), problem);
  }

  #problemOf(job: RolloutJob): Promise<Problem> {
    const payload = payloadOf(job);
    return this.#publishing!.find(payload);
  }

  #enter(job: RolloutJob, problem: Problem): void {
    const payload = payloadOf(job);
    const { contest, index, position, repetition } = payload;
    const { label } = this.#options.matchups[contest]!;
    const place = this.#placeOf(contest, index, position, repetition);
    const { reference } = problem;
    const kept = this.#publishing === null;
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
