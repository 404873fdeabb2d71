/** The tables that `reward` prints. */
import type { GroupCounts } from "../../src/rewards/advantages.ts";
import type { Difference } from "../../src/report/difference.ts";
import { inOrder } from "../../src/report/report.ts";
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
  /** Episodes with a call whose usage is unknown, so that its reservation counts instead. */
  readonly unknownUsage: number;
  readonly episodes: readonly SavedEpisode[];
  readonly rows: readonly ScoredRow[];
  /** Episodes that the run was to have. */
  readonly planned: number;
  /** The policies with their marks in the order of the rows. */
  readonly order: readonly string[];
}

/** Explains the mark beside a policy's name. */
export const SIMULATED_NOTE = "* rests on a simulated model.";

/** The policy's name, with a star if its figures come from a simulated model. */
export function markedPolicy({
  policy,
  simulated,
}: {
  readonly policy: string;
  readonly simulated: boolean;
}): string {
  return policy + (simulated ? "*" : "");
}

function notesOn(policies: readonly string[]): string[] {
  return policies.some((policy) => policy.endsWith("*")) ? [SIMULATED_NOTE] : [];
}

export function scoredTable(spec: NamedSpec, runs: readonly ScoredRun[]): Shown {
  const shown = runs.map((scored) => ({ ...summaryOf(scored), policies: policiesOf(scored) }));
  const text = shown.map(({ file, groups, unknownUsage, rewarded, episodes, planned, policies }) =>
    [
      columns(
        [
          [
            "environment",
            "policy",
            "n",
            "score",
            "reward",
            ...Object.keys(spec.terms).map((name) => headOf(name, policies)),
          ],
          ...policies.map(({ environment, policy, n, score, reward, terms }) => [
            environment,
            policy,
            String(n),
            score.toFixed(3),
            reward.toFixed(3),
            ...Object.keys(spec.terms).map((name) => (terms[name] ?? 0).toFixed(3)),
          ]),
        ],
        new Set([0, 1]),
      ),
      "",
      ...(planned > episodes
        ? [`${episodes} of ${planned} planned episodes are in the run: it is incomplete`]
        : []),
      ...notesOn(policies.map(({ policy }) => policy)),
      `${rewarded} of ${episodes} episodes scored; ${groups.withSignal} of ${groups.total} groups have signal ` +
        `(${groups.ofOne} of one rollout, ${groups.withoutSpread} without spread, ${groups.empty} without a usable one)`,
      ...(unknownUsage > 0
        ? [`${unknownUsage} episode(s) have calls of unknown usage; their reservations count instead`]
        : []),
      `scored: ${file}`,
    ].join("\n"),
  );
  return { text: text.join("\n\n"), json: { spec: spec.name, advantage: spec.advantage, runs: shown } };
}

/** A term's name with its unit. */
function headOf(
  name: string,
  policies: readonly { readonly units: Readonly<Record<string, string>> }[],
): string {
  const units = [...new Set(policies.flatMap(({ units: own }) => own[name] ?? []))];
  return units.length === 0 ? name : `${name} (${units.join(", ")})`;
}

function summaryOf({ run, file, groups, unknownUsage, rows, planned }: ScoredRun) {
  const rewarded = rows.filter(({ reward }) => reward !== null).length;
  return { run, file, episodes: rows.length, planned, rewarded, groups, unknownUsage };
}

/** Means over the scored episodes of each environment and policy. */
function policiesOf({ episodes, rows, order }: ScoredRun) {
  const byPolicy = new Map<string, NonNullable<ScoredRow["reward"]>[]>();
  for (const [index, { reward }] of rows.entries()) {
    if (reward === null) continue;
    const key = JSON.stringify([rows[index]!.environment, markedPolicy(episodes[index]!.figures)]);
    const own = byPolicy.get(key) ?? [];
    byPolicy.set(key, own);
    own.push(reward);
  }
  const named = Array.from(byPolicy, ([key, rewards]) => {
    const [environment, policy] = JSON.parse(key) as [string, string];
    return { environment, policy, rewards };
  });
  const compare = inOrder(order);
  named.sort((a, b) =>
    a.environment === b.environment ? compare(a.policy, b.policy) : a.environment < b.environment ? -1 : 1,
  );
  return named.map(({ environment, policy, rewards }) => ({
    environment,
    policy,
    units: unitsOf(rewards),
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

function unitsOf(rewards: readonly NonNullable<ScoredRow["reward"]>[]): Record<string, string> {
  const units: Record<string, string> = {};
  for (const { terms } of rewards)
    for (const [name, { unit }] of Object.entries(terms))
      if (unit) units[name] = name in units && units[name] !== unit ? "dollars, tokens" : unit;
  return units;
}

/** One table per environment. */
export function sweepTable(
  spec: NamedSpec,
  name: string,
  parts: readonly { readonly environment: string; readonly points: readonly SweepPoint[] }[],
  { order, partial }: { readonly order: readonly string[]; readonly partial: readonly string[] },
): Shown {
  const texts = parts.map(({ environment, points }) =>
    [...(parts.length > 1 ? [`${environment}:`] : []), sweepText(name, points, order)].join("\n"),
  );
  const [only] = parts;
  const json = {
    spec: spec.name,
    name,
    ...(parts.length === 1 ? { points: only!.points } : { environments: parts }),
    ...(partial.length > 0 && { partial }),
  };
  return { text: [...texts, ...partial].join("\n\n"), json };
}

function sweepText(name: string, points: readonly SweepPoint[], order: readonly string[]): string {
  const policies = Object.keys(points[0]?.rewards ?? {}).toSorted(inOrder(order));
  const rows = points.map(({ value, rewards, best, groupsWithoutSignal }) => [
    String(value),
    best ?? "–",
    ...policies.map((policy) => (rewards[policy] ?? 0).toFixed(3)),
    String(groupsWithoutSignal),
  ]);
  const head = [name, "best", ...policies, "groups without signal"];
  return [columns([head, ...rows], new Set([1])), ...notesOn(policies)].join("\n");
}

/** How two rewards differ, per environment. */
export function differenceTable(
  names: readonly string[],
  parts: readonly { readonly environment: string; readonly found: Difference }[],
  { simulated, partial }: { readonly simulated: boolean; readonly partial: readonly string[] },
): Shown {
  const texts = parts.map(({ environment, found }) =>
    [
      ...(parts.length > 1 ? [`${environment || "of no known environment"}:`] : []),
      differenceText(names, found),
    ].join("\n"),
  );
  const [only] = parts;
  return {
    text: [...texts, ...(simulated ? ["The episodes rest on a simulated model."] : []), ...partial].join(
      "\n\n",
    ),
    json: {
      specs: names,
      ...(simulated && { simulated }),
      ...(partial.length > 0 && { partial }),
      ...(parts.length === 1
        ? only!.found
        : { environments: parts.map(({ environment, found }) => ({ environment, ...found })) }),
    },
  };
}

function differenceText(names: readonly string[], found: Difference): string {
  const figure = (value: number | null) =>
    value === null ? "– (one of them is constant)" : value.toFixed(3);
  return [
    `${names.join(" against ")}: ${found.episodes} episodes in ${found.groups} groups`,
    `rank flips: ${found.rankFlips} of ${found.pairs} pairs, in ${found.groupsWithFlips} groups`,
    `groups that lose their signal: ${found.signalLost}; that gain one: ${found.signalGained}`,
    `correlation: Pearson ${figure(found.pearson)}, Spearman ${figure(found.spearman)}`,
  ].join("\n");
}
