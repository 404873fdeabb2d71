/** Rows by what tasks have in common: length, difficulty, environment, and the length that a policy was trained at. */
import { UsageError } from "../errors.ts";
import { mean } from "../statistics.ts";
import type { EpisodeFigures } from "./summary.ts";
import { costIn, groupBy, reachedBy, unitOf } from "./report.ts";

/** What rows may be divided by. */
export const DIVISIONS = ["environment", "variant", "length", "difficulty", "trained"] as const;
export type Division = (typeof DIVISIONS)[number];

/** Reads `length,difficulty`. Throws `UsageError` for anything else. */
export function readDivisions(text: string): Division[] {
  return [...new Set(text.split(","))].map((name) => {
    const found = DIVISIONS.find((one) => one === name.trim());
    if (found === undefined)
      throw new UsageError(`--by ${text}: expected some of ${DIVISIONS.join(", ")}, separated by commas`);
    return found;
  });
}

/** The figures with the name of their tasks made of the divisions alone; `–` where an episode does not say. */
export function dividedBy(
  episodes: readonly EpisodeFigures[],
  divisions: readonly Division[],
): EpisodeFigures[] {
  return episodes.map((episode) => ({
    ...episode,
    kind: divisions
      .filter((division) => division !== "length")
      .map((division) => named(division, episode))
      .join(" "),
    tasks: divisions.map((division) => named(division, episode)).join(" "),
  }));
}

function named(division: Division, { facts = {}, contextTokens }: EpisodeFigures): string {
  if (division === "length") return lengthName(facts.length ?? octave(contextTokens));
  const found = facts[division];
  if (found === undefined) return division === "trained" ? "untrained" : "–";
  return division === "trained" ? `trained ${found}` : found;
}

/** The next power of two thousands: contexts of files have no length of their own. */
function octave(tokens: number): number {
  return 1000 * 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, tokens / 1000))));
}

/** For example `8k`. */
export function lengthName(length: number | string): string {
  const tokens = Number(length);
  if (!Number.isFinite(tokens)) return String(length);
  return tokens >= 1e6 && tokens % 1e6 === 0
    ? `${tokens / 1e6}M`
    : tokens % 1000 === 0
      ? `${tokens / 1000}k`
      : String(tokens);
}

/** What a policy that was trained at one length reaches at another. */
export interface TrainTestCell {
  readonly policy: string;
  /** As `--trained-at` says it; null for a policy of which nothing is said. */
  readonly trained: string | null;
  readonly length: string;
  /** The mean length of the contexts. */
  readonly contextTokens: number;
  readonly episodes: number;
  readonly score: number;
  readonly scoreInterval: readonly [number, number];
  readonly cost: number;
  readonly unit: ReturnType<typeof unitOf>;
  readonly simulated: boolean;
}

/** One cell for each policy, training length and length of contexts that was played, from the shortest to the longest; rows in the order of the episodes. */
export function trainTest(episodes: readonly EpisodeFigures[], seed = 0): TrainTestCell[] {
  const usable = episodes.filter(({ ok }) => ok);
  const unit = unitOf(usable);
  const cells = [
    ...groupBy(usable, (one) =>
      JSON.stringify([one.policy, one.facts?.trained ?? null, named("length", one)]),
    ),
  ].map(([key, own]): TrainTestCell => {
    const [policy, trained, length] = JSON.parse(key) as [string, string | null, string];
    const { score, scoreInterval, cost } = reachedBy(own, costIn(unit), seed);
    const contextTokens = mean(own.map((one) => one.contextTokens));
    const simulated = own.some((one) => one.simulated);
    return {
      policy,
      trained,
      length,
      contextTokens,
      episodes: own.length,
      score,
      scoreInterval: [scoreInterval[0], scoreInterval[1]],
      cost,
      unit,
      simulated,
    };
  });
  const rowsInOrder = [...new Set(cells.map(rowOf))];
  return cells.toSorted(
    (a, b) =>
      rowsInOrder.indexOf(rowOf(a)) - rowsInOrder.indexOf(rowOf(b)) || a.contextTokens - b.contextTokens,
  );
}

function rowOf({ policy, trained }: TrainTestCell): string {
  return JSON.stringify([policy, trained]);
}
