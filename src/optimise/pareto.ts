/** The pool's front: the prompts that are best on some task, from which the next parent is drawn. */
import { mean } from "../statistics.ts";
import type { Random } from "../random.ts";

/** Rewards that differ by less count as equal: sums of floats are rounded. */
export const SAME = 1e-9;

/** A candidate on the front. */
export interface FrontMember {
  /** Its index in the pool. */
  readonly candidate: number;
  /** The indices of the tasks on which no candidate of the pool has a higher reward. */
  readonly bestOn: readonly number[];
}

/**
 * The candidates that are best on some task, without those that others make superfluous: a candidate leaves if each task that it
 * is best on keeps another that is (GEPA, arXiv 2507.19457, algorithm 2). The worst on average leave first.
 *
 * @param rewards of each candidate on each task, all in the same order of tasks; null where there is none
 */
export function paretoFront(rewards: readonly (readonly (number | null)[])[]): FrontMember[] {
  const tasks = Math.max(0, ...rewards.map((row) => row.length));
  const best = Array.from({ length: tasks }, (_, task) =>
    Math.max(...rewards.map((row) => row[task] ?? -Infinity)),
  );
  const members = rewards.map((row, candidate) => ({
    candidate,
    bestOn: best.flatMap((highest, task) => {
      const own = row[task] ?? null;
      return own !== null && own >= highest - SAME ? [task] : [];
    }),
    mean: meanReward(row),
  }));
  let kept = members.filter(({ bestOn }) => bestOn.length > 0);
  // Among equals the later ones leave: they have shown no more, and cost more to find.
  for (const weak of kept.toSorted((a, b) => a.mean - b.mean || b.candidate - a.candidate)) {
    const others = kept.filter((member) => member !== weak);
    if (weak.bestOn.every((task) => others.some(({ bestOn }) => bestOn.includes(task)))) kept = others;
  }
  return kept.map(({ candidate, bestOn }) => ({ candidate, bestOn }));
}

/** The mean of the rewards that there are; −∞ without any. */
export function meanReward(rewards: readonly (number | null)[]): number {
  const known = rewards.filter((reward) => reward !== null);
  return known.length === 0 ? -Infinity : mean(known);
}

/** Draws a candidate of the front, each as often as the tasks that it is best on are many. 0 for an empty front. */
export function drawParent(front: readonly FrontMember[], random: Random): number {
  const tickets = front.flatMap(({ candidate, bestOn }) => bestOn.map(() => candidate));
  return tickets.length === 0 ? 0 : random.choice(tickets);
}
