/** The report of runs: for each kind of tasks, each policy's score and cost, and the front that they form. */
import type { CostUnit } from "../rewards/cost-terms.ts";
import { mean, quantile, sum, wilsonInterval } from "../statistics.ts";
import { apartByPrompt, type EpisodeFigures, withoutPrompt } from "./summary.ts";
import { intervalOverTasks, pairedBootstrap, type PairedDifference } from "./bootstrap.ts";
import { areaOverLogCost, hypervolume, paretoFront } from "./front.ts";

/** A policy on one kind of tasks: its mean score from 0 to 1, and its mean cost in the report's unit. */
export interface PolicyReport {
  readonly policy: string;
  readonly episodes: number;
  readonly infraErrors: number;
  readonly score: number;
  /** Wilson's interval at 95 % over tasks; several rollouts of a task count as one with their mean score. */
  readonly scoreInterval: readonly [number, number];
  /** The mean reward, from the records or from a scored file. */
  readonly reward: number;
  /** Mean cost per episode, in the report's unit, and its quantiles. */
  readonly cost: number;
  /** A bootstrap interval of the mean at 95 % over tasks; null for a single task. */
  readonly costInterval: readonly [number, number] | null;
  readonly costP50: number;
  readonly costP95: number;
  /** The mean score if an episode that costs more than the budget counts 0. */
  readonly scoreAtBudget: number;
  /** The cost of all episodes divided by the number of right ones (score 1); null if none is right. */
  readonly costPerRight: number | null;
  readonly onFront: boolean;
  /** Compared with the baseline, over the tasks that both played; null for the baseline itself and if there are no such tasks. */
  readonly scoreDifference: PairedDifference | null;
  readonly costDifference: PairedDifference | null;
  readonly simulated: boolean;
  readonly readsGold: boolean;
}

/** The policies on one kind of tasks, and their front. */
export interface TasksReport {
  readonly tasks: string;
  readonly unit: CostUnit;
  readonly baseline: string;
  readonly budget: number;
  readonly policies: readonly PolicyReport[];
  /** The front's figures; policies that were told the gold are not on it. */
  readonly reference: { readonly score: 0; readonly cost: number };
  readonly hypervolume: number;
  /** Null if there is no width: fewer than two different costs. */
  readonly areaOverLogCost: number | null;
}

/** What a policy reached, with intervals over tasks. */
export type Reached = Pick<PolicyReport, "score" | "scoreInterval" | "cost" | "costInterval">;

/** The budget, the baseline and the greatest cost of a report. */
export interface ReportOptions {
  /** In the report's unit; default: the median cost of an episode. */
  readonly budget?: number;
  /** Policies in the order of the rows, as the command that made the runs named them; others follow by name. */
  readonly policies?: readonly string[];
  /** Default: the first policy in that order. */
  readonly baseline?: string;
  /** Default: the greatest mean cost. */
  readonly referenceCost?: number;
  readonly seed?: number;
}

/**
 * One report for each kind of tasks, by name. Costs are in dollars if every price is known. The order of the episodes does
 * not matter.
 */
export function reportOn(episodes: readonly EpisodeFigures[], options: ReportOptions = {}): TasksReport[] {
  return [...groupBy(sorted(apartByPrompt(episodes)), ({ tasks }) => tasks)]
    .toSorted(([a], [b]) => BY_NAME.compare(a, b))
    .flatMap(([tasks, own]) => (own.some(({ ok }) => ok) ? [tasksReport(tasks, own, options)] : []));
}

function tasksReport(
  tasks: string,
  episodes: readonly EpisodeFigures[],
  options: ReportOptions,
): TasksReport {
  const usable = episodes.filter(({ ok }) => ok);
  const unit = unitOf(usable);
  const costOf = costIn(unit);
  const budget = options.budget ?? quantile(usable.map(costOf), 0.5);
  const compare = inOrder(options.policies ?? []);
  const byPolicy = new Map(
    [...groupBy(usable, ({ policy }) => policy)].toSorted(([a], [b]) => compare(a, b)),
  );
  const [first = ""] = byPolicy.keys();
  const baseline =
    options.baseline !== undefined && byPolicy.has(options.baseline) ? options.baseline : first;
  const differences = differencesFrom(byPolicy.get(baseline) ?? []);
  const policies = [...byPolicy].map(([policy, own]) => {
    const costs = own.map(costOf);
    const right = own.filter(({ score }) => score === 1).length;
    const total = sum(costs);
    const differ = (read: (episode: EpisodeFigures) => number) =>
      policy === baseline ? null : pairedBootstrap(differences(own, read), options.seed ?? 0);
    return {
      policy,
      episodes: own.length,
      infraErrors: episodes.filter((episode) => !episode.ok && episode.policy === policy).length,
      ...reachedBy(own, costOf, options.seed ?? 0),
      reward: mean(own.map(({ reward }) => reward)),
      costP50: quantile(costs, 0.5),
      costP95: quantile(costs, 0.95),
      scoreAtBudget: mean(own.map((episode) => (costOf(episode) <= budget ? episode.score : 0))),
      costPerRight: right === 0 ? null : total / right,
      scoreDifference: differ(({ score }) => score),
      costDifference: differ(costOf),
      simulated: own.some(({ simulated }) => simulated),
      readsGold: own.some(({ readsGold }) => readsGold),
    };
  });
  const contenders = policies.filter(({ readsGold }) => !readsGold);
  const front = new Set(paretoFront(contenders));
  const costs = contenders.map(({ cost }) => cost);
  const reference = { score: 0, cost: options.referenceCost ?? Math.max(0, ...costs) } as const;
  const least = Math.min(...costs.filter((cost) => cost > 0));
  return {
    tasks,
    unit,
    baseline,
    budget,
    policies: policies.map((policy) => ({ ...policy, onFront: front.has(policy) })),
    reference,
    hypervolume: hypervolume(contenders, reference),
    areaOverLogCost: areaOverLogCost(contenders, least, reference.cost),
  };
}

/** Dollars if every price is known. */
export function unitOf(episodes: readonly EpisodeFigures[]): CostUnit {
  return episodes.every(({ nanoDollars }) => nanoDollars !== null) ? "dollars" : "tokens";
}

/** Reads the cost of an episode. */
export function costIn(unit: CostUnit): (episode: EpisodeFigures) => number {
  return unit === "dollars" ? ({ nanoDollars }) => (nanoDollars ?? 0) / 1e9 : ({ tokens }) => tokens;
}

/** Means over episodes of one policy, and intervals over their tasks. */
export function reachedBy(
  own: readonly EpisodeFigures[],
  costOf: (episode: EpisodeFigures) => number,
  seed: number,
): Reached {
  const byTask = [...groupBy(own, ({ taskId }) => taskId).values()];
  const scores = byTask.map((rollouts) => mean(rollouts.map(({ score }) => score)));
  return {
    score: mean(own.map(({ score }) => score)),
    scoreInterval: wilsonInterval(sum(scores), scores.length),
    cost: mean(own.map(costOf)),
    costInterval: intervalOverTasks(
      byTask.map((rollouts) => rollouts.map(costOf)),
      seed,
    ),
  };
}

/**
 * One difference for each task that both played, between the means of its rollouts: rollouts of one task are not independent, so
 * an interval that resampled them would be too narrow.
 */
function differencesFrom(baseline: readonly EpisodeFigures[]) {
  const theirs = groupBy(baseline, ({ taskId }) => taskId);
  return (own: readonly EpisodeFigures[], read: (episode: EpisodeFigures) => number) =>
    [...groupBy(own, ({ taskId }) => taskId)].flatMap(([taskId, episodes]) => {
      const others = theirs.get(taskId);
      return others ? [mean(episodes.map(read)) - mean(others.map(read))] : [];
    });
}

/** Compares names: those of the list first, in its order; others follow by name. */
export function inOrder(order: readonly string[]) {
  const rank = new Map(order.map((name, index) => [name, index]));
  // Infinity less Infinity is not a number, and `||` goes on to the names.
  const place = (name: string) => rank.get(name) ?? rank.get(withoutPrompt(name)) ?? Infinity;
  return (a: string, b: string) => place(a) - place(b) || BY_NAME.compare(a, b);
}

/** Sorts `8k` before `64k`. */
const BY_NAME = new Intl.Collator("en", { numeric: true });

/** Sorted, because sums of floats depend on the order in which episodes were read. */
export function sorted(episodes: readonly EpisodeFigures[]): EpisodeFigures[] {
  const keys = new Map(
    episodes.map((episode) => [
      episode,
      JSON.stringify([episode.tasks, episode.taskId, episode.seed, episode.groupId, episode]),
    ]),
  );
  return episodes.toSorted((a, b) => (keys.get(a)! < keys.get(b)! ? -1 : 1));
}

export function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(nameOf(item)) ?? [];
    groups.set(nameOf(item), group);
    group.push(item);
  }
  return groups;
}
