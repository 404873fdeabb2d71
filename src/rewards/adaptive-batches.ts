/** An adaptive budget over a run: its rollouts in batches of a fixed size, each under the price that the batches before it set. */
import { type BudgetOptions, type BudgetState, FRESH_BUDGET, nextBudgetState } from "./adaptive-budget.ts";

/** An adaptive budget, and after how many rollouts its price changes. */
export interface BatchOptions extends BudgetOptions {
  /** Rollouts per batch, in the order of the plan. */
  readonly every: number;
}

/** What is saved with a run: the state, and how many complete batches have ended. */
export interface BatchState {
  readonly state: BudgetState;
  readonly batches: number;
}

interface Batch {
  planned: number;
  /** Costs of the ended rollouts by their index in the plan; null counts in no mean. */
  readonly costs: Map<number, number | null>;
}

/**
 * Rollouts are planned in order, and one begins when all batches before its own have ended, so that the same seed gives
 * the same rewards in any order of endings. An incomplete last batch changes nothing.
 */
export class AdaptiveBatches {
  readonly #options: BatchOptions;
  readonly #save: (saved: BatchState) => Promise<void>;
  readonly #indexOf = new Map<string, number>();
  readonly #batches = new Map<number, Batch>();
  #saved: BatchState;
  #planned = 0;
  #saving: Promise<void> = Promise.resolve();
  #moved: { readonly promise: Promise<void>; readonly resolve: () => void } = signalOnce();

  /** @param saved the state of an earlier part of the run; null for a fresh one */
  constructor(options: BatchOptions, saved: BatchState | null, save: (saved: BatchState) => Promise<void>) {
    this.#options = options;
    this.#saved = saved ?? { state: FRESH_BUDGET, batches: 0 };
    this.#save = save;
  }

  /** The price for rollouts that begin now. */
  get lambda(): number {
    return this.#saved.state.lambda;
  }

  /** The next rollout of the plan, whether it has ended already or not. */
  plan(id: string): void {
    const index = this.#planned++;
    this.#indexOf.set(id, index);
    this.#batchAt(index).planned += 1;
  }

  /** Waits until all batches before the rollout's have ended, and their state is saved. */
  async turnOf(id: string): Promise<void> {
    const batch = Math.floor((this.#indexOf.get(id) ?? 0) / this.#options.every);
    while (batch > this.#saved.batches) await this.#moved.promise;
    await this.#saving;
  }

  /** The rollout has ended. @param cost in the budget's unit; null for an infrastructure fault */
  async ended(id: string, cost: number | null): Promise<void> {
    const index = this.#indexOf.get(id);
    if (index === undefined) return;
    this.#batchAt(index).costs.set(index, cost);
    while (this.#isWhole()) this.#follow();
    await this.#saving;
  }

  #isWhole(): boolean {
    const { every } = this.#options;
    const batch = this.#batches.get(this.#saved.batches);
    return batch !== undefined && batch.planned === every && batch.costs.size === every;
  }

  #follow(): void {
    const { state, batches } = this.#saved;
    const { costs } = this.#batches.get(batches)!;
    const inOrder = [...costs].toSorted(([a], [b]) => a - b).flatMap(([, cost]) => cost ?? []);
    this.#batches.delete(batches);
    this.#saved = { state: nextBudgetState(state, inOrder, this.#options), batches: batches + 1 };
    const saved = this.#saved;
    this.#saving = this.#saving.then(() => this.#save(saved));
    const moved = this.#moved;
    this.#moved = signalOnce();
    moved.resolve();
  }

  #batchAt(index: number): Batch {
    const batch = Math.floor(index / this.#options.every);
    const found = this.#batches.get(batch) ?? { planned: 0, costs: new Map() };
    this.#batches.set(batch, found);
    return found;
  }
}

function signalOnce() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
