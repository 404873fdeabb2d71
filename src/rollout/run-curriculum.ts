/** The curriculum of one run: its rounds are saved in the run's folder, and its kinds are the run's matchups. */
import { UsageError } from "../errors.ts";
import type { Matchup, PlannedRun } from "../queue/matchup.ts";
import type { PlannedTask } from "../queue/run-jobs.ts";
import type { EpisodeFigures } from "../report/summary.ts";
import { readRounds, writeRounds } from "../runs/curriculum-file.ts";
import { Curriculum, type Drawn, type Round } from "./curriculum.ts";
import type { CurriculumSpec } from "./curriculum-spec.ts";

/** Throws `UsageError` for a run that no curriculum can follow. */
export function expectPlayable({ matchups }: PlannedRun, spec: CurriculumSpec, redis: boolean): void {
  if (redis)
    throw new UsageError(
      "a curriculum needs the queue of this process: workers on Redis would not know what it draws next",
    );
  const policies = new Set(matchups.map((matchup) => matchup.policies.length));
  if (policies.size !== 1 || !policies.has(1))
    throw new UsageError("a curriculum follows one policy; name one with --policy");
  if (spec.tasks.length !== matchups.length)
    throw new UsageError("a curriculum: expected one matchup for each of its kinds of tasks");
}

/** Continues from the rounds in the folder; without a folder they are not kept. Throws `DataError` for an unreadable file. */
export async function openCurriculum(
  { seed, groupSize }: Pick<PlannedRun, "seed" | "groupSize">,
  spec: CurriculumSpec,
  folder: string | null,
): Promise<Curriculum> {
  const recorded = folder === null ? [] : await readRounds(folder, spec.tasks.length);
  const save = async (rounds: readonly Round[]) => {
    if (folder !== null && rounds.length > recorded.length)
      await writeRounds(
        folder,
        rounds.map(({ standings, draws }) => ({ standings: [...standings], draws: [...draws] })),
      );
  };
  return new Curriculum({ spec, seed, groupSize }, recorded, save);
}

/** The tasks in the order in which they are drawn. */
export async function* tasksDrawn(
  curriculum: Curriculum,
  groups: number,
  signal: AbortSignal,
): AsyncGenerator<PlannedTask> {
  for await (const { kind, index } of curriculum.order(groups, signal)) yield { matchup: kind, index };
}

/** A task of the run as the curriculum knows it. */
export function drawnAs({ matchup, index }: PlannedTask): Drawn {
  return { kind: matchup, index };
}

/** Null for an infrastructure fault. */
export function scoreOf(figures: EpisodeFigures | undefined): number | null {
  return figures?.ok ? figures.score : null;
}

/** The matchup with a word for the difficulty of its tasks in their metadata, unless they name their own. */
export function withDifficulty(matchup: Matchup, difficulty: string | undefined): Matchup {
  if (difficulty === undefined) return matchup;
  return {
    ...matchup,
    problemAt: async (index) => {
      const problem = await matchup.problemAt(index);
      const metadata = { difficulty, ...problem.task.metadata };
      return { ...problem, task: { ...problem.task, metadata } };
    },
  };
}
