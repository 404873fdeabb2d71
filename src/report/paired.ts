/** Compares policies on the same tasks, which says more than their separate means. */
import { mean } from "../statistics.ts";
import type { EpisodeFigures } from "./summary.ts";

/** Means that differ by less count as equal: sums of floats are rounded. */
const SAME = 1e-9;

/** Tasks on which a policy scored higher than, lower than, or the same as the one it is compared with. */
export interface PairedCounts {
  readonly won: number;
  readonly lost: number;
  readonly drawn: number;
}

/**
 * Compares a policy's mean score on each task with the baseline's: rollouts of one task count as one. Ignores infrastructure faults,
 * and tasks that only one of them ended.
 */
export function pairedCounts(
  figures: readonly EpisodeFigures[],
  { policy, baseline, tasks }: { readonly policy: string; readonly baseline: string; readonly tasks: string },
): PairedCounts {
  const scores = (name: string) => {
    const byTask = new Map<string, number[]>();
    for (const { ok, policy: own, tasks: kind, taskId, score } of figures)
      if (ok && own === name && kind === tasks) byTask.set(taskId, [...(byTask.get(taskId) ?? []), score]);
    return new Map([...byTask].map(([taskId, all]) => [taskId, mean(all)]));
  };
  const theirs = scores(baseline);
  const counts = { won: 0, lost: 0, drawn: 0 };
  for (const [taskId, score] of scores(policy)) {
    const other = theirs.get(taskId);
    if (other === undefined) continue;
    if (Math.abs(score - other) <= SAME) counts.drawn += 1;
    else if (score > other) counts.won += 1;
    else counts.lost += 1;
  }
  return counts;
}
