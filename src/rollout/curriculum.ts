/**
 * Draws the tasks of a run by a curriculum, round by round. What a round draws depends on the rounds before it alone, so that the
 * same seed and the same outcomes give the same tasks at any concurrency, and a resumed run goes on where it was.
 */
import { Waiters } from "../queue/waiters.ts";
import { Random } from "../random.ts";
import type { CurriculumSpec, Following } from "./curriculum-spec.ts";

/** Kinds whose tasks the policy solves nearly always, sometimes, or hardly ever. */
export type Pool = "easy" | "learnable" | "hard";

/** A group to play: a task of a kind. */
export interface Drawn {
  /** The kind's place in the spec. */
  readonly kind: number;
  /** The task's place among those of its kind. */
  readonly index: number;
}

/** What is known of a kind at the beginning of a round, over its last groups. */
export interface Standing {
  readonly groups: number;
  readonly pool: Pool;
  /** Mean score from 0 to 1; null before the first group. */
  readonly passRate: number | null;
  /** The share of groups whose rollouts differ in their scores; of single rollouts 4p(1 − p), which is 1 at a pass rate of a half. */
  readonly spread: number | null;
}

/** One round: what was known, and what was drawn. */
export interface Round {
  readonly standings: readonly Standing[];
  readonly draws: readonly Drawn[];
}

/** A kind without spread is drawn this much as often as one whose groups all have some: seldom, so that a change is noticed. */
const LEAST_SPREAD = 0.1;

/** Groups in a round if the weights alone decide. */
const ROUND = 64;

/** The draws of one run. */
export class Curriculum {
  readonly #spec: CurriculumSpec;
  readonly #seed: number;
  readonly #groupSize: number;
  readonly #recorded: readonly Round[];
  readonly #save: (rounds: readonly Round[]) => Promise<void>;
  readonly #scores = new Map<string, (number | null)[]>();
  /** Ended groups of each kind, in the order of their draws. */
  readonly #played: (readonly (number | null)[])[][];
  readonly #forOutcomes = new Waiters();

  /**
   * @param recorded the rounds of an earlier part of the run, which are drawn again as they were
   * @param save receives all rounds so far when one was drawn
   */
  constructor(
    { spec, seed, groupSize }: { spec: CurriculumSpec; seed: number; groupSize: number },
    recorded: readonly Round[] = [],
    save: (rounds: readonly Round[]) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#spec = spec;
    this.#seed = seed;
    this.#groupSize = groupSize;
    this.#recorded = recorded;
    this.#save = save;
    this.#played = spec.tasks.map(() => []);
  }

  /** The groups in order; waits for a round's outcomes before it draws the next one. @param signal ends the wait with its reason */
  async *order(groups: number, signal: AbortSignal): AsyncGenerator<Drawn> {
    const rounds: Round[] = [];
    const next = this.#spec.tasks.map(() => 0);
    for (let drawn = 0; drawn < groups;) {
      const size = Math.min(this.#spec.follow?.every ?? ROUND, groups - drawn);
      const standings = this.#spec.tasks.map((_, kind) => this.#standing(kind));
      const recorded = this.#recorded[rounds.length]?.draws ?? [];
      const random = Random.of(this.#seed, "curriculum", rounds.length);
      const draws = Array.from({ length: size }, (_, place) => {
        const kind = drawKind(this.#spec, standings, random);
        const { kind: as } = recorded[place] ?? { kind };
        return { kind: as, index: next[as]!++ };
      });
      rounds.push({ standings, draws });
      await this.#save(rounds);
      yield* draws;
      drawn += size;
      if (this.#spec.follow) await this.#ended(draws, signal);
    }
  }

  /** A rollout of a group has ended. @param score from 0 to 1; null for an infrastructure fault, which says nothing */
  ended({ kind, index }: Drawn, score: number | null): void {
    const key = `${kind}/${index}`;
    this.#scores.set(key, [...(this.#scores.get(key) ?? []), score]);
    this.#forOutcomes.wakeAll();
  }

  /** Waits for a round, and counts its groups in the order in which they were drawn. */
  async #ended(draws: readonly Drawn[], signal: AbortSignal): Promise<void> {
    const isMissing = ({ kind, index }: Drawn) =>
      (this.#scores.get(`${kind}/${index}`)?.length ?? 0) < this.#groupSize;
    while (draws.some(isMissing)) await this.#forOutcomes.turn(signal);
    for (const { kind, index } of draws) {
      this.#played[kind]!.push(this.#scores.get(`${kind}/${index}`)!);
      this.#scores.delete(`${kind}/${index}`);
    }
  }

  #standing(kind: number): Standing {
    const { follow } = this.#spec;
    const played = this.#played[kind]!.map((scores) => scores.filter((score) => score !== null)).filter(
      (scores) => scores.length > 0,
    );
    const last = played.slice(-(follow?.window ?? Infinity));
    if (!follow || last.length === 0)
      return { groups: played.length, pool: "learnable", passRate: null, spread: null };
    const passRate = meanOf(last.map(meanOf));
    const spread =
      this.#groupSize === 1
        ? 4 * passRate * (1 - passRate)
        : meanOf(last.map((scores) => Number(scores.some((score) => score !== scores[0]))));
    return { groups: played.length, pool: poolOf(passRate, follow), passRate, spread };
  }
}

function poolOf(passRate: number, { easy, hard }: Following): Pool {
  if (passRate >= easy) return "easy";
  return passRate <= hard ? "hard" : "learnable";
}

/** First a pool by its share among those that are not empty, then a kind in it by its weight and spread. */
function drawKind({ tasks, follow }: CurriculumSpec, standings: readonly Standing[], random: Random): number {
  const kinds = tasks.map(({ weight }, kind) => ({ kind, weight, ...standings[kind]! }));
  if (!follow) return weighted(kinds, ({ weight }) => weight, random).kind;
  const shares = Object.entries(follow.shares) as [Pool, number][];
  const filled = shares.filter(([pool, part]) => part > 0 && kinds.some((one) => one.pool === pool));
  // Where the only kinds that are left have a share of 0, they are all there is to play.
  const pool = filled.length === 0 ? null : weighted(filled, ([, part]) => part, random)[0];
  const among = pool === null ? kinds : kinds.filter((one) => one.pool === pool);
  const worth = ({ weight, spread }: (typeof kinds)[number]) => weight * Math.max(LEAST_SPREAD, spread ?? 1);
  return weighted(among, worth, random).kind;
}

function weighted<T>(items: readonly T[], weightOf: (item: T) => number, random: Random): T {
  const weights = items.map(weightOf);
  let left = random.random() * weights.reduce((sum, weight) => sum + weight, 0);
  const place = weights.findIndex((weight) => (left -= weight) < 0);
  return items.at(place) as T;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
