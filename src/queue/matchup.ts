/** Which policies play which tasks in a run. */
import type { Env } from "../episode/contract.ts";
import type { ReplLanguage } from "../languages/language.ts";
import type { Model } from "../models/model.ts";
import type { OraclePolicy, Policy } from "../policies/policy.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { ChangingSpec } from "../rewards/spec.ts";
import type { Problem } from "../types.ts";

/** What all environments of a run share. */
export interface SharedParts {
  /** The pool of a language. */
  readonly replsOf: (language: ReplLanguage) => ReplPool;
  /** Replaces the environment's reward if the reward's budget adapts during the run. */
  readonly reward?: ChangingSpec;
  /** Replaces the environment's system prompt, for a search that plays the same tasks with many prompts. */
  readonly systemPrompt?: string;
}

/** One kind of tasks, and the policies that play them. */
export interface Matchup {
  /** The environment's name; rollout ids begin with it. */
  readonly environment: string;
  /** What the tasks have in common, as tables name it, such as `niah_single_2 32k`. */
  readonly label: string;
  /** The task at an index, from 0. The same index gives the same task; after the last task the first follows again. */
  readonly problemAt: (index: number) => Promise<Problem>;
  /** True if tasks are read from a file that a worker on another machine may not have: jobs then carry the task. */
  readonly fromFile: boolean;
  /** In the order of the table's rows. */
  readonly policies: readonly (Policy | OraclePolicy)[];
  /** The default one first. */
  readonly subModels: readonly Model[];
  /** Called for each attempt at an episode; the attempt closes the environment when it ends. */
  readonly makeEnv: (policy: Policy, shared: SharedParts) => Env | Promise<Env>;
}

/** Everything that decides which episodes a run has. */
export interface PlannedRun {
  readonly matchups: readonly Matchup[];
  /** Tasks of each matchup. */
  readonly episodes: number;
  /** Rollouts of each task by each policy, which differ in their sampling seeds. */
  readonly groupSize: number;
  /** Fixes every rollout's own seed. */
  readonly seed: number;
}
