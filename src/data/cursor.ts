/** Gives random access to a dataset that can only be read from the beginning. */
import type { Dataset } from "./dataset.ts";
import { UsageError } from "../errors.ts";
import type { Problem } from "../types.ts";

/**
 * The same dataset with an `at` that reads on from the last problem, so that reading a file in order reads it only once. An
 * index past the end wraps around.
 */
export function withCursor(dataset: Dataset): Dataset {
  if (dataset.at) return dataset;
  const cursor = new Cursor(dataset);
  return { ...dataset, at: (index) => cursor.at(index) };
}

class Cursor {
  readonly #dataset: Dataset;
  #iterator: AsyncIterator<Problem> | null = null;
  #last: { readonly index: number; readonly problem: Problem } | null = null;
  /** The number of problems; null before the end was reached. */
  #count: number | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
  }

  /** Serves one request after the other, since they share the iterator. */
  at(index: number): Promise<Problem> {
    const answer = this.#queue.then(() => this.#seek(index));
    this.#queue = answer.catch(() => this.#rewind());
    return answer;
  }

  async #seek(index: number): Promise<Problem> {
    const wanted = this.#count === null ? index : index % this.#count;
    if (this.#last && this.#last.index > wanted) this.#rewind();
    while (this.#last?.index !== wanted) {
      this.#iterator ??= this.#dataset[Symbol.asyncIterator]();
      const next = await this.#iterator.next();
      const position = (this.#last?.index ?? -1) + 1;
      if (next.done) return this.#seekAgain(index, position);
      this.#last = { index: position, problem: next.value };
    }
    return this.#last.problem;
  }

  #seekAgain(index: number, count: number): Promise<Problem> {
    if (count === 0) throw new UsageError(`${this.#dataset.name}: the dataset has no problems`);
    this.#count = count;
    this.#rewind();
    return this.#seek(index);
  }

  #rewind(): void {
    this.#iterator = null;
    this.#last = null;
  }
}
