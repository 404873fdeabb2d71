/** A bound on how many model calls are under way at the same time, shared fairly by all that make them. */
import { UsageError } from "../errors.ts";
import { ownSignal, throwIfAborted } from "./interruption.ts";
import { standIn, type Model } from "./model.ts";

/**
 * A number of places. A call that finds no free place waits in the line of its party (an episode). Free places go round the
 * parties, so that an episode with a batch of thousands delays the others by one call at a time. Each line keeps its order.
 */
export class CallLimit {
  readonly #lines = new Map<string, Set<() => void>>();
  #free: number;

  constructor(places: number) {
    if (!Number.isInteger(places) || places < 1)
      throw new UsageError(`call limit: expected a whole number of places, got ${places}`);
    this.#free = places;
  }

  /** Runs the job once there is a place. If the signal aborts, the job leaves its line and the signal's reason is thrown. */
  async run<T>(party: string, job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(party, signal);
    try {
      return await job();
    } finally {
      this.#passOn();
    }
  }

  #wait(party: string, signal: AbortSignal | undefined): Promise<void> {
    const line = this.#lines.get(party) ?? new Set();
    this.#lines.set(party, line);
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        line.delete(enter);
        if (line.size === 0) this.#lines.delete(party);
        reject(signal?.reason as Error);
      };
      line.add(enter);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** Gives the place to the first of the line whose turn it is, and puts that line behind the others. */
  #passOn(): void {
    const [next] = this.#lines;
    if (!next) {
      this.#free += 1;
      return;
    }
    const [party, line] = next;
    const [enter] = line as Set<() => void>;
    line.delete(enter!);
    this.#lines.delete(party);
    if (line.size > 0) this.#lines.set(party, line);
    enter!();
  }
}

/** The model under a limit. `party` names the episode that the calls are made for. */
export function limitedModel(model: Model, limit: CallLimit, party: string): Model {
  return standIn(model, async (request, options = {}) => {
    const signal = ownSignal(options.signal);
    const called = { model: model.name, attempts: 0, signal };
    try {
      return await limit.run(
        party,
        () => model.complete(request, { ...options, ...(signal && { signal }) }),
        signal,
      );
    } catch (error) {
      if (error === signal?.reason) throwIfAborted(called);
      throw error;
    }
  });
}

/** Runs a job once there is a place for it; an aborted signal takes it out of the line. */
export type Gate = <T>(job: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** @param tree whom the calls are made for, so that the run's places go round the trees */
export function gateOf(own: CallLimit, run: CallLimit | undefined, tree: string): Gate {
  return (job, signal) => own.run(tree, run ? () => run.run(tree, job, signal) : job, signal);
}

/** The model behind the gate. */
export function gatedModel(model: Model, gate: Gate): Model {
  return standIn(model, (request, options = {}) => {
    const signal = options.signal ?? new AbortController().signal;
    return gate(() => model.complete(request, { ...options, signal }), signal);
  });
}
