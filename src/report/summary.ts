/** The closing table of a run: each policy's accuracy and cost. */
import { groupStatistics, type GroupStatistics } from "./group-statistics.ts";
import { meanMetrics, type TellingMetrics, tellingMetrics } from "../metrics/telling.ts";
import { calibrationError, calibrationGap, mean, quantile, sum, wilsonInterval } from "../statistics.ts";
import { MEASURE_PREFIX } from "../rewards/reward.ts";
import type { Trajectory } from "../trajectory.ts";
import type { StopReason } from "../types.ts";

/** The mean, median and 95th percentile of a figure. */
export interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
}

/** A policy on one kind of tasks: a row of the closing table. */
export interface SummaryRow {
  readonly policy: string;
  /** What the tasks have in common, such as their length. */
  readonly tasks: string;
  /** Episodes that count; infrastructure faults are left out of every figure except `infraErrors`. */
  readonly episodes: number;
  readonly infraErrors: number;
  /** Mean of the published scorer if the benchmark has one, otherwise of the score that rewards use. */
  readonly accuracy: number | null;
  /** Wilson's interval at 95 % over tasks; several rollouts of a task count as one with their mean score. */
  readonly accuracyInterval: readonly [number, number];
  readonly reward: number | null;
  readonly tokens: Spread | null;
  /** Null if a model has no known price. */
  readonly dollars: Spread | null;
  readonly turns: number | null;
  /** Means over the episodes that count. */
  readonly metrics: TellingMetrics;
  /** Null if no task was played twice. */
  readonly groups: GroupStatistics | null;
  /**
   * Figures that the benchmark adds, by name: means over the episodes that have them. If a judge read confidences, the
   * `calibration_error` against its verdicts (`judged`), as BrowseComp-Plus computes it. Where answers state their confidence or a
   * judge read it, the `calibration_gap` against the verdict, or against the published score if no judge was asked.
   */
  readonly measures: Readonly<Record<string, number>>;
  readonly stopReasons: Partial<Record<StopReason, number>>;
  /** True if any figure depends on a simulated model. */
  readonly simulated: boolean;
  /** True for a policy that was told the gold. */
  readonly readsGold: boolean;
}

/** What a task says of itself, and how its policy was trained. */
export interface TaskFacts {
  readonly environment?: string;
  readonly variant?: string;
  /** The length that it was made with, in tokens. */
  readonly length?: number | string;
  readonly difficulty?: string;
  /** The length of the contexts that the policy was trained on, as `rollout --trained-at` says it. */
  readonly trained?: string;
}

/** The figures of one episode that the table needs; kept instead of the episode, so that memory stays flat. */
export interface EpisodeFigures {
  readonly policy: string;
  readonly tasks: string;
  /** What the tasks have in common besides their length; absent where nobody asked for it. */
  readonly kind?: string;
  /** By what reports may divide rows; absent where nobody asked for it. */
  readonly facts?: TaskFacts;
  readonly taskId: string;
  readonly contextTokens: number;
  readonly groupId: string;
  readonly seed: number;
  readonly ok: boolean;
  readonly score: number;
  readonly reward: number;
  readonly tokens: number;
  readonly nanoDollars: number | null;
  readonly turns: number;
  /** How long the episode's code ran; absent where nobody measured it. */
  readonly codeSeconds?: number;
  readonly metrics: TellingMetrics;
  readonly measures: Readonly<Record<string, number>>;
  readonly stopReason: StopReason;
  readonly simulated: boolean;
  readonly readsGold: boolean;
  /** The style of the system prompt and the beginning of its hash, for a policy that is a model; null if nobody reads it. */
  readonly prompt?: string | null;
}

/** The figures of an episode for tables. `tasks`: the tables' name for its kind of tasks. */
export function figuresOf(trajectory: Trajectory, tasks: string): EpisodeFigures {
  const { totals, reward } = trajectory;
  return {
    policy: trajectory.policy,
    tasks,
    taskId: trajectory.task.id,
    contextTokens: trajectory.task.contextTokens,
    groupId: trajectory.groupId,
    seed: trajectory.seed,
    ok: trajectory.status === "ok",
    score: reward?.terms.official?.raw ?? reward?.score ?? 0,
    reward: reward?.total ?? 0,
    tokens: totals.promptTokens + totals.completionTokens,
    nanoDollars: totals.nanoDollars,
    turns: trajectory.turns.length,
    codeSeconds: trajectory.metrics.wallClock.replSeconds,
    metrics: tellingMetrics(trajectory.metrics),
    measures: measuresOf(trajectory),
    stopReason: trajectory.stopReason,
    simulated: trajectory.simulated,
    readsGold: trajectory.readsGold ?? false,
    prompt: promptOf(trajectory),
  };
}

function promptOf({ policyModel, promptStyle, systemPromptSha256 }: Trajectory): string | null {
  if (!policyModel) return null;
  return [...(promptStyle ? [promptStyle] : []), systemPromptSha256.slice(0, 8)].join(" ");
}

/** The figures with the prompt added to a policy's name, if the policy was played with several system prompts. */
export function apartByPrompt(figures: readonly EpisodeFigures[]): readonly EpisodeFigures[] {
  const prompts = new Map<string, Set<string>>();
  for (const { policy, prompt } of figures)
    if (prompt) prompts.set(policy, (prompts.get(policy) ?? new Set()).add(prompt));
  return figures.map((episode) => {
    const isApart = episode.prompt && (prompts.get(episode.policy)?.size ?? 0) > 1;
    return isApart ? { ...episode, policy: `${episode.policy} (prompt ${episode.prompt})` } : episode;
  });
}

/** The policy of a name that `apartByPrompt` may have made. */
export function withoutPrompt(name: string): string {
  return name.replace(/ \(prompt [^)]*\)$/, "");
}

/** One row for each policy and kind of task, in the order in which they first appear. */
export function summarise(figures: readonly EpisodeFigures[]): SummaryRow[] {
  const groups = new Map<string, EpisodeFigures[]>();
  for (const episode of figures) {
    const key = JSON.stringify([episode.policy, episode.tasks]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(episode);
  }
  return [...groups.values()].map(summariseGroup);
}

function summariseGroup(group: readonly EpisodeFigures[]): SummaryRow {
  const ok = group.filter((episode) => episode.ok);
  const average = (read: (episode: EpisodeFigures) => number) => (ok.length > 0 ? mean(ok.map(read)) : null);
  const unpriced = ok.some((episode) => episode.nanoDollars === null);
  const stopReasons: Partial<Record<StopReason, number>> = {};
  for (const { stopReason } of group) stopReasons[stopReason] = (stopReasons[stopReason] ?? 0) + 1;
  const tasks = scoresByTask(ok);
  return {
    policy: group[0]!.policy,
    tasks: group[0]!.tasks,
    episodes: ok.length,
    infraErrors: group.length - ok.length,
    accuracy: average((episode) => episode.score),
    accuracyInterval: wilsonInterval(sum(tasks), tasks.length),
    reward: average((episode) => episode.reward),
    tokens: spread(ok.map((episode) => episode.tokens)),
    dollars: unpriced ? null : spread(ok.map((episode) => (episode.nanoDollars ?? 0) / 1e9)),
    turns: average((episode) => episode.turns),
    metrics: meanMetrics(ok.map((episode) => episode.metrics)),
    groups: groupStatistics(group),
    measures: meanMeasures(ok),
    stopReasons,
    simulated: group.some((episode) => episode.simulated),
    readsGold: group[0]!.readsGold,
  };
}

/** The mean score of each task: rollouts of one task say less than as many tasks would. */
function scoresByTask(episodes: readonly EpisodeFigures[]): number[] {
  const tasks = new Map<string, number[]>();
  for (const { taskId, score } of episodes) {
    const scores = tasks.get(taskId);
    if (scores) scores.push(score);
    else tasks.set(taskId, [score]);
  }
  return Array.from(tasks.values(), mean);
}

function measuresOf({ reward }: Trajectory): Record<string, number> {
  const measures: Record<string, number> = {};
  for (const [name, { raw }] of Object.entries(reward?.terms ?? {}))
    if (name.startsWith(MEASURE_PREFIX)) measures[name.slice(MEASURE_PREFIX.length)] = raw;
  return measures;
}

function meanMeasures(episodes: readonly EpisodeFigures[]): Record<string, number> {
  const names = new Set(episodes.flatMap(({ measures }) => Object.keys(measures)));
  const means = Array.from(names, (name) => [
    name,
    mean(episodes.flatMap(({ measures }) => measures[name] ?? [])),
  ]);
  const judged = episodes.flatMap(({ measures: { confidence, judged: truth } }) =>
    confidence === undefined || truth === undefined ? [] : [{ confidence, truth }],
  );
  const sure = episodes.flatMap(
    ({ measures: { stated_confidence: stated, confidence, judged: truth }, score }) => {
      const told = stated ?? confidence;
      return told === undefined ? [] : [{ confidence: told, truth: truth ?? score }];
    },
  );
  return {
    ...Object.fromEntries(means),
    ...(judged.length > 0 && { calibration_error: calibrationError(judged) }),
    ...(sure.length > 0 && { calibration_gap: calibrationGap(sure) }),
  };
}

function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  return { mean: mean(values), p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
}
