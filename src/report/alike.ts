/** How alike a policy's trajectories are over the lengths of contexts: what it did, what it wrote, and what its prompts cost. */
import { Random } from "../random.ts";
import { mean, quantile } from "../statistics.ts";
import { RESAMPLES } from "./bootstrap.ts";
import { lengthName } from "./by.ts";
import { lengthOf } from "./over-length.ts";
import type { EpisodePath } from "./path.ts";
import { groupBy, inOrder, sorted } from "./report.ts";
import type { EpisodeFigures } from "./summary.ts";

/** A mean likeness from 0 to 1, with its percentile interval at 95 % over tasks; null for fewer than two tasks on a side. */
export interface Likeness {
  readonly mean: number;
  readonly interval: readonly [number, number] | null;
}

/** A policy's trajectories at one length beside those at the shortest one. */
export interface LengthLikeness {
  readonly policy: string;
  /** The options that shaped what it saw, such as `offload, constant, kept`; empty for none. */
  readonly options: string;
  readonly length: string;
  readonly contextTokens: number;
  /** Episodes that were compared, of both lengths. */
  readonly episodes: readonly [number, number];
  /**
   * Means over all pairs of an episode of the shortest length and one of this length, each of another task. At the shortest length
   * itself they say how alike tasks of one length are. `actions` and `code`: 1 less the edit distance (Levenshtein 1966) over the
   * longer one. `prompts`: the prompt tokens of each turn, the lesser sum over the greater one (Ružička 1958).
   */
  readonly actions: Likeness;
  readonly code: Likeness;
  readonly prompts: Likeness;
  readonly simulated: boolean;
}

/** The likenesses of one kind of tasks. */
export interface AlikeReport {
  readonly kind: string;
  readonly rows: readonly LengthLikeness[];
}

/** Figures with the path of the episode. */
export interface EpisodeWithPath extends EpisodeFigures {
  readonly path: EpisodePath;
}

/** The most tasks of each length that are compared. */
const MOST_TASKS = 16;

/** One report for each kind of tasks with several lengths. The order of the episodes does not matter. */
export function alikeOverLength(
  episodes: readonly EpisodeWithPath[],
  options: { readonly policies?: readonly string[]; readonly seed?: number } = {},
): AlikeReport[] {
  const usable = sorted(episodes).filter(({ ok }) => ok) as EpisodeWithPath[];
  const compare = inOrder(options.policies ?? []);
  return [...groupBy(usable, ({ kind, tasks }) => kind ?? tasks)]
    .toSorted(([a], [b]) => inOrder([])(a, b))
    .flatMap(([kind, own]) => {
      const byPolicy = groupBy(own, ({ policy, path }) => JSON.stringify([policy, path.options]));
      const rows = [...byPolicy.values()].flatMap((played) => rowsOf(played, options.seed ?? 0));
      rows.sort(
        (a, b) =>
          compare(a.policy, b.policy) ||
          inOrder([])(a.options, b.options) ||
          a.contextTokens - b.contextTokens,
      );
      return rows.length > 0 ? [{ kind, rows }] : [];
    });
}

function rowsOf(episodes: readonly EpisodeWithPath[], seed: number): LengthLikeness[] {
  const lengths = [...groupBy(episodes, lengthOf).values()]
    .map((own) => ({ tokens: mean(own.map(({ contextTokens }) => contextTokens)), own: drawn(own, seed) }))
    .toSorted((a, b) => a.tokens - b.tokens);
  const [shortest] = lengths;
  if (shortest === undefined || lengths.length < 2) return [];
  return lengths.map(({ tokens, own }) => {
    const compared = (of: (a: EpisodePath, b: EpisodePath) => number) =>
      likeness(shortest.own, own, of, seed);
    return {
      policy: own[0]!.policy,
      options: own[0]!.path.options,
      length: lengthName(own[0]!.facts?.length ?? Math.round(tokens)),
      contextTokens: tokens,
      episodes: [shortest.own.length, own.length],
      actions: compared((a, b) => alikeInOrder(a.actions, b.actions)),
      code: compared((a, b) => alikeInOrder(a.code, b.code)),
      prompts: compared((a, b) => overlap(a.promptTokens, b.promptTokens)),
      simulated: own.some(({ simulated }) => simulated),
    };
  });
}

/** One episode of each task, of so many tasks, drawn by the seed. */
function drawn(episodes: readonly EpisodeWithPath[], seed: number): EpisodeWithPath[] {
  const first = [...groupBy(episodes, ({ taskId }) => taskId).values()].map(([one]) => one!);
  const random = Random.of(seed, "tasks to compare");
  const ranks = new Map(first.map((one) => [one, random.random()]));
  return first.toSorted((a, b) => ranks.get(a)! - ranks.get(b)!).slice(0, MOST_TASKS);
}

/** The mean over all pairs of two tasks, with its interval by resampling the tasks of both sides. */
function likeness(
  left: readonly EpisodeWithPath[],
  right: readonly EpisodeWithPath[],
  of: (a: EpisodePath, b: EpisodePath) => number,
  seed: number,
): Likeness {
  const isSame = left === right;
  const table = left.map((a) => right.map((b) => (a.taskId === b.taskId ? null : of(a.path, b.path))));
  const means = (rows: readonly number[], columns: readonly number[]) => {
    let [total, count] = [0, 0];
    for (const row of rows)
      for (const column of columns) {
        const value = table[row]![column]!;
        if (value === null) continue;
        total += value;
        count += 1;
      }
    return count === 0 ? 1 : total / count;
  };
  const all = [left, right].map((side) => side.map((_, index) => index));
  const whole = means(all[0]!, all[1]!);
  if (left.length < 2 || right.length < 2) return { mean: whole, interval: null };
  const random = Random.of(seed, "likeness");
  const again = (size: number) => Array.from({ length: size }, () => Math.floor(random.random() * size));
  const resampled = Array.from({ length: RESAMPLES }, () => {
    const rows = again(left.length);
    return means(rows, isSame ? rows : again(right.length));
  });
  return { mean: whole, interval: [quantile(resampled, 0.025), quantile(resampled, 0.975)] };
}

/** 1 less the edit distance over the length of the longer sequence; 1 for two empty ones. */
export function alikeInOrder<T extends string | number>(a: readonly T[], b: readonly T[]): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - editDistance(a, b) / longer;
}

function editDistance<T>(a: readonly T[], b: readonly T[]): number {
  let last = Uint32Array.from({ length: b.length + 1 }, (_, index) => index);
  let next = new Uint32Array(b.length + 1);
  for (let i = 0; i < a.length; i += 1) {
    next[0] = i + 1;
    for (let j = 0; j < b.length; j += 1)
      next[j + 1] = Math.min(last[j]! + (a[i] === b[j] ? 0 : 1), last[j + 1]! + 1, next[j]! + 1);
    [last, next] = [next, last];
  }
  return last[b.length]!;
}

/** The sum of the lesser values over the sum of the greater ones; a missing value is 0. 1 if all are 0. */
export function overlap(a: readonly number[], b: readonly number[]): number {
  let [lesser, greater] = [0, 0];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [one, other] = [a[index] ?? 0, b[index] ?? 0];
    lesser += Math.min(one, other);
    greater += Math.max(one, other);
  }
  return greater === 0 ? 1 : lesser / greater;
}
