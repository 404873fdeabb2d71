/** The seed prompt against the best one on tasks that the search never saw: a paired test. */
import { type PairedDifference, pairedBootstrap } from "../report/bootstrap.ts";
import { type PairedCounts, pairedCounts } from "../report/paired.ts";
import { type EpisodeFigures, summarise, type SummaryRow } from "../report/summary.ts";
import type { Outcome } from "./candidate-episodes.ts";

/** How the two prompts are called in the rows of the table. */
export const SEED_PROMPT = "seed prompt";
export const BEST_PROMPT = "best prompt";

/** The held-out test. Differences are the best prompt's figures minus the seed prompt's, on the same tasks and seeds. */
export interface HeldOut {
  /** Tasks that were planned. Fewer were played if dollars ran out. */
  readonly planned: number;
  readonly played: number;
  /** One row for each prompt. */
  readonly rows: readonly SummaryRow[];
  /** Null without a task that both ended. */
  readonly reward: PairedDifference | null;
  readonly accuracy: PairedDifference | null;
  readonly tokens: PairedDifference | null;
  /** Tasks on which the best prompt scored higher and lower than the seed prompt. */
  readonly counts: PairedCounts;
}

/** Compares the outcomes of the two prompts, given in the same order of tasks. */
export function heldOutTest(
  seedPrompt: readonly Outcome[],
  bestPrompt: readonly Outcome[],
  { planned, seed }: { readonly planned: number; readonly seed: number },
): HeldOut {
  const figures = [...named(seedPrompt, SEED_PROMPT), ...named(bestPrompt, BEST_PROMPT)];
  const pairs = seedPrompt.flatMap((before, index) => {
    const after = bestPrompt[index];
    return after && before.reward !== null && after.reward !== null ? [{ before, after }] : [];
  });
  const difference = (read: (outcome: Outcome) => number) =>
    pairedBootstrap(
      pairs.map(({ before, after }) => read(after) - read(before)),
      seed,
    );
  return {
    planned,
    played: seedPrompt.length,
    rows: summarise(figures),
    reward: difference(({ reward }) => reward!),
    accuracy: difference(({ figures: { score } }) => score),
    tokens: difference(({ figures: { tokens } }) => tokens),
    counts: pairedCounts(figures, { policy: BEST_PROMPT, baseline: SEED_PROMPT, tasks: TASKS }),
  };
}

const TASKS = "held out";

function named(outcomes: readonly Outcome[], policy: string): EpisodeFigures[] {
  // Tasks of two kinds may have the same id.
  return outcomes.map(({ figures, rolloutId }) => ({
    ...figures,
    policy,
    tasks: TASKS,
    taskId: rolloutId.slice(0, rolloutId.lastIndexOf("@")),
  }));
}
