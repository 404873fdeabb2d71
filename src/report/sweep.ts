/** Sweeps one number of a reward's spec through a range, and reports each policy's mean reward. */
import { UsageError } from "../errors.ts";
import type { Measures } from "../rewards/measures.ts";
import { parseSpec, type RewardSpec } from "../rewards/spec.ts";
import { kindOf } from "../rewards/terms.ts";
import { scoreEpisodes } from "../rewards/score-episodes.ts";
import { inOrder } from "./report.ts";
import { mean } from "../statistics.ts";

/** Which number of a spec to sweep, and over which values. */
export interface SweepRange {
  /** `lambda`, a term's name (its weight), or `term.parameter`. */
  readonly name: string;
  readonly values: readonly number[];
}

/** The mean rewards of saved episodes at one value of the swept number. */
export interface SweepPoint {
  readonly value: number;
  /** Mean rewards by policy. */
  readonly rewards: { readonly [policy: string]: number };
  /** The policy that earns most; the first of several with equal rewards. Null if no episode is usable. */
  readonly best: string | null;
  readonly groupsWithoutSignal: number;
}

const MOST_VALUES = 10_001;

/** Reads `lambda=0:1:0.1`; includes both ends. Throws `UsageError`. */
export function parseSweep(text: string): SweepRange {
  const match = /^([\w.-]+)=([^:]+):([^:]+):([^:]+)$/.exec(text);
  const [from = Number.NaN, to = Number.NaN, step = Number.NaN] = (match?.slice(2) ?? []).map(Number);
  const isRange = [from, to, step].every(Number.isFinite) && step > 0 && to >= from;
  if (!match || !isRange)
    throw new UsageError(`--sweep ${text}: expected NAME=FROM:TO:STEP, such as lambda=0:1:0.1`);
  const steps = Math.floor((to - from) / step + 1e-9);
  if (steps >= MOST_VALUES)
    throw new UsageError(`--sweep ${text}: ${steps + 1} values; expected at most ${MOST_VALUES}`);
  const values = Array.from({ length: steps + 1 }, (_, index) =>
    Number((from + index * step).toPrecision(12)),
  );
  return { name: match[1]!, values };
}

/** Mean rewards that differ by less are equal except for rounding; of equal ones the first is the best. */
const SAME = 1e-12;

/**
 * @param policies the policy of each episode
 * @param order of the policies, by which the first of equal ones is the best; others follow by name
 */
export function sweep(
  spec: RewardSpec,
  { name, values }: SweepRange,
  episodes: readonly Measures[],
  policies: readonly string[],
  order: readonly string[] = [],
): SweepPoint[] {
  return values.map((value) => {
    const { rows, groups } = scoreEpisodes(withNumber(spec, name, value), episodes);
    const earned = new Map<string, number[]>();
    for (const [index, { reward }] of rows.entries()) {
      if (reward === null) continue;
      const own = earned.get(policies[index]!) ?? [];
      earned.set(policies[index]!, own);
      own.push(reward.total);
    }
    // Episodes end in any order, and the order must not affect sums of floats and ties.
    const names = [...earned.keys()].toSorted(inOrder(order));
    const meanOf = (policy: string) => mean(earned.get(policy)!.toSorted((a, b) => a - b));
    const rewards = Object.fromEntries(names.map((policy) => [policy, meanOf(policy)]));
    const most = Math.max(...Object.values(rewards));
    const best = names.find((policy) => rewards[policy]! >= most - SAME) ?? null;
    return { value, rewards, best, groupsWithoutSignal: groups.total - groups.withSignal };
  });
}

/** The spec with one number set. Throws `UsageError` if the number does not exist or cannot have this value. */
export function withNumber(spec: RewardSpec, name: string, value: number): RewardSpec {
  const [first = "", parameter = "weight"] = name.split(".");
  const chosen = Object.keys(spec.terms).filter((term) =>
    name === "lambda" && !spec.terms.lambda ? kindOf(spec.terms[term]!).weighsCost : term === first,
  );
  if (chosen.length === 0) {
    const known = Object.keys(spec.terms).join(", ") || "none";
    throw new UsageError(`--sweep ${name}: the spec has no such term; its terms are ${known}`);
  }
  const terms = Object.fromEntries(
    Object.entries(spec.terms).map(([term, own]) => [
      term,
      chosen.includes(term) ? { ...own, [parameter]: value } : own,
    ]),
  );
  return parseSpec({ ...spec, terms }, `--sweep ${name}=${value}`);
}
