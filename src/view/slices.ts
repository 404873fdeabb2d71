/** Finds which stretches of the context stand in other texts, and where values stand in it. */
import { type Range, TextIndex } from "../metrics/text-index.ts";
import type { AuditSlice } from "./audit-shapes.ts";
import type { ContextText } from "./context-text.ts";

/** Longer contexts are not searched. */
const MOST_CHARS = 64 * 1024 * 1024;
/** The shortest line of another text that is looked up by itself. */
const SHORTEST_LINE = 16;
/** A value that stands more often tells nothing. */
const MOST_PLACES = 20;
/** Characters before and after a value within which its sentence is looked for. */
const AROUND = 300;
const SHOWN_CHARS = 200;

/** The slices of one trail, each once. */
export class SliceFinder {
  readonly slices: AuditSlice[] = [];
  readonly #context: ContextText;
  #index: TextIndex | null = null;
  readonly #known = new Map<string, number>();

  constructor(context: ContextText) {
    this.#context = context;
  }

  /** False of a context that is too long to be searched. */
  get canSearch(): boolean {
    return this.#context.text.length <= MOST_CHARS;
  }

  /** The stretches of the context that a text holds, in the order of the context. */
  rangesIn(other: string): Range[] {
    if (!this.canSearch) return [];
    this.#index ??= new TextIndex(this.#context.text);
    const found = this.#index.find(other);
    const ranges = found.length > 0 ? found : this.#linesIn(other);
    return this.#joined(ranges, other)
      .map((range) => this.#trimmed(range))
      .filter(({ start, end }) => end > start);
  }

  /** The sentences or lines in which a value stands as a word, within the ranges; none where it stands too often to tell. */
  sentencesWith(value: string, within: readonly Range[] | null = null): Range[] {
    const { text } = this.#context;
    if (!this.canSearch || value.length < 2) return [];
    const found: Range[] = [];
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
      const range = { start: at, end: at + value.length };
      if (!isWord(text, range)) continue;
      if (within !== null && !within.some(({ start, end }) => start <= range.start && range.end <= end))
        continue;
      if (found.length === MOST_PLACES) return [];
      found.push(sentenceAround(text, range));
    }
    return found;
  }

  /** The position of a slice, which is made where it is not there yet. */
  add(kind: AuditSlice["kind"], { start, end }: Range, holds: readonly string[]): number {
    const key = `${kind} ${start} ${end}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      const slice = this.slices[known]!;
      this.slices[known] = { ...slice, holds: [...new Set([...slice.holds, ...holds])] };
      return known;
    }
    const text = this.#context.text.slice(start, Math.min(end, start + SHOWN_CHARS));
    this.slices.push({ kind, start, end, places: this.#context.placesOf({ start, end }), text, holds });
    this.#known.set(key, this.slices.length - 1);
    return this.slices.length - 1;
  }

  /** Short texts hold no block of the index; their lines are looked up one by one. */
  #linesIn(other: string): Range[] {
    const { text } = this.#context;
    return other.split("\n").flatMap((line) => {
      const wanted = line.trim();
      if (wanted.length < SHORTEST_LINE) return [];
      const at = text.indexOf(wanted);
      return at === -1 ? [] : [{ start: at, end: at + wanted.length }];
    });
  }

  /**
   * The stretches as far as they go on both sides, the longest first: a line that stands in several places may have been found
   * in another one than that which the longer stretch around it is from.
   */
  #joined(ranges: readonly Range[], other: string): Range[] {
    const { text } = this.#context;
    const covered: Range[] = [];
    const grown: Range[] = [];
    for (const { start, end } of ranges.toSorted((a, b) => b.end - b.start - (a.end - a.start))) {
      const at = freePlace(other, text.slice(start, end), covered);
      if (at === null) continue;
      let [before, after] = [0, end - start];
      while (start - before > 0 && at - before > 0 && text[start - before - 1] === other[at - before - 1])
        before += 1;
      while (
        start + after < text.length &&
        at + after < other.length &&
        text[start + after] === other[at + after]
      )
        after += 1;
      covered.push({ start: at - before, end: at + after });
      grown.push({ start: start - before, end: start + after });
    }
    const joined: Range[] = [];
    for (const range of grown.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
      const last = joined.at(-1);
      if (last && range.start <= last.end)
        joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
      else joined.push(range);
    }
    return joined;
  }

  /** White space at the edges may be the prompt's own as well as the context's, so it is left out. */
  #trimmed({ start, end }: Range): Range {
    const text = this.#context.text.slice(start, end);
    return {
      start: start + text.length - text.trimStart().length,
      end: end - (text.length - text.trimEnd().length),
    };
  }
}

/** Where a piece stands outside what is covered; null where it does so nowhere. */
function freePlace(other: string, piece: string, covered: readonly Range[]): number | null {
  for (let at = other.indexOf(piece); at !== -1; at = other.indexOf(piece, at + 1)) {
    const end = at + piece.length;
    if (!covered.some((range) => at < range.end && range.start < end)) return at;
  }
  return null;
}

const LETTER = /[\p{L}\p{N}_]/u;

function isWord(text: string, { start, end }: Range): boolean {
  return !LETTER.test(text[start - 1] ?? " ") && !LETTER.test(text[end] ?? " ");
}

function sentenceAround(text: string, { start, end }: Range): Range {
  const before = text.slice(Math.max(0, start - AROUND), start);
  const breaks = [...before.matchAll(/\n|[.!?]["'”’)\]]*\s+/g)].at(-1);
  const first = breaks === undefined ? 0 : breaks.index + breaks[0].length;
  const after = text.slice(end, end + AROUND);
  const stop = /\n|[.!?]["'”’)\]]*(?=\s|$)/.exec(after);
  const last = stop === null ? after.length : stop.index + (stop[0] === "\n" ? 0 : stop[0].length);
  return { start: start - before.length + first, end: end + last };
}

/** Parts of an answer that can be looked for: the whole of it, and what commas, semicolons and lines part. */
export function valuesOf(answer: string): string[] {
  const parts = answer
    .split(/[,;\n]|\band\b/)
    .map((part) => part.replaceAll(/^[\s"'`[\](){}*]+|[\s"'`[\](){}*.]+$/g, ""));
  const whole = answer.trim();
  return [...new Set([whole, ...parts])]
    .filter((value) => value.length >= 2 && value.length <= 400)
    .slice(0, 64);
}

/** Those of the values that stand in a text as words. */
export function heldIn(text: string | null, values: readonly string[]): string[] {
  if (text === null) return [];
  return values.filter((value) => {
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1))
      if (isWord(text, { start: at, end: at + value.length })) return true;
    return false;
  });
}
