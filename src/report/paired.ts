/** Compares policies on the same tasks, which says more than their separate means. */
import type { EpisodeFigures } from "./summary.ts";

/** Tasks on which a policy scored higher than, lower than, or the same as the one it is compared with. */
export interface PairedCounts {
  readonly won: number;
  readonly lost: number;
  readonly drawn: number;
}

/** Pairs a policy's episodes with the baseline's by task and seed; ignores infrastructure faults on either side. */
export function pairedCounts(
  figures: readonly EpisodeFigures[],
  { policy, baseline, tasks }: { readonly policy: string; readonly baseline: string; readonly tasks: string },
): PairedCounts {
  const scores = (name: string) =>
    new Map(
      figures
        .filter((episode) => episode.ok && episode.policy === name && episode.tasks === tasks)
        .map((episode) => [JSON.stringify([episode.taskId, episode.seed]), episode.score]),
    );
  const theirs = scores(baseline);
  const counts = { won: 0, lost: 0, drawn: 0 };
  for (const [pair, score] of scores(policy)) {
    const other = theirs.get(pair);
    if (other === undefined) continue;
    if (score === other) counts.drawn += 1;
    else if (score > other) counts.won += 1;
    else counts.lost += 1;
  }
  return counts;
}
