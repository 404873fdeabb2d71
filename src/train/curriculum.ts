/** Chooses the kinds of tasks that an update plays: short ones first, longer ones once those succeed, and most often those that are half learned. */
import type { Random } from "../random.ts";

export interface CurriculumKind {
  readonly name: string;
  /** Kinds of the same track go from easy to hard in their order, such as one environment's lengths. */
  readonly track: string;
}

/** Success at which the next kind of a track is opened. */
const OPENS_AT = 0.5;
/** Updates after which every kind is open, even if an easier kind never succeeded. */
const OPEN_AFTER = 40;
/** Weight of the newest success rate in the moving mean. */
const NEWEST = 0.3;
/** Weight of a kind that always succeeds or always fails. One that succeeds half the time has 0.25. */
const LEAST_WEIGHT = 0.1;

export class Curriculum {
  readonly #kinds: readonly CurriculumKind[];
  readonly #success: Map<string, number>;

  /** @param success the value of `success` when a checkpoint was written */
  constructor(kinds: readonly CurriculumKind[], success: Readonly<Record<string, number>> = {}) {
    this.#kinds = kinds;
    this.#success = new Map(Object.entries(success));
  }

  get success(): Record<string, number> {
    return Object.fromEntries(this.#success);
  }

  /** Takes in the success rate, 0 to 1, of a kind's episodes in an update. */
  see(name: string, success: number): void {
    const held = this.#success.get(name);
    this.#success.set(name, held === undefined ? success : held + NEWEST * (success - held));
  }

  /** Indices of the open kinds. */
  open(update: number): number[] {
    return this.#kinds.flatMap(({ track }, index) => {
      const easier = this.#kinds.slice(0, index).filter((kind) => kind.track === track);
      const isOpen = easier.every(({ name }) => (this.#success.get(name) ?? 0) >= OPENS_AT);
      return isOpen || update >= OPEN_AFTER ? [index] : [];
    });
  }

  /** Draws the indices of `count` kinds by weight, each open kind at least once if `count` allows. */
  draw(update: number, count: number, random: Random): number[] {
    const open = this.open(update);
    const weights = open.map((index) => {
      const success = this.#success.get(this.#kinds[index]!.name) ?? 0.5;
      return success * (1 - success) + LEAST_WEIGHT;
    });
    const drawn = random.shuffle([...open]).slice(0, count);
    while (drawn.length < count) drawn.push(open[weighted(weights, random)]!);
    return drawn;
  }
}

function weighted(weights: readonly number[], random: Random): number {
  let left = random.random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}
