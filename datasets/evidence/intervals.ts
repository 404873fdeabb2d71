/**
 * F1 over intervals of characters, as SkyRL's recipe for recursive language models scores evidence (`compute_metrics_multipaper` of
 * examples/train/rlm/envs/evidence_rewards.py): the union of what was found against the union of the evidence, by paper, added up.
 */

/** A stretch of a text, from `start` up to, but not including, `end`. */
export type Interval = readonly [start: number, end: number];

/** Intervals by the paper in which they lie. */
export type IntervalsByPaper = ReadonlyMap<string, readonly Interval[]>;

/** How well what was found fits the evidence, each from 0 to 1. */
export interface IntervalScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** The union of intervals, in order and without overlaps. Intervals that touch become one. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const union: [number, number][] = [];
  for (const [start, end] of intervals.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = union.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else union.push([start, end]);
  }
  return union;
}

/** The intervals without what lies in the others. */
export function without(intervals: readonly Interval[], taken: readonly Interval[]): Interval[] {
  return merged(taken).reduce<Interval[]>(
    (left, [start, end]) =>
      left.flatMap(([from, to]): Interval[] =>
        end <= from || to <= start
          ? [[from, to]]
          : [...(from < start ? [[from, start] as const] : []), ...(end < to ? [[end, to] as const] : [])],
      ),
    merged(intervals),
  );
}

/** Precision, recall and F1. Without anything found, or without evidence, all of them that have no value are 0. */
export function intervalScores(found: IntervalsByPaper, evidence: IntervalsByPaper): IntervalScores {
  let [covered, inFound, inEvidence] = [0, 0, 0];
  for (const paper of new Set([...found.keys(), ...evidence.keys()])) {
    const [ours, theirs] = [merged(found.get(paper) ?? []), merged(evidence.get(paper) ?? [])];
    inFound += sizeOf(ours);
    inEvidence += sizeOf(theirs);
    covered += sharedBy(ours, theirs);
  }
  const precision = inFound === 0 ? 0 : covered / inFound;
  const recall = inEvidence === 0 ? 0 : covered / inEvidence;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1 };
}

function sizeOf(union: readonly Interval[]): number {
  return union.reduce((sum, [start, end]) => sum + end - start, 0);
}

/** Characters that lie in both unions. */
function sharedBy(a: readonly Interval[], b: readonly Interval[]): number {
  let [i, j, shared] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [one, other] = [a[i]!, b[j]!];
    shared += Math.max(0, Math.min(one[1], other[1]) - Math.max(one[0], other[0]));
    if (one[1] < other[1]) i += 1;
    else j += 1;
  }
  return shared;
}
