/** Who plays which tasks in a run: a matchup is a policy, or several, on one kind of tasks. */
import type { MakeOptions } from "../env/assemble.ts";
import type { Benchmark } from "../env/define.ts";
import type { Judge } from "../episode/contract.ts";
import type { Model } from "../models/model.ts";
import type { OraclePolicy, Policy } from "../policies/policy.ts";
import type { JsonObject } from "../types.ts";

/** One kind of tasks, and the policies that play them. */
export interface Matchup {
  /** The environment's name. */
  readonly environment: string;
  readonly benchmark: Benchmark;
  /** In the order of the table. */
  readonly policies: readonly (Policy | OraclePolicy)[];
  /** The default one first. */
  readonly subModels: readonly Model[];
  readonly judge: Judge | null;
}

/** A matchup with the options that its environment was opened with. */
export interface AskedMatchup extends Matchup {
  readonly options: JsonObject;
  /** Those of the environment's options that name files or folders, with commas between. */
  readonly paths: Readonly<Record<string, string>>;
}

/** Everything that decides which episodes a run has. */
export interface PlannedRun {
  readonly matchups: readonly AskedMatchup[];
  readonly make: Omit<MakeOptions, "options" | "seed" | "model">;
  /** Tasks of each matchup. */
  readonly episodes: number;
  /** Rollouts of each task by each policy, which differ in their sampling seeds. */
  readonly groupSize: number;
  readonly seed: number;
}
