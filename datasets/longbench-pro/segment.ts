/**
 * Cuts Chinese text into words as the Python package jieba 0.42.1 does (`jieba.cut` with its hidden Markov model), with the
 * dictionary and the probabilities of the package, which the user names: they are too large to ship.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError, UsageError } from "../../src/errors.ts";
import { WHITE_SPACE } from "../python-text.ts";

/** The words of a text, which joined give the text. */
export type Segmenter = (text: string) => string[];

interface Dictionary {
  /** Words, with how often each occurs, and their beginnings, with 0. */
  readonly counts: ReadonlyMap<string, number>;
  readonly logTotal: number;
}

const STATES = ["B", "E", "M", "S"] as const;
type State = (typeof STATES)[number];
type Chances = Readonly<Record<string, number>>;

/** The model of how characters that are in no word form words: at the Beginning, in the Middle, at the End, or Single. */
interface HiddenMarkov {
  readonly start: Chances;
  readonly moves: Readonly<Record<string, Chances>>;
  readonly emits: Readonly<Record<string, Chances>>;
}

/** What may stand before a state. */
const BEFORE: Readonly<Record<State, readonly State[]>> = {
  B: ["E", "S"],
  M: ["M", "B"],
  S: ["S", "E"],
  E: ["B", "M"],
};
const NEVER = -3.14e100;
const FILES = [
  "dict.txt",
  "finalseg/prob_start.py",
  "finalseg/prob_trans.py",
  "finalseg/prob_emit.py",
] as const;
const BLOCK = /([\u4E00-\u9FD5a-zA-Z0-9+#&._%-]+)/;
const SPACE = new RegExp(`(\r\n|${WHITE_SPACE})`);
const HAN = /([\u4E00-\u9FD5]+)/;
const LATIN = /([a-zA-Z0-9]+(?:\.\d+)?%?)/;

/**
 * A segmenter over the files of the package, which it reads at once: half a million beginnings of words. Throws `UsageError` for a
 * folder without them, `DataError` for a file that is none of jieba's, with its line.
 *
 * @param folder the package's folder, with `dict.txt` and `finalseg/`
 */
export function jiebaSegmenter(folder: string): Segmenter {
  const missing = FILES.find((file) => !existsSync(join(folder, file)));
  if (missing !== undefined)
    throw new UsageError(`${folder}: expected the folder of the Python package jieba, with ${missing}`);
  const [dictionary, model] = [readDictionary(join(folder, FILES[0])), readModel(folder)];
  return (text) => cut(text, dictionary, model);
}

function readDictionary(file: string): Dictionary {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [index, line] of readFileSync(file, "utf8").split("\n").entries()) {
    if (line.trim() === "") continue;
    const [word = "", count = ""] = line.trim().split(" ");
    if (!/^\d+$/.test(count))
      throw new DataError(`${file} line ${index + 1}: expected a word and a whole number`);
    counts.set(word, Number(count));
    total += Number(count);
    for (let end = 1; end < word.length; end += 1) {
      const beginning = word.slice(0, end);
      if (!counts.has(beginning)) counts.set(beginning, 0);
    }
  }
  return { counts, logTotal: Math.log(total) };
}

function readModel(folder: string): HiddenMarkov {
  const [start, moves, emits] = FILES.slice(1).map((file) => readTable(join(folder, file)));
  return { start, moves, emits } as HiddenMarkov;
}

/** The dictionary `P` of a Python file, whose literals are JSON but for the quotes. */
function readTable(file: string): unknown {
  const text = readFileSync(file, "utf8");
  try {
    return JSON.parse(text.slice(text.indexOf("P=") + 2).replaceAll("'", '"'));
  } catch (error) {
    throw new DataError(`${file}: expected a table P={…} of probabilities`, { cause: error });
  }
}

function cut(text: string, dictionary: Dictionary, model: HiddenMarkov): string[] {
  return text.split(BLOCK).flatMap((block, index) => {
    if (index % 2 === 1) return cutBlock(block, dictionary, model);
    return block.split(SPACE).flatMap((part, i) => (i % 2 === 1 ? [part] : Array.from(part)));
  });
}

/** Takes the likeliest way through the dictionary; what it leaves as single characters goes to the model. */
function cutBlock(block: string, dictionary: Dictionary, model: HiddenMarkov): string[] {
  const ends = likeliestEnds(block, dictionary);
  const found: string[] = [];
  let singles = "";
  const flush = () => {
    if (singles === "") return;
    if (singles.length === 1 || dictionary.counts.get(singles)) found.push(...Array.from(singles));
    else found.push(...cutSingles(singles, model));
    singles = "";
  };
  for (let at = 0; at < block.length; at = ends[at]!) {
    const word = block.slice(at, ends[at]);
    if (word.length === 1) singles += word;
    else {
      flush();
      found.push(word);
    }
  }
  flush();
  return found;
}

/** Where the word that begins at each place ends; of equally likely words, the longest. */
function likeliestEnds(block: string, { counts, logTotal }: Dictionary): Uint32Array {
  const chances = new Float64Array(block.length + 1);
  const ends = new Uint32Array(block.length);
  for (let at = block.length - 1; at >= 0; at -= 1) {
    let best = -Infinity;
    for (const end of wordEnds(block, at, counts)) {
      const chance = Math.log(counts.get(block.slice(at, end)) || 1) - logTotal + chances[end]!;
      if (chance >= best) [best, ends[at]] = [chance, end];
    }
    chances[at] = best;
  }
  return ends;
}

function* wordEnds(block: string, at: number, counts: Dictionary["counts"]): Generator<number> {
  let isAny = false;
  for (let end = at + 1; end <= block.length; end += 1) {
    const count = counts.get(block.slice(at, end));
    if (count === undefined) break;
    if (count > 0) yield end;
    isAny ||= count > 0;
  }
  if (!isAny) yield at + 1;
}

function cutSingles(text: string, model: HiddenMarkov): string[] {
  return text
    .split(HAN)
    .flatMap((part, index) => (index % 2 === 1 ? cutHan(part, model) : part.split(LATIN)))
    .filter((part) => part !== "");
}

function cutHan(text: string, model: HiddenMarkov): string[] {
  const found: string[] = [];
  let [begin, next] = [0, 0];
  for (const [at, state] of likeliestStates(text, model).entries()) {
    if (state === "B") begin = at;
    if (state === "B" || state === "M") continue;
    found.push(text.slice(state === "S" ? at : begin, at + 1));
    next = at + 1;
  }
  if (next < text.length) found.push(text.slice(next));
  return found;
}

/** Viterbi's algorithm; of equally likely states, the one of the later letter. */
function likeliestStates(text: string, { start, moves, emits }: HiddenMarkov): State[] {
  const emitted = (state: State, at: number) => emits[state]![text[at]!] ?? NEVER;
  const cameFrom: Record<State, State>[] = [];
  let chances = Object.fromEntries(STATES.map((state) => [state, start[state]! + emitted(state, 0)]));
  for (let at = 1; at < text.length; at += 1) {
    const [next, from] = [{} as Record<State, number>, {} as Record<State, State>];
    for (const state of STATES) {
      const emit = emitted(state, at);
      const ways = BEFORE[state].map(
        (before) => [chances[before]! + (moves[before]![state] ?? NEVER) + emit, before] as const,
      );
      [next[state], from[state]] = likelier(ways);
    }
    chances = next;
    cameFrom.push(from);
  }
  let [, state] = likelier((["E", "S"] as const).map((end) => [chances[end]!, end] as const));
  const states = [state];
  for (const from of cameFrom.toReversed()) {
    state = from[state];
    states.push(state);
  }
  return states.toReversed();
}

function likelier(ways: readonly (readonly [number, State])[]): readonly [number, State] {
  return ways.reduce((best, way) =>
    way[0] > best[0] || (way[0] === best[0] && way[1] > best[1]) ? way : best,
  );
}
