/** Where problems come from: a named async iterable, with the operations every source shares. */
import { UsageError } from "../errors.ts";
import { Random } from "../random.ts";
import type { Problem } from "../types.ts";

/** An async iterable of problems. Iterating twice yields the same problems in the same order. */
export interface Dataset extends AsyncIterable<Problem> {
  readonly name: string;
  /** Number of problems; Infinity for a generator without an end; undefined where only a full reading tells. */
  readonly size: number | undefined;
  /** The problem at an index, for sources that need not read the ones before it. */
  at?(index: number): Promise<Problem>;
}

/**
 * A dataset without an end whose problem at an index is made when it is asked for.
 *
 * @param at pure: the same index gives the same problem
 */
export function generated(name: string, at: (index: number) => Problem | Promise<Problem>): Dataset {
  return {
    name,
    size: Infinity,
    at: async (index) => at(index),
    async *[Symbol.asyncIterator]() {
      for (let index = 0; ; index += 1) yield await at(index);
    },
  };
}

/** The first `count` problems. */
export function take(dataset: Dataset, count: number): Dataset {
  if (!Number.isInteger(count) || count < 0)
    throw new UsageError(`take: expected a whole number of problems, got ${count}`);
  return {
    name: dataset.name,
    size: dataset.size === undefined ? undefined : Math.min(dataset.size, count),
    ...(dataset.at && { at: (index: number) => problemAt(dataset, index) }),
    async *[Symbol.asyncIterator]() {
      if (count === 0) return;
      let taken = 0;
      for await (const problem of dataset) {
        yield problem;
        taken += 1;
        if (taken === count) return;
      }
    },
  };
}

/**
 * The same problems in an order drawn from the seed, by a buffer of `buffer` problems: exact for sources that fit
 * it, approximate (as every streaming shuffle) for longer ones, and never in need of more memory.
 */
export function shuffle(dataset: Dataset, seed: number, buffer = 10_000): Dataset {
  return {
    name: dataset.name,
    size: dataset.size,
    async *[Symbol.asyncIterator]() {
      const random = new Random(seed);
      const held: Problem[] = [];
      for await (const problem of dataset) {
        held.push(problem);
        if (held.length < buffer) continue;
        yield removeAt(held, random.below(held.length));
      }
      while (held.length > 0) yield removeAt(held, random.below(held.length));
    },
  };
}

/**
 * Splits by a group's name (default: the context's, so that no context is on both sides): a group falls into the
 * held-out part with probability `heldOut`, decided by a hash of seed and name alone.
 */
export function split(
  dataset: Dataset,
  options: { heldOut: number; seed: number; groupOf?: (problem: Problem) => string },
): { train: Dataset; heldOut: Dataset } {
  const groupOf = options.groupOf ?? ((problem) => contextGroup(problem));
  const isHeldOut = (problem: Problem) =>
    Random.of(options.seed, groupOf(problem)).random() < options.heldOut;
  return {
    train: filter(dataset, (problem) => !isHeldOut(problem)),
    heldOut: filter(dataset, isHeldOut),
  };
}

/** The problems that satisfy a predicate; of a generator without an end, it is taken that there is no end of them. */
export function filter(dataset: Dataset, keep: (problem: Problem) => boolean): Dataset {
  return {
    name: dataset.name,
    size: dataset.size === Infinity ? Infinity : undefined,
    async *[Symbol.asyncIterator]() {
      for await (const problem of dataset) if (keep(problem)) yield problem;
    },
  };
}

/** The problem at an index ≥ 0, read from the front where the source cannot jump. The index wraps around the size. */
export async function problemAt(dataset: Dataset, index: number): Promise<Problem> {
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new UsageError(
      `${dataset.name}: expected the index of a problem, a whole number ≥ 0, got ${index}`,
    );
  }
  const size = dataset.size;
  const wrapped = size === undefined || size === Infinity || size === 0 ? index : index % size;
  if (dataset.at) return dataset.at(wrapped);
  let position = 0;
  let last: Problem | undefined;
  for await (const problem of dataset) {
    if (position === wrapped) return problem;
    last = problem;
    position += 1;
  }
  if (last === undefined) throw new UsageError(`${dataset.name}: the dataset holds no problem`);
  return problemAt(dataset, index % position);
}

function contextGroup(problem: Problem): string {
  const window = problem.task.metadata.context_window_id ?? problem.task.metadata.contextGroup;
  return window === undefined ? problem.task.id : JSON.stringify(window);
}

function removeAt<T>(items: T[], index: number): T {
  const item = items[index] as T;
  const last = items.pop() as T;
  if (index < items.length) items[index] = last;
  return item;
}
