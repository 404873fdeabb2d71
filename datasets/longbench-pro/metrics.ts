/**
 * The metrics of LongBench-Pro that compare lines, as `modules/utils.py` of caskcsg/longcontext at 88fbeb8 defines them. Each takes
 * the gold and the reply as `linesOf` and `normalised` give them.
 */
import { strip, WHITE_SPACE, words } from "../python-text.ts";

/** What a line metric compares: the gold's lines, and those of the reply. */
export type LineMetric = (gold: readonly string[], lines: readonly string[]) => number;

/** White space within a line that is not one space already, which needs no replacing. */
const SPACES = new RegExp(`(?:(?!\n)${WHITE_SPACE}){2,}|(?![ \n])${WHITE_SPACE}`, "g");
const MARKS = ["[Answer]", "[答案]"];

/** The lines of a reply that count: those after its last mark of an answer, in lower case, with single spaces. */
export function linesOf(reply: string): string[] {
  const spaced = strip(answerArea(reply)).toLowerCase().replace(SPACES, " ");
  return spaced
    .split("\n")
    .map((line) => line.slice(Number(line.startsWith(" ")), line.endsWith(" ") ? -1 : undefined));
}

/** Lower case, and single spaces between words; none around them. */
export function normalised(text: string): string {
  return words(text.toLowerCase()).join(" ");
}

/** The English mark goes before the Chinese one, wherever they stand. */
function answerArea(reply: string): string {
  const mark = MARKS.find((each) => reply.includes(each));
  return mark === undefined ? reply : reply.slice(reply.lastIndexOf(mark) + mark.length);
}

/** 1 if the first line is the first gold. */
export const accuracy: LineMetric = (gold, lines) => Number(gold.length > 0 && gold[0] === lines[0]);

/** The harmonic mean of precision and recall over the sets of lines. */
export const f1: LineMetric = (gold, lines) => {
  const [wanted, given] = [new Set(gold), new Set(lines)];
  const common = [...wanted].filter((line) => given.has(line)).length;
  if (common === 0) return 0;
  const [precision, recall] = [common / given.size, common / wanted.size];
  return (2 * precision * recall) / (precision + recall);
};

/** The share of the golds that are lines of the reply. */
export const subEm: LineMetric = (gold, lines) => {
  const given = new Set(lines);
  return gold.length === 0 ? 0 : gold.filter((line) => given.has(line)).length / gold.length;
};

/**
 * The pairs of golds that the reply has in the gold's order, over all pairs of lines of the reply. 0 for a gold of one line, and
 * where golds that occur twice lift it over 1, which the authors' code takes for a failure.
 */
export const pairwiseAccuracy: LineMetric = (gold, lines) => {
  if (gold.length < 2 || lines.length < 2) return 0;
  const places = new Map(lines.map((line, place) => [line, place]));
  const found = gold.map((line) => places.get(line)).filter((place) => place !== undefined);
  let ordered = 0;
  for (const [i, place] of found.entries())
    for (let j = i + 1; j < found.length; j += 1) if (place < found[j]!) ordered += 1;
  const share = ordered / ((lines.length * (lines.length - 1)) / 2);
  return share > 1 ? 0 : share;
};

/**
 * `ndcg_cut` of trec_eval at the number of golds: the first gold is worth most, the last one 1, and a line counts at its last place.
 * Agrees with trec_eval to the last bits of a double.
 */
export const ndcg: LineMetric = (gold, lines) => {
  const worth = new Map(gold.map((line, place) => [line, gold.length - place]));
  const ideal = discounted([...worth.values()].toSorted((a, b) => b - a));
  const gains = byLastPlace(lines).map((line) => worth.get(line) ?? 0);
  return ideal === 0 ? 0 : discounted(gains.slice(0, gold.length)) / ideal;
};

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, place) => (gain > 0 ? sum + gain / Math.log2(place + 2) : sum), 0);
}

function byLastPlace(lines: readonly string[]): string[] {
  return [...new Set(lines.toReversed())].toReversed();
}
