/** F1 over pairs of users, by membership: the number of gold pairs grows with the square of the users, so they are never listed. */
import { DataError } from "../../src/errors.ts";
import type { Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import type { EligibleUsers } from "./eligible.ts";

const PAIR = /\(\s*(\d+)\s*,\s*(\d+)\s*\)/g;
/** Two ids up to this limit fit into one exact double. */
const ID_LIMIT = 2 ** 26;

/** F1 of the pairs `(id, id)` in the answer, in either order, each counted once; 1 if neither answer nor gold has any. */
export const pairsF1: Scorer = (answer, reference) => {
  const eligible = eligibleOf(reference);
  const gold = pairCount(eligible);
  const { total, hits } = countPairs(answer, eligible);
  if (total === 0 || gold === 0) return total === gold ? 1 : 0;
  return (2 * hits) / (total + gold);
};

/** `pairsF1` for training: 0 for an answer longer than the gold written out, plus room for a heading. */
export const trainingScore: Scorer = capped(
  pairsF1,
  (reference) => 400 + 20 * pairCount(eligibleOf(reference)),
);

/** How many pairs the gold has: in either order, no user with itself, each pair once. */
export function pairCount({ first, second }: EligibleUsers): number {
  const seconds = new Set(second);
  const both = first.filter((id) => seconds.has(id)).length;
  return first.length * second.length - both - (both * (both - 1)) / 2;
}

/** The gold's pairs, low id first, one by one. */
export function* goldPairs(reference: Reference): Generator<readonly [string, string]> {
  const { first, second } = eligibleOf(reference);
  const [firsts, seconds] = [new Set(first), new Set(second)];
  const users = [...new Set([...first, ...second])]
    .toSorted((a, b) => Number(a) - Number(b))
    .map((id, index) => ({ id, index, first: firsts.has(id), second: seconds.has(id) }));
  // Only users that make a pair with the lower one are visited: the others may be many.
  const [inFirst, inSecond] = [users.filter((user) => user.first), users.filter((user) => user.second)];
  let [nextFirst, nextSecond] = [0, 0];
  for (const low of users) {
    while (nextFirst < inFirst.length && inFirst[nextFirst]!.index <= low.index) nextFirst += 1;
    while (nextSecond < inSecond.length && inSecond[nextSecond]!.index <= low.index) nextSecond += 1;
    const [others, start] = !low.first
      ? [inFirst, nextFirst]
      : low.second
        ? [users, low.index + 1]
        : [inSecond, nextSecond];
    for (let at = start; at < others.length; at += 1) yield [low.id, others[at]!.id];
  }
}

function eligibleOf({ taskId, metadata }: Reference): EligibleUsers {
  const { first, second } = metadata;
  if (!Array.isArray(first) || !Array.isArray(second))
    throw new DataError(
      `reference ${taskId}: expected the lists "first" and "second" of user ids in its metadata`,
    );
  return { first, second };
}

/** Distinct pairs of an answer, and how many of them are gold. Uses sorted numbers, because a Set holds at most 2^24 items. */
function countPairs(answer: string, { first, second }: EligibleUsers): { total: number; hits: number } {
  const [firsts, seconds] = [idSet(first), idSet(second)];
  const pairs = new PairList();
  const unknown = new Set<string>();
  for (const [, a, b] of answer.matchAll(PAIR)) {
    const low = Math.min(Number(a), Number(b));
    const high = Math.max(Number(a), Number(b));
    if (high < ID_LIMIT) pairs.push(low * ID_LIMIT + high);
    else unknown.add(`${low} ${high}`);
  }
  const counted = { total: unknown.size, hits: 0 };
  pairs.forEachDistinct((pair) => {
    const low = Math.floor(pair / ID_LIMIT);
    const high = pair % ID_LIMIT;
    const isGold = (firsts.has(low) && seconds.has(high)) || (firsts.has(high) && seconds.has(low));
    counted.total += 1;
    counted.hits += Number(isGold && low !== high);
  });
  return counted;
}

function idSet(ids: readonly string[]): Set<number> {
  return new Set(ids.map(Number));
}

/** A growing list of doubles. */
class PairList {
  #items = new Float64Array(1024);
  #length = 0;

  push(item: number): void {
    if (this.#length === this.#items.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.#length] = item;
    this.#length += 1;
  }

  forEachDistinct(visit: (item: number) => void): void {
    let last = Number.NaN;
    const items = this.#items.subarray(0, this.#length);
    // oxlint-disable-next-line unicorn/no-array-sort -- in place, because there may be tens of millions
    items.sort();
    for (const item of items) {
      if (item !== last) visit(item);
      last = item;
    }
  }
}
