/** Counts what an export read, kept and left out, with the reasons, so that no rollout vanishes silently. */
import type { Trajectory } from "../trajectory.ts";
import type { Mended } from "./choice/change-log.ts";
import { type Kind, kindOf } from "./choice/kinds.ts";

/** How many rollouts were read and kept, how many rows were written, and why the others were left out. */
export interface Counts {
  /** Rollouts that were read. */
  readonly read: number;
  /** Rollouts that gave at least one row. */
  readonly kept: number;
  /** Rollouts that gave no row, by reason; with `kept` they add up to `read`. */
  readonly leftOut: { readonly [reason: string]: number };
  /** Rollouts kept in which a simulated model answered. */
  readonly simulated: number;
  readonly rows: number;
  /** Turns that a format left out of rollouts that it kept, by reason. */
  readonly turnsLeftOut: { readonly [reason: string]: number };
  /** Repairs and redactions of texts, by rule. */
  readonly changes: { readonly [rule: string]: number };
}

/** How many rollouts of a policy in an environment were kept. */
export interface KeptOf {
  readonly environment: string;
  readonly policy: string;
  readonly rollouts: number;
}

/** How many rollouts of a kind in an environment were kept. */
export interface KeptKind {
  readonly environment: string;
  readonly kind: Kind;
  readonly rollouts: number;
}

/** The facts of a rollout by which kept rows are counted. */
export type Kept = Pick<Trajectory, "simulated" | "environment" | "policy"> & { readonly kind: Kind };

/** The facts of a rollout that is kept. */
export function keptFacts(trajectory: Trajectory): Kept {
  const { simulated, environment, policy } = trajectory;
  return { simulated, environment, policy, kind: kindOf(trajectory) };
}

/** Counts what an export reads, leaves out and changes. */
export class Tally {
  rows = 0;
  #read = 0;
  #kept = 0;
  #simulated = 0;
  readonly #leftOut = new Map<string, number>();
  readonly #policies = new Map<string, number>();
  readonly #kinds = new Map<string, number>();
  readonly #turns = new Map<string, number>();
  readonly #changes = new Map<string, number>();
  readonly #tell: (change: Mended, canary: string | null) => void;

  /** @param tell receives each repair, to write it down */
  constructor(tell: (change: Mended, canary: string | null) => void = () => {}) {
    this.#tell = tell;
  }

  read(): void {
    this.#read += 1;
  }

  keep({ simulated, environment, policy, kind }: Kept): void {
    this.#kept += 1;
    add(this.#policies, JSON.stringify([environment, policy]), 1);
    add(this.#kinds, JSON.stringify([environment, kind]), 1);
    if (simulated) this.#simulated += 1;
  }

  leaveOut(reason: string, rollouts = 1): void {
    add(this.#leftOut, reason, rollouts);
  }

  leaveOutTurn(reason: string): void {
    add(this.#turns, reason, 1);
  }

  change(rule: string, times = 1): void {
    add(this.#changes, rule, times);
  }

  /** @param canary of the encrypted set that the episode belongs to; null for others */
  mend(changes: readonly Mended[], canary: string | null): void {
    for (const change of changes) {
      this.change(change.rule);
      this.#tell(change, canary);
    }
  }

  get policies(): readonly KeptOf[] {
    return Object.entries(sorted(this.#policies)).map(([key, rollouts]) => {
      const [environment, policy] = JSON.parse(key) as [string, string];
      return { environment, policy, rollouts };
    });
  }

  get kinds(): readonly KeptKind[] {
    return Object.entries(sorted(this.#kinds)).map(([key, rollouts]) => {
      const [environment, kind] = JSON.parse(key) as [string, Kind];
      return { environment, kind, rollouts };
    });
  }

  get counts(): Counts {
    return {
      read: this.#read,
      kept: this.#kept,
      leftOut: sorted(this.#leftOut),
      simulated: this.#simulated,
      rows: this.rows,
      turnsLeftOut: sorted(this.#turns),
      changes: sorted(this.#changes),
    };
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  if (by > 0) counts.set(key, (counts.get(key) ?? 0) + by);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
