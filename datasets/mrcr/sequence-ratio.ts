/**
 * `difflib.SequenceMatcher(None, a, b).ratio()` of CPython, with its autojunk: the score of MRCR. Texts are sequences of code
 * points, as in Python.
 */

/** From this length of the second text on, its popular characters begin no match. */
const AUTOJUNK_FROM = 200;
/** Steps of the search after which two texts count as unlike: built to be slow, since written text takes a thousandth of them. */
const MOST_STEPS = 20_000_000;

/** Twice the matching code points over all code points, from 0 to 1; null for texts whose comparison takes too many steps. */
export function sequenceRatio(first: string, second: string): number | null {
  const [a, b] = [codePoints(first), codePoints(second)];
  if (a.length + b.length === 0) return 1;
  const matches = countMatches(a, b);
  return matches === null ? null : (2 * matches) / (a.length + b.length);
}

/** The code points in matching blocks: the longest match, then the same before and after it. */
function countMatches(a: Uint32Array, b: Uint32Array): number | null {
  const places = placesOf(b);
  const search = new LongestMatch(a, b, places);
  const ranges = [{ aFrom: 0, aTo: a.length, bFrom: 0, bTo: b.length }];
  let matches = 0;
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const { aFrom, aTo, bFrom, bTo } = range;
    const found = search.within(aFrom, aTo, bFrom, bTo);
    if (found === null) return null;
    const { aAt, bAt, size } = found;
    if (size === 0) continue;
    matches += size;
    if (aFrom < aAt && bFrom < bAt) ranges.push({ aFrom, aTo: aAt, bFrom, bTo: bAt });
    if (aAt + size < aTo && bAt + size < bTo) ranges.push({ aFrom: aAt + size, aTo, bFrom: bAt + size, bTo });
  }
  return matches;
}

/** Where each code point stands in the text, in order, without those that stand in more than one place of a hundred. */
function placesOf(b: Uint32Array): ReadonlyMap<number, readonly number[]> {
  const places = new Map<number, number[]>();
  for (const [at, point] of b.entries()) {
    const known = places.get(point);
    if (known) known.push(at);
    else places.set(point, [at]);
  }
  if (b.length >= AUTOJUNK_FROM) {
    const most = Math.floor(b.length / 100) + 1;
    for (const [point, all] of places) if (all.length > most) places.delete(point);
  }
  return places;
}

interface Match {
  readonly aAt: number;
  readonly bAt: number;
  readonly size: number;
}

class LongestMatch {
  readonly #a: Uint32Array;
  readonly #b: Uint32Array;
  readonly #places: ReadonlyMap<number, readonly number[]>;
  /** The length of the match that ends at a place of b, with the last code point of a and with the one before it. */
  #lengths: Int32Array;
  #before: Int32Array;
  #steps = 0;

  constructor(a: Uint32Array, b: Uint32Array, places: ReadonlyMap<number, readonly number[]>) {
    this.#a = a;
    this.#b = b;
    this.#places = places;
    this.#lengths = new Int32Array(b.length + 1);
    this.#before = new Int32Array(b.length + 1);
  }

  /** The first of the longest matches in these parts, made longer by equal neighbours; null after too many steps. */
  within(aFrom: number, aTo: number, bFrom: number, bTo: number): Match | null {
    let [aAt, bAt, size] = [aFrom, bFrom, 0];
    let written: readonly number[] = [];
    for (let i = aFrom; i < aTo; i += 1) {
      this.#steps += 1;
      const places = this.#places.get(this.#a[i]!);
      if (places === undefined) {
        if (written.length > 0) this.#clear(written);
        written = [];
        continue;
      }
      const begin = firstFrom(places, bFrom);
      let at = begin;
      for (; at < places.length && places[at]! < bTo; at += 1) {
        const j = places[at]!;
        // Shifted by one, so that the place before the first one is there.
        const length = this.#before[j]! + 1;
        this.#lengths[j + 1] = length;
        if (length > size) [aAt, bAt, size] = [i - length + 1, j - length + 1, length];
      }
      this.#steps += at - begin;
      if (this.#steps > MOST_STEPS) return null;
      this.#clear(written);
      written = places.slice(begin, at);
      const lengths = this.#lengths;
      this.#lengths = this.#before;
      this.#before = lengths;
    }
    this.#clear(written);
    while (aAt > aFrom && bAt > bFrom && this.#b[bAt - 1] === this.#a[aAt - 1])
      [aAt, bAt, size] = [aAt - 1, bAt - 1, size + 1];
    while (aAt + size < aTo && bAt + size < bTo && this.#b[bAt + size] === this.#a[aAt + size]) size += 1;
    return { aAt, bAt, size };
  }

  /** Forgets the matches that ended at these places of b. */
  #clear(places: readonly number[]): void {
    for (const j of places) this.#before[j + 1] = 0;
  }
}

/** The index of the first place from an offset on. */
function firstFrom(places: readonly number[], from: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function codePoints(text: string): Uint32Array {
  const points = new Uint32Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at)!;
    points[count] = point;
    count += 1;
    if (point > 0xffff) at += 1;
  }
  return points.subarray(0, count);
}
