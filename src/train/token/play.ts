/** Plays episodes of programs and of the token policy, and reads them as a trainer would: as rows of the export `segments`. */
import { EXPORT_DEFAULTS, type ExportItem } from "../../export/exporter.ts";
import { tokenSegments } from "../../export/formats/segments.ts";
import { Tally } from "../../export/tally.ts";
import type { Policy } from "../../policies/policy.ts";
import { Random } from "../../random.ts";
import type { Trajectory } from "../../trajectory.ts";
import {
  type Episode,
  evaluationProblems,
  type Outcome,
  play,
  type PlayOptions,
  type TrainMatchup,
} from "../arena.ts";
import { type EvaluateOptions, scoreOf, type Score } from "../evaluate.ts";
import type { SegmentRow } from "./learner.ts";

export interface TokenPlayed {
  readonly episode: Episode;
  readonly trajectory: Trajectory;
  readonly outcome: Outcome;
}

/** The episodes that ended well, in the order asked for. */
export async function playKept(episodes: readonly Episode[], options: PlayOptions): Promise<TokenPlayed[]> {
  const kept = new Map<string, Trajectory>();
  const { keeper } = options;
  const append: typeof keeper.append = async (trajectory, context, reference) => {
    kept.set(trajectory.rolloutId, trajectory);
    await keeper.append(trajectory, context, reference);
  };
  const outcomes = await play(episodes, { ...options, keeper: { append } });
  return episodes.flatMap((episode, index) => {
    const outcome = outcomes[index] ?? null;
    const trajectory = kept.get(episode.rolloutId);
    return outcome && trajectory ? [{ episode, trajectory, outcome }] : [];
  });
}

/** @param advantages one for each episode, if they are known */
export async function segmentsOf(
  played: readonly TokenPlayed[],
  advantages: readonly (number | null)[] = [],
): Promise<SegmentRow[]> {
  const items = played.map(({ trajectory }, index): ExportItem => ({
    trajectory,
    reference: null,
    advantage: advantages[index] ?? null,
    context: () => Promise.resolve(null),
  }));
  const source = async function* () {
    yield* items;
  };
  const rows: SegmentRow[] = [];
  for await (const row of tokenSegments.rows(source, EXPORT_DEFAULTS, new Tally()))
    rows.push(row as unknown as SegmentRow);
  return rows;
}

/** The share of programs that parsed and ran to their end without an exception. */
export function runShare(played: readonly TokenPlayed[]): number {
  const turns = played.flatMap(({ trajectory }) => trajectory.turns);
  const ran = turns.filter(
    ({ results }) => results.length > 0 && results.every(({ outcome }) => outcome === "ok"),
  );
  return turns.length === 0 ? 0 : ran.length / turns.length;
}

export interface TokenScore extends Score {
  /** See `runShare`. */
  readonly runs: number;
  /** The mean reward of each task, in one order for every policy. */
  readonly byTask: readonly number[];
}

export interface TokenTests extends EvaluateOptions {
  /** Episodes of each task. */
  readonly times: number;
}

/** Plays a policy on every task `episodes` times, with the same seeds for every policy. */
export async function scoreTokens(
  name: string,
  policyFor: (matchup: TrainMatchup) => Policy,
  options: TokenTests,
): Promise<TokenScore> {
  const episodes: Episode[] = [];
  for (const matchup of options.matchups)
    for (const problem of await evaluationProblems(matchup, options.tasks, options.problems)) {
      const groupId = `${matchup.environment}/${problem.task.id}/${name}`;
      for (let time = 0; time < options.times; time += 1)
        episodes.push({
          matchup,
          problem,
          policy: policyFor(matchup),
          seed: Random.of(options.seed, "evaluation", problem.task.id, time).below(2 ** 31),
          rolloutId: `${groupId}.${time}`,
          groupId,
        });
    }
  const played = await playKept(episodes, options);
  const groups = new Map<string, number[]>(episodes.map(({ groupId }) => [groupId, []]));
  for (const { episode, outcome } of played) groups.get(episode.groupId)!.push(outcome.reward);
  const byTask = [...groups.values()].map((all) => all.reduce((sum, one) => sum + one, 0) / all.length);
  return { ...scoreOf(played), runs: runShare(played), byTask };
}
