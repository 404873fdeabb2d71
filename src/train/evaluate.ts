/** Evaluates policies on given tasks: the trained one, every plan of the grid, and fixed strategies. */
import type { Policy } from "../policies/policy.ts";
import { Random } from "../random.ts";
import {
  evaluationProblems,
  type Outcome,
  play,
  type PlayOptions,
  type ProblemCache,
  type TrainMatchup,
} from "./arena.ts";
import { type Best, bestPlans, PLAN_GRID } from "./plans.ts";
import { planPolicy } from "./macro-policy.ts";

/** Means over episodes. */
export interface Score {
  readonly reward: number;
  /** Mean of the score on which rewards are based. */
  readonly accuracy: number;
  /** Null if a model has no known price. */
  readonly costUsd: number | null;
}

/** The tasks of an evaluation, and where its episodes are kept. */
export interface EvaluateOptions extends PlayOptions {
  readonly matchups: readonly TrainMatchup[];
  /** Tasks of each matchup. */
  readonly tasks: number;
  readonly problems: ProblemCache;
  readonly seed: number;
}

/** Plays one policy on every task. For a given task, sub-models answer all policies with the same seed. */
export async function evaluate(
  name: string,
  policyFor: (matchup: TrainMatchup) => Policy,
  options: EvaluateOptions,
): Promise<{ readonly all: Score; readonly byTasks: Readonly<Record<string, Score>> }> {
  const rows = await outcomesOf([{ name, policyFor }], options);
  return { all: scoreOf(rows), byTasks: byLabel(rows) };
}

/** The best plans of the grid for these tasks, one for each matchup and family of questions, and their mean reward. */
export async function searchPlans(
  options: EvaluateOptions,
): Promise<{ readonly reward: number; readonly plans: readonly Best[] }> {
  const named = PLAN_GRID.map((plan) => ({
    name: `plan/${plan.name}`,
    plan: plan.name,
    policyFor: (matchup: TrainMatchup) => planPolicy(`plan: ${plan.name}`, plan.moves, matchup),
  }));
  const rows = await outcomesOf(named, options);
  const results = rows.map(({ matchup, family, policy, outcome }) => ({
    kind: `${matchup.label}, ${family}`,
    plan: named.find(({ name }) => name === policy)!.plan,
    reward: outcome.reward,
  }));
  const plans = bestPlans(results);
  const tasks = plans.reduce((sum, plan) => sum + plan.tasks, 0);
  return { reward: plans.reduce((sum, plan) => sum + plan.reward * plan.tasks, 0) / tasks, plans };
}

/** Plays each fixed strategy that all matchups have, on every task, within the benchmark's own limits. */
export async function scoreFixed(options: EvaluateOptions): Promise<Readonly<Record<string, Score>>> {
  const [first] = options.matchups;
  const names = [...(first?.fixed.keys() ?? [])].filter((name) =>
    options.matchups.every(({ fixed }) => fixed.has(name)),
  );
  const scores: Record<string, Score> = {};
  for (const name of names) {
    const entering = (matchup: TrainMatchup) => ({ ...matchup, makeEnv: matchup.fixed.get(name)!.makeEnv });
    const policyFor = ({ fixed }: TrainMatchup) => fixed.get(name)!.policy;
    scores[name] = scoreOf(await outcomesOf([{ name, policyFor, entering }], options));
  }
  return scores;
}

interface Player {
  readonly name: string;
  readonly policyFor: (matchup: TrainMatchup) => Policy;
  /** The matchup for this player, if its limits differ. */
  readonly entering?: (matchup: TrainMatchup) => TrainMatchup;
}

interface Row {
  readonly matchup: TrainMatchup;
  readonly family: string;
  readonly policy: string;
  readonly outcome: Outcome;
}

async function outcomesOf(policies: readonly Player[], options: EvaluateOptions): Promise<Row[]> {
  const { matchups, tasks, problems, seed } = options;
  const episodes = [];
  for (const matchup of matchups) {
    for (const problem of await evaluationProblems(matchup, tasks, problems)) {
      const { id } = problem.task;
      for (const { name, policyFor, entering } of policies)
        episodes.push({
          matchup: entering?.(matchup) ?? matchup,
          problem,
          policy: policyFor(matchup),
          name,
          seed: Random.of(seed, "evaluation", id).below(2 ** 31),
          rolloutId: `${matchup.environment}/${id}/${name}`,
          groupId: `${matchup.environment}/${id}/evaluation`,
        });
    }
  }
  const outcomes = await play(episodes, options);
  return episodes.flatMap(({ matchup, problem, name }, index) => {
    const outcome = outcomes[index] ?? null;
    const family = matchup.skills.familyOf(problem.task.question);
    return outcome ? [{ matchup, family, policy: name, outcome }] : [];
  });
}

function byLabel(rows: readonly Row[]): Record<string, Score> {
  const labels = [...new Set(rows.map(({ matchup }) => matchup.label))];
  return Object.fromEntries(
    labels.map((label) => [label, scoreOf(rows.filter(({ matchup }) => matchup.label === label))]),
  );
}

/** Means of outcomes. */
export function scoreOf(rows: readonly { readonly outcome: Outcome }[]): Score {
  const average = (read: (outcome: Outcome) => number) =>
    rows.reduce((sum, { outcome }) => sum + read(outcome), 0) / rows.length;
  const unpriced = rows.some(({ outcome }) => outcome.nanoDollars === null);
  return {
    reward: average(({ reward }) => reward),
    accuracy: average(({ score }) => score),
    costUsd: unpriced ? null : average(({ nanoDollars }) => (nanoDollars ?? 0) / 1e9),
  };
}
