/** A part of an endless dataset, with the problem at any index, however large: a trainer's seeds may be any whole numbers. */
import { setImmediate as others } from "node:timers/promises";
import { Random } from "../random.ts";
import type { Problem } from "../types.ts";
import type { Dataset } from "./dataset.ts";

/** So many problems of a part are those that come first in the whole; all further ones are drawn, and none before them is made. */
const COUNTED = 1000;
/** Drawn problems stand after all that are counted, and where an index is exact. */
const DRAWN_FROM = 2 ** 40;
const DRAWN_RANGE = 2 ** 48;
/** Reading on takes so long at a time before others may go on. */
const READING_MS = 20;

/** An endless dataset that can make the problem at an index. */
export type Endless = Dataset & Required<Pick<Dataset, "at">>;

/**
 * The problems that satisfy a predicate. The first thousand have the order of the whole. Each later index draws places of the
 * whole until one satisfies it, so that finding it takes as many problems as a share of the part, and not as the index.
 */
export function endlessPart(dataset: Endless, keep: (problem: Problem) => boolean): Endless {
  const part = new EndlessPart(dataset, keep);
  const at = (index: number) => part.at(index);
  return {
    name: dataset.name,
    size: Infinity,
    at,
    async *[Symbol.asyncIterator]() {
      for (let index = 0; ; index += 1) yield await at(index);
    },
  };
}

class EndlessPart {
  readonly #dataset: Endless;
  readonly #keep: (problem: Problem) => boolean;
  /** Where the part's first problems stand in the whole, as far as it was read. */
  readonly #places: number[] = [];
  #read = 0;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(dataset: Endless, keep: (problem: Problem) => boolean) {
    this.#dataset = dataset;
    this.#keep = keep;
  }

  at(index: number): Promise<Problem> {
    if (index >= COUNTED) return this.#draw(index);
    const place = this.#places[index];
    if (place !== undefined) return this.#dataset.at(place);
    // One request after the other, since each reads on where the one before it ended.
    const answer = this.#reading.then(() => this.#readTo(index));
    this.#reading = answer.catch(() => {});
    return answer;
  }

  async #readTo(index: number): Promise<Problem> {
    const known = this.#places[index];
    if (known !== undefined) return await this.#dataset.at(known);
    let since = performance.now();
    for (;;) {
      const problem = await this.#dataset.at(this.#read);
      if (this.#keep(problem)) this.#places.push(this.#read);
      this.#read += 1;
      if (this.#places.length > index) return problem;
      since = await shareTime(since);
    }
  }

  async #draw(index: number): Promise<Problem> {
    const random = Random.of(0, "part", index);
    let since = performance.now();
    for (;;) {
      const problem = await this.#dataset.at(DRAWN_FROM + random.below(DRAWN_RANGE));
      if (this.#keep(problem)) return problem;
      since = await shareTime(since);
    }
  }
}

/** Lets others go on if reading has taken long enough since then; says since when it goes on. */
async function shareTime(since: number): Promise<number> {
  if (performance.now() - since < READING_MS) return since;
  await others();
  return performance.now();
}
