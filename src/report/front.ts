/** The trade-off of accuracy against cost: which points are on the front, and how good the front is as a whole. */

/** A policy's mean score and mean cost. */
export interface Point {
  readonly score: number;
  readonly cost: number;
}

/** The points that no other point beats, in order of cost. A point is beaten by another one with at least its score for at most its cost. */
export function paretoFront<T extends Point>(points: readonly T[]): T[] {
  const sorted = points.toSorted((a, b) => a.cost - b.cost || b.score - a.score);
  const front: T[] = [];
  for (const point of sorted) {
    const best = front.at(-1);
    const isTwin = best !== undefined && best.cost === point.cost && best.score === point.score;
    if (best === undefined || point.score > best.score || isTwin) front.push(point);
  }
  return front;
}

/** The area that the front dominates up to the reference point (score `reference.score`, cost `reference.cost`); ignores points beyond it. */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const front = paretoFront(points).filter(
    ({ cost, score }) => cost <= reference.cost && score > reference.score,
  );
  return front.reduce((area, { cost, score }, index) => {
    const next = front[index + 1]?.cost ?? reference.cost;
    return area + (next - cost) * (score - reference.score);
  }, 0);
}

/**
 * The mean of the best score available at a cost, over log cost from `low` to `high`: the area under the front's steps, divided
 * by the width. Costs below `low` count as `low`; null if there is no width.
 */
export function areaOverLogCost(points: readonly Point[], low: number, high: number): number | null {
  if (!(low > 0 && high > low)) return null;
  const front = paretoFront(points).filter(({ cost }) => cost <= high);
  const at = (cost: number) => Math.log(Math.max(cost, low));
  const area = front.reduce((sum, { cost, score }, index) => {
    const next = index + 1 < front.length ? at(front[index + 1]!.cost) : Math.log(high);
    return sum + (next - at(cost)) * score;
  }, 0);
  return area / Math.log(high / low);
}
