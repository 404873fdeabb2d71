/** What the faults of the suite share. */
import type { Random } from "../../../src/random.ts";
import type { AuditOptions } from "./audit.ts";

/** A run to compare with. */
export interface Undisturbed {
  /** The command's arguments, but for the folder. */
  readonly args: readonly string[];
  readonly asked: readonly string[];
  readonly wholeMs: number;
}

export interface Setting {
  /** An empty folder for this fault. */
  readonly place: string;
  /** Needs no server. */
  readonly offline: Undisturbed;
  /** How many a run of this fault's own ought to have. */
  readonly tasks: number;
  readonly random: Random;
  /** Has this done after the audit. */
  readonly cleanUp: (work: () => void) => void;
}

export interface Outcome {
  /** The folders of runs that were brought to their ends. */
  readonly runs: readonly (AuditOptions & { readonly folder: string })[];
  /** False where the fault did not come about, so that the suite showed nothing. */
  readonly happened: boolean;
  readonly words: string;
}

export interface Fault {
  readonly name: string;
  /** Why it cannot be tried on this machine. */
  readonly skip?: string | null;
  readonly befall: (setting: Setting) => Promise<Outcome>;
}
