/** What `reward` prints. */
import type { GroupCounts } from "../../src/rewards/advantages.ts";
import type { Difference } from "../../src/report/difference.ts";
import type { SavedEpisode } from "../../src/report/read-episodes.ts";
import type { SweepPoint } from "../../src/report/sweep.ts";
import type { ScoredRow } from "../../src/rewards/score-episodes.ts";
import { mean } from "../../src/statistics.ts";
import { columns } from "./columns.ts";
import type { NamedSpec } from "../input/load-spec.ts";

export interface Shown {
  readonly text: string;
  readonly json: object;
}

interface ScoredRun {
  readonly run: string;
  readonly file: string;
  readonly groups: GroupCounts;
  /** Episodes with a call whose reservation stands for its usage. */
  readonly unknownUsage: number;
  readonly episodes: readonly SavedEpisode[];
  readonly rows: readonly ScoredRow[];
}

export function scoredTable(spec: NamedSpec, runs: readonly ScoredRun[]): Shown {
  const shown = runs.map((scored) => ({ ...summaryOf(scored), policies: policiesOf(scored) }));
  const text = shown.map(({ file, groups, unknownUsage, rewarded, episodes, policies }) =>
    [
      columns(
        [
          ["policy", "n", "score", "reward", ...Object.keys(spec.terms)],
          ...policies.map(({ policy, n, score, reward, terms }) => [
            policy,
            String(n),
            score.toFixed(3),
            reward.toFixed(3),
            ...Object.keys(spec.terms).map((name) => (terms[name] ?? 0).toFixed(3)),
          ]),
        ],
        new Set([0]),
      ),
      "",
      `${rewarded} of ${episodes} episodes scored; ${groups.withSignal} of ${groups.total} groups have signal ` +
        `(${groups.ofOne} of one rollout, ${groups.withoutSpread} without spread, ${groups.empty} without a usable one)`,
      ...(unknownUsage > 0
        ? [`${unknownUsage} episode(s) have calls of unknown usage; their reservations count`]
        : []),
      `scored: ${file}`,
    ].join("\n"),
  );
  return { text: text.join("\n\n"), json: { spec: spec.name, advantage: spec.advantage, runs: shown } };
}

function summaryOf({ run, file, groups, unknownUsage, rows }: ScoredRun) {
  const rewarded = rows.filter(({ reward }) => reward !== null).length;
  return { run, file, episodes: rows.length, rewarded, groups, unknownUsage };
}

/** Means over the scored episodes of each policy. */
function policiesOf({ episodes, rows }: ScoredRun) {
  const byPolicy = new Map<string, NonNullable<ScoredRow["reward"]>[]>();
  for (const [index, { reward }] of rows.entries()) {
    if (reward === null) continue;
    const { policy } = episodes[index]!.figures;
    const own = byPolicy.get(policy) ?? [];
    byPolicy.set(policy, own);
    own.push(reward);
  }
  return [...byPolicy].map(([policy, rewards]) => ({
    policy,
    n: rewards.length,
    score: mean(rewards.map(({ score }) => score)),
    reward: mean(rewards.map(({ total }) => total)),
    terms: Object.fromEntries(
      Object.keys(rewards[0]!.terms).map((name) => [
        name,
        mean(rewards.map(({ terms }) => terms[name]?.weighted ?? 0)),
      ]),
    ),
  }));
}

export function sweepTable(spec: NamedSpec, name: string, points: readonly SweepPoint[]): Shown {
  const policies = Object.keys(points[0]?.rewards ?? {});
  const rows = points.map(({ value, rewards, best, groupsWithoutSignal }) => [
    String(value),
    best ?? "–",
    ...policies.map((policy) => (rewards[policy] ?? 0).toFixed(3)),
    String(groupsWithoutSignal),
  ]);
  const head = [name, "best", ...policies, "groups without signal"];
  return { text: columns([head, ...rows], new Set([1])), json: { spec: spec.name, name, points } };
}

export function differenceTable(names: readonly string[], found: Difference): Shown {
  const figure = (value: number | null) =>
    value === null ? "– (one of them is constant)" : value.toFixed(3);
  const text = [
    `${names.join(" against ")}: ${found.episodes} episodes in ${found.groups} groups`,
    `rank flips: ${found.rankFlips} of ${found.pairs} pairs, in ${found.groupsWithFlips} groups`,
    `groups that lose their signal: ${found.signalLost}; that gain one: ${found.signalGained}`,
    `correlation: Pearson ${figure(found.pearson)}, Spearman ${figure(found.spearman)}`,
  ].join("\n");
  return { text, json: { specs: names, ...found } };
}
