/** Datasets: named async iterables of problems, with operations for all of them. */
import { UsageError } from "../errors.ts";
import { Random } from "../random.ts";
import type { Problem } from "../types.ts";

/** An async iterable of problems. Iterating twice yields the same problems in the same order. */
export interface Dataset extends AsyncIterable<Problem> {
  readonly name: string;
  /** The number of problems: Infinity for an endless generator, undefined if only a full reading would tell. */
  readonly size: number | undefined;
  /** The problem at an index. Only sources that need not read the problems before it have this. */
  at?(index: number): Promise<Problem>;
}

/**
 * An endless dataset whose problems are generated on request.
 *
 * @param at generates the problem at an index. It must be pure: the same index gives the same problem
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

/** The first `count` problems of a dataset. Throws `UsageError` for an invalid count. */
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
 * The same problems in a random order, which depends on the seed. It uses a buffer of `buffer` problems: the shuffle is exact
 * for sources that fit in it, and approximate for longer ones, as every streaming shuffle is.
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

/** The problems that satisfy a predicate. For an endless dataset, the result counts as endless too. */
export function filter(dataset: Dataset, keep: (problem: Problem) => boolean): Dataset {
  return {
    name: dataset.name,
    size: dataset.size === Infinity ? Infinity : undefined,
    async *[Symbol.asyncIterator]() {
      for await (const problem of dataset) if (keep(problem)) yield problem;
    },
  };
}

/**
 * The problem at an index. A source without `at` is read from the beginning. An index past the end wraps around. Throws
 * `UsageError` for an index that is not a whole number ≥ 0, and for an empty dataset.
 */
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
  if (last === undefined) throw new UsageError(`${dataset.name}: the dataset has no problems`);
  return problemAt(dataset, index % position);
}

function removeAt<T>(items: T[], index: number): T {
  const item = items[index] as T;
  const last = items.pop() as T;
  if (index < items.length) items[index] = last;
  return item;
}
