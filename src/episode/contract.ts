/** The contract of environments: their options, the options of a reset, the result of a step, and the `Env` interface. */
import type { Dataset } from "../data/dataset.ts";
import type { BudgetView } from "./budget-view.ts";
import type { EventListener } from "./events.ts";
import { UsageError } from "../errors.ts";
import type { HostClock } from "./clock/host-clock.ts";
import type { HostTools, RecordedToolHost } from "./tools/host-tools.ts";
import type { ReplLanguage } from "../languages/language.ts";
import { pythonOf } from "../languages/python/python.ts";
import type { PriceOf } from "../cost/ledger.ts";
import type { CallLimit } from "../models/call-limit.ts";
import type { CallOrigin, Model } from "../models/model.ts";
import type { Policy } from "../policies/policy.ts";
import type { RecordedTimes } from "./clock/time-over.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { Outline, Reward } from "../rewards/reward.ts";
import type {
  BudgetLeft,
  HandleSight,
  InfraError,
  ModelFacts,
  RewardRecord,
  RolePrompts,
  Trajectory,
  Turn,
  WorldRecord,
} from "../trajectory.ts";
import type {
  Action,
  Dialect,
  Json,
  Message,
  HistoryOptions,
  Limits,
  Observation,
  ObservationOptions,
  Problem,
  PromptStyle,
  ReasoningHistory,
  Reference,
  RulesVersion,
  StopReason,
  Task,
} from "../types.ts";
import type { RecordedWorldCall } from "./world/running-world.ts";
import type { World } from "./world/world.ts";

/** The options of an environment. `make` builds them for a benchmark. */
export interface RLMEnvOptions {
  readonly name: string;
  readonly problems: Dataset;
  /**
   * Changes the problem that a seed picked, such as the order of its documents. Tasks that are passed to `reset` are not
   * changed, so that a group's rollouts share their context.
   */
  readonly seeded?: (problem: Problem, seed: number) => Problem;
  readonly reward: Reward;
  /** Judges the episode once it has ended, if there is gold. Its finding is in the record before the reward reads it. */
  readonly judge?: Judge;
  readonly repls: ReplPool;
  /** The models that the REPL's functions call. The first one is the default. Without models there are no sub-calls. */
  readonly subModels?: readonly Model[];
  /** Functions of the host that code in the REPL can call, by name. */
  readonly tools?: HostTools;
  /** Replaces `tools` in a replay: the recorded tools of each episode in the tree, by rollout id. */
  readonly recordedTools?: (rolloutId: string) => RecordedToolHost;
  /** In a replay: where the time of each recorded episode was over. No clock then ends an episode. */
  readonly recordedTimes?: RecordedTimes;
  /** State of the host that each tree of episodes changes by the world's own tools, beside `tools`. */
  readonly world?: World;
  /**
   * In a replay: the recorded world of each episode in the tree, by rollout id. With `world`, the tools run again, in the recorded
   * order; without it the recorded states stand for it.
   */
  readonly recordedWorld?: (rolloutId: string) => RecordedWorld | null;
  /**
   * Sets the REPL's clock at the beginning and before each turn, for example `() => Date.now()`. The record has the readings.
   * Default: every episode begins at the same time, and its clock moves by itself.
   */
  readonly clock?: HostClock;
  readonly priceOf: PriceOf;
  readonly limits?: Partial<Limits>;
  /**
   * How deep calls can go: 0 allows none, 1 (the default) plain sub-calls, 2 child episodes whose own sub-calls are plain,
   * and so on. At a depth that allows no child, `rlm_query` makes a plain call.
   */
  readonly maxDepth?: number;
  /** Makes the policies of child episodes. Default: the model that `rlm_query` names plays, as a language-model policy. */
  readonly childPolicy?: (model: Model, child: { readonly rolloutId: string }) => Policy;
  /** The most concurrent model calls of one tree of episodes. Default: 32. */
  readonly callsInFlight?: number;
  /** The bound on concurrent calls of a whole run, shared by its environments. */
  readonly runLimit?: CallLimit;
  readonly dialect?: Dialect;
  /** How the policy's old turns are shortened. Default: they stay. The first sub-model writes summaries. */
  readonly history?: HistoryOptions;
  /** Which of the policy's thoughts are sent back to its server with the conversation. Default: none (`drop`). */
  readonly reasoning?: ReasoningHistory;
  /** Replaces the style's system prompt. Descriptions of tools are appended to it. */
  readonly systemPrompt?: string;
  /** System prompts by role, which replace `systemPrompt` there. Descriptions of tools are appended to them. */
  readonly prompts?: RolePrompts;
  /** In a replay: the whole system prompt of each recorded episode, by rollout id. */
  readonly recordedPrompt?: (rolloutId: string) => string | undefined;
  /** In a replay: what code saw of its handles in each recorded turn; undefined where the episode is not a replay any more. */
  readonly recordedSights?: (rolloutId: string, turn: number) => readonly HandleSight[] | undefined;
  /** Whether the system prompt describes grants, schemas and handles, which code can use in any case. Default: false. */
  readonly delegation?: boolean;
  /** In a child: the names of the tools that its parent left it. @internal */
  readonly keptTools?: readonly string[];
  /** The wording of prompts and observations. Default: `default`. */
  readonly promptStyle?: PromptStyle;
  /** The language of the REPL. Default: Python. `repls` must lend REPLs of this language. */
  readonly language?: ReplLanguage;
  /** Whether all blocks of a completion run. Default: only the first, since the policy wrote the others without its output. */
  readonly severalBlocks?: boolean;
  /** Whether a `FINAL(…)` that code prints is taken as the answer, as OpenEnv's repl_env does. Default: it is output alone. */
  readonly printedAnswers?: boolean;
  /** What the policy sees of its budget: the function `BUDGET()`, and also a line in each observation. Default: nothing. */
  readonly budgetView?: BudgetView;
  /** Observations of constant shape, whatever the length of the context and of outputs. Default: they tell lengths. */
  readonly observations?: ObservationOptions;
  /**
   * `kept`: what sub-calls return is kept in the list `REPLIES`, and printing it shows its name and how it begins. Python alone has it.
   * Default: printing it shows its text.
   */
  readonly replies?: "kept";
  /** In a replay: the budget that each recorded turn told. */
  readonly recordedBudget?: (rolloutId: string, turn: number) => BudgetLeft | undefined;
  /** The version of the rules, for replaying records of earlier versions. Default: the current one. */
  readonly rules?: RulesVersion;
  /** Gets an event for every call, turn, beginning and end in the tree. */
  readonly onEvent?: EventListener;
  /** Called once by `close`, to close what only this environment uses, such as its own pool. */
  readonly onClose?: () => Promise<void>;
}

/** What a record holds of its world: the beginning and the end, and the states after its turns. */
export interface RecordedWorld {
  readonly record: WorldRecord;
  readonly turns: readonly Pick<Turn, "world">[];
  /** The calls of the world's tools in the whole tree, in their order. */
  readonly calls: readonly RecordedWorldCall[];
}

/** Which episode to begin. The same options give the same episode. */
export interface ResetOptions {
  /** Picks the problem, and fixes the sampling seeds and the REPL's randomness. Default: 0, 1, 2 … */
  readonly seed?: number;
  /** A task to play instead of the dataset's. Without a reference it earns no reward. */
  readonly task?: Task;
  readonly reference?: Reference;
  readonly rolloutId?: string;
  readonly groupId?: string;
  /** The policy's name, for the record. */
  readonly policy?: string;
  /** Marks the record of a policy that knows the gold. */
  readonly readsGold?: true;
  /** The policy's model, for the record. */
  readonly policyModel?: ModelFacts;
  /** The episode whose first turns this one continues, for the record. */
  readonly continues?: NonNullable<Trajectory["continues"]>;
}

/** Facts of the episode so far that the policy does not see. Tokens and dollars cover all calls at all depths. */
export interface Info {
  readonly taskId: string;
  readonly rolloutId: string;
  readonly stopReason: StopReason | null;
  readonly answer: string | null;
  /** The reward with its parts; null before the end, or if there is none. */
  readonly reward: RewardRecord | null;
  readonly tokens: number;
  /** Null if a model has no known price. */
  readonly dollars: number | null;
}

/**
 * The result of a step, as in Gymnasium. `terminated`: the policy answered. `truncated`: a limit or an infrastructure error
 * ended the episode.
 */
export interface StepResult {
  readonly observation: Observation;
  /**
   * Before the end 0, or the turn's potential-based reward. Null if an infrastructure error ended the episode, or if the ended
   * episode has no gold.
   */
  readonly reward: number | null;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: Info;
}

/** A completion that was requested and failed. */
export interface FailedTurn {
  readonly error: string;
  readonly attempts: number;
  /** True if the server refused the request before it sampled anything. */
  readonly isFree?: boolean;
}

/**
 * The interface through which episodes are played. `RLMEnv` and all wrappers implement it. Only `RLMEnv` itself can fork,
 * since a fork would not copy a wrapper's own state.
 */
export interface Env {
  /** The environment's name in records. */
  readonly name: string;
  /** The models that the REPL's functions call. The first one is the default. */
  readonly subModels: readonly Model[];
  readonly limits: Limits;
  readonly dialect: Dialect;
  /** The language of the REPL. */
  readonly language: ReplLanguage;
  /** True once `close` was called. */
  readonly closed: boolean;
  /** The position of the policy's next call in its tree, for models that pass it on. */
  readonly origin: CallOrigin;
  /** The sampling seed of the policy's next completion; null if the policy has its own seed for all turns. */
  readonly turnSeed: number | null;
  /** The conversation that a language-model policy continues, including the last observation. */
  readonly messages: readonly Message[];
  /** Aborts when the episode's time is over. */
  readonly deadline: AbortSignal;
  /** The record of the ended episode. Throws `EnvStateError` before the end. */
  readonly trajectory: Trajectory;
  /** The problem of the episode that `reset` begins with this seed. */
  problem(seed: number): Promise<Problem>;
  /** Begins an episode, and drops one that has not ended. Throws `ReplError` if no interpreter can be started. */
  reset(options?: ResetOptions): Promise<{ observation: Observation; info: Info }>;
  /** Plays one turn. Throws `EnvStateError` before a reset and after the end. */
  step(action: Action): Promise<StepResult>;
  /**
   * Reserves budget for the policy's next completion, which `step` settles, and returns the most tokens it may have. Throws
   * `BudgetError` if there is no room for one.
   */
  reserve(policy: Pick<Policy, "name" | "model">): number;
  /**
   * Ends the episode from outside: by a limit, or by an error such as a dead server of the policy. `failed` describes the
   * reserved completion if it was requested and failed.
   */
  abandon(stopReason: StopReason, error?: InfraError | null, failed?: FailedTurn | null): Promise<Trajectory>;
  /** Releases the interpreter. Idempotent. */
  close(): Promise<void>;
}

/** Asks a model about an ended episode, before its reward reads the record. */
export interface Judge {
  readonly model: Model;
  /** The most completion tokens of one reply. Default: 4096. */
  readonly maxTokens?: number;
  /**
   * Calls `ask` as often as it needs, and returns its finding, which the record keeps as `judgement`. An `RLMError`, such as
   * the `ModelError` that `ask` throws if the model fails, ends the episode as an infrastructure error.
   */
  judge(
    trajectory: Outline,
    reference: Reference,
    ask: (messages: readonly Message[]) => Promise<string>,
  ): Promise<Json>;
}

/** Returns a valid seed. Throws `UsageError` for any other value. */
export function expectSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new UsageError(`reset: expected a seed that is a whole number ≥ 0, got ${seed}`);
}

/** Returns a valid depth. Throws `UsageError` for any other value. */
export function expectDepth(maxDepth: number): number {
  if (Number.isSafeInteger(maxDepth) && maxDepth >= 0) return maxDepth;
  throw new UsageError(`maxDepth: expected a whole number ≥ 0, got ${maxDepth}`);
}

/** Returns a valid choice of thoughts. Throws `UsageError` for any other value. */
export function expectReasoning(reasoning: ReasoningHistory): ReasoningHistory {
  if (["keep", "last", "drop"].includes(reasoning)) return reasoning;
  throw new UsageError(`reasoning: expected keep, last or drop, got ${JSON.stringify(reasoning)}`);
}

/** Returns a valid dialect. Throws `UsageError` for any other value. */
export function expectDialect(dialect: Dialect): Dialect {
  if (["repl", "tool"].includes(dialect)) return dialect;
  throw new UsageError(`unknown dialect ${JSON.stringify(dialect)}; expected repl or tool`);
}

/** Throws `UsageError` if a language lacks the dialect. */
export function expectLanguage({ name, dialects }: ReplLanguage, dialect: Dialect): void {
  if (!dialects.includes(dialect))
    throw new UsageError(`${name} has no dialect ${dialect}; expected ${dialects.join(" or ")}`);
}

/** The language of an environment's options: Python under their rules and in their style, if they name none. */
export function languageOf({
  language,
  rules,
  promptStyle,
}: Pick<RLMEnvOptions, "language" | "rules" | "promptStyle">): ReplLanguage {
  return language ?? pythonOf(rules, promptStyle);
}
