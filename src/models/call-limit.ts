/** A bound on concurrent model calls, shared fairly by all callers. */
import { UsageError } from "../errors.ts";
import { onAbort } from "../on-abort.ts";
import { throwIfAborted } from "./interruption.ts";
import { standIn, type Model } from "./model.ts";

/**
 * A number of slots for calls. A call that finds no free slot waits in the line of its party (an episode). Parties get free
 * slots in turn, so that an episode with a batch of thousands delays the others by one call at a time. Each line is first
 * come, first served.
 */
export class CallLimit {
  readonly #lines = new Map<string, Set<() => void>>();
  #free: number;

  constructor(slots: number) {
    if (!Number.isInteger(slots) || slots < 1)
      throw new UsageError(`call limit: expected a whole number of at least 1, got ${slots}`);
    this.#free = slots;
  }

  /** Runs the job once a slot is free. If the signal aborts before, the job leaves its line and the reason is thrown. */
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
        forget?.();
        resolve();
      };
      line.add(enter);
      const forget =
        signal &&
        onAbort(signal, () => {
          line.delete(enter);
          if (line.size === 0) this.#lines.delete(party);
          reject(signal.reason as Error);
        });
    });
  }

  /** Passes the slot to the first job of the next line, and moves that line behind the others. */
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

/** Wraps a model so that its calls take slots of a limit. `party` names the episode for which the calls are made. */
export function limitedModel(model: Model, limit: CallLimit, party: string): Model {
  return standIn(model, async (request, options = {}) => {
    const { signal } = options;
    const called = { model: model.name, attempts: 0, signal };
    try {
      return await limit.run(party, () => model.complete(request, options), signal);
    } catch (error) {
      if (error === signal?.reason) throwIfAborted(called);
      throw error;
    }
  });
}

/** Runs a job once a slot is free. An aborted signal removes the job from the line. */
export type Gate = <T>(job: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** A gate of a tree's own limit and the run's. @param tree the party in both, so that trees share the run's slots in turn */
export function gateOf(own: CallLimit, run: CallLimit | undefined, tree: string): Gate {
  return (job, signal) => own.run(tree, run ? () => run.run(tree, job, signal) : job, signal);
}

/** Wraps a model so that its calls pass a gate. */
export function gatedModel(model: Model, gate: Gate): Model {
  return standIn(model, (request, options = {}) => {
    const signal = options.signal ?? new AbortController().signal;
    return gate(() => model.complete(request, { ...options, signal }), signal);
  });
}
