/** What a search has spent, and whether the next step still fits: episodes and dollars never pass the budget. */

/** The budget of a search. */
export interface SearchBudget {
  /** Episodes in all: those of the search, and those of the held-out test. */
  readonly episodes: number;
  /** Of all episodes and of the reflecting model together; null for no bound. */
  readonly nanoDollars: number | null;
}

/** A step that is about to begin: its episodes, and the most that it can cost. */
export interface Step {
  readonly episodes: number;
  readonly nanoDollars: number;
}

/**
 * Counts along the path of the search, not along the clock: a search that is taken up again finds the records of steps that it has
 * yet to come to, and must decide as if they were not there. What the path will never come to is counted at once.
 */
export class Spending {
  readonly #budget: SearchBudget;
  #episodes = 0;
  #nanoDollars = 0;
  #unknown = false;

  constructor(budget: SearchBudget) {
    this.#budget = budget;
  }

  get episodes(): number {
    return this.#episodes;
  }

  /** Null if the cost of something is not known: an unknown cost is not zero. */
  get nanoDollars(): number | null {
    return this.#unknown ? null : this.#nanoDollars;
  }

  add(episodes: number, nanoDollars: number | null): void {
    this.#episodes += episodes;
    if (nanoDollars === null) this.#unknown = true;
    else this.#nanoDollars += nanoDollars;
  }

  /** Whether the step and what is kept back for later fit into what is left. */
  fits(step: Step, kept: Step = { episodes: 0, nanoDollars: 0 }): boolean {
    const { episodes, nanoDollars } = this.#budget;
    if (this.#episodes + step.episodes + kept.episodes > episodes) return false;
    if (nanoDollars === null) return true;
    return !this.#unknown && this.#nanoDollars + step.nanoDollars + kept.nanoDollars <= nanoDollars;
  }

  /** What keeps a step from fitting, in words. */
  limitOf(step: Step, kept: Step): "episodes" | "dollars" {
    return this.#episodes + step.episodes + kept.episodes > this.#budget.episodes ? "episodes" : "dollars";
  }
}
