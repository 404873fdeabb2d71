/** Finds marks in a text where they mean something: not in code fences, and not in quotes. */

/** The marks of one text, found in time linear in it, however many of them stand where they mean nothing. */
export class MarkPlaces {
  readonly text: string;
  readonly #known = new Map<string, number>();
  #fences: readonly Span[] | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** The first offset of a mark outside of closed code fences and quotes; -1 if there is none. */
  first(mark: string, from = 0): number {
    const known = from === 0 ? this.#known.get(mark) : undefined;
    if (known !== undefined) return known;
    const at = this.#find(mark, from);
    if (from === 0) this.#known.set(mark, at);
    return at;
  }

  #find(mark: string, from: number): number {
    const { text } = this;
    let fence = 0;
    for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
      this.#fences ??= closedFences(text);
      while (fence < this.#fences.length && this.#fences[fence]!.end <= at) fence += 1;
      const around = this.#fences[fence];
      // All marks of a fence are passed over at once.
      if (around && around.start <= at) at = around.end - 1;
      else if (!isQuoted(text, at, mark.length)) return at;
    }
    return -1;
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Whether only spaces stand between the offset and the beginning of its line. */
export function beginsLine(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === " " || text[before] === "\t") before -= 1;
  return before < 0 || text[before] === "\n";
}

function isQuoted(text: string, at: number, length: number): boolean {
  return /["'`]/.test(text[at - 1] ?? "") && /["'`\\]/.test(text[at + length] ?? "");
}

/** A line that opens or closes a fence, and the rest of that line. */
const FENCE_LINE = /(?<![^\n])[ \t]*(`{3,}|~{3,})([^\n]*)/g;

/** Closed fences, with their lines. A fence that is never closed may be part of a thought that broke off. */
function closedFences(text: string): readonly Span[] {
  const fences: Span[] = [];
  let open: { readonly start: number; readonly fence: string } | null = null;
  for (const { 0: line, 1: fence = "", 2: rest = "", index } of text.matchAll(FENCE_LINE)) {
    if (open === null) open = { start: index, fence };
    else if (fence.startsWith(open.fence) && rest.trim() === "") {
      fences.push({ start: open.start, end: index + line.length });
      open = null;
    }
  }
  return fences;
}
