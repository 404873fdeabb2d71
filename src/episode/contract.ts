/** What an environment is made of, what begins an episode, what a step answers, and what plays one may ask of it. */
import type { Dataset } from "../data/dataset.ts";
import type { EventListener } from "./events.ts";
import { UsageError } from "../errors.ts";
import type { HostClock } from "./host-clock.ts";
import type { HostTools } from "./host-tools.ts";
import { PYTHON, type ReplLanguage } from "./language.ts";
import type { PriceOf } from "../cost/ledger.ts";
import type { CallLimit } from "../models/call-limit.ts";
import type { CallOrigin, Model } from "../models/model.ts";
import type { Policy } from "../policies/policy.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { ToolHost } from "../repl/tool-calls.ts";
import type { Outline, Reward } from "../rewards/reward.ts";
import type { InfraError, ModelFacts, RewardRecord, Trajectory } from "../trajectory.ts";
import type {
  Action,
  Dialect,
  Json,
  Message,
  HistoryOptions,
  Limits,
  Observation,
  Problem,
  PromptStyle,
  ReasoningHistory,
  Reference,
  RulesVersion,
  StopReason,
  Task,
} from "../types.ts";

/** What an environment is made of; `make` puts it together for a benchmark. */
export interface RLMEnvOptions {
  readonly name: string;
  readonly problems: Dataset;
  /**
   * How an episode of this seed finds the problem that the seed picked: such as its documents in another order. Tasks that
   * `reset` is handed stay as they are, so that a group's rollouts share their context.
   */
  readonly seeded?: (problem: Problem, seed: number) => Problem;
  readonly reward: Reward;
  /** Asked once the episode has ended and there is gold; what it finds is in the record before the reward reads it. */
  readonly judge?: Judge;
  readonly repls: ReplPool;
  /** Models that the REPL's functions reach; the first one is the default. Empty: no sub-calls. */
  readonly subModels?: readonly Model[];
  /** Functions of the host that Python may call, by name. */
  readonly tools?: HostTools;
  /** Stands in for `tools` where an episode runs again: what Python finds, and who answers it in each episode of the tree. */
  readonly recordedTools?: (rolloutId: string) => ToolHost;
  /**
   * Where the REPL's clock is put at the beginning and before each turn, such as `() => Date.now()`; the readings are in the
   * record. Default: every episode begins at the same moment, and its clock passes by itself.
   */
  readonly clock?: HostClock;
  readonly priceOf: PriceOf;
  readonly limits?: Partial<Limits>;
  /**
   * How deep calls may go: 0 none, 1 (the default) plain sub-calls, 2 child episodes whose own sub-calls are plain, and so
   * on. Where there is no room for a child, `rlm_query` makes a plain call.
   */
  readonly maxDepth?: number;
  /** What plays the children that `rlm_query` begins; default: the model that it names, continuing the conversation. */
  readonly childPolicy?: (model: Model, child: { readonly rolloutId: string }) => Policy;
  /** Model calls of one tree of episodes that may be under way at the same time; default 32. */
  readonly callsInFlight?: number;
  /** The bound of a whole run, shared by its environments. */
  readonly runLimit?: CallLimit;
  readonly dialect?: Dialect;
  /** What becomes of the policy's old turns; default: they stay. The first sub-model writes summaries. */
  readonly history?: HistoryOptions;
  /** Which of the policy's thoughts go back to its server with the conversation; default: none (`drop`). */
  readonly reasoning?: ReasoningHistory;
  /** Another system prompt in the place of the style's; descriptions of tools follow it. */
  readonly systemPrompt?: string;
  /** The wording of prompts and observations; default: `default`. */
  readonly promptStyle?: PromptStyle;
  /** The language of the REPL; default: Python. `repls` must lend REPLs of it. */
  readonly language?: ReplLanguage;
  /** Whether all blocks of a completion run; default: the first alone, as the others were written before its output was seen. */
  readonly severalBlocks?: boolean;
  /** The rules that an earlier version played by, for records of its; default: today's. */
  readonly rules?: RulesVersion;
  /** Is told of every call, turn, beginning and end of the tree. */
  readonly onEvent?: EventListener;
  /** Called once by `close`, for what the environment owns, such as a pool made for it alone. */
  readonly onClose?: () => Promise<void>;
}

/** Which episode to begin. The same options give the same episode. */
export interface ResetOptions {
  /** Picks the problem, and fixes the REPL's randomness and the sub-calls' sampling. Default: 0, 1, 2 … */
  readonly seed?: number;
  /** A task of one's own instead of the dataset's; without a reference it earns no reward. */
  readonly task?: Task;
  readonly reference?: Reference;
  readonly rolloutId?: string;
  readonly groupId?: string;
  /** The policy's name, for the record. */
  readonly policy?: string;
  /** Marks the record of a policy that was told the gold. */
  readonly readsGold?: true;
  /** The model that the policy is, for the record. */
  readonly policyModel?: ModelFacts;
  /** Where another episode's first turns are taken over, for the record. */
  readonly continues?: NonNullable<Trajectory["continues"]>;
}

/** Facts of the episode so far that are not for the policy: tokens are counted over every call of every depth. */
export interface Info {
  readonly taskId: string;
  readonly rolloutId: string;
  readonly stopReason: StopReason | null;
  readonly answer: string | null;
  /** The parts of the reward, once the episode has ended. */
  readonly reward: RewardRecord | null;
  readonly tokens: number;
  /** Null where a model has no known price. */
  readonly dollars: number | null;
}

/**
 * What a step answers, in Gymnasium's words. `terminated`: the policy answered; `truncated`: a limit or a fault of the
 * machinery cut the episode.
 */
export interface StepResult {
  readonly observation: Observation;
  /** Until the end 0, or what potentials give to the turn; null where a fault of the machinery ended the episode, or there is no gold. */
  readonly reward: number | null;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: Info;
}

/** What became of a completion that was asked for and did not come. */
export interface FailedTurn {
  readonly error: string;
  readonly attempts: number;
  /** True where the server refused the request before it sampled anything. */
  readonly isFree?: boolean;
}

/**
 * What a player of episodes asks of an environment: `RLMEnv` has it, and so has whatever wraps one. Forking belongs to the
 * bare environment alone, as a wrapper's own state would not be forked with it.
 */
export interface Env {
  /** What records call the environment. */
  readonly name: string;
  /** Models that the REPL's functions reach; the first one is the default. */
  readonly subModels: readonly Model[];
  readonly limits: Limits;
  readonly dialect: Dialect;
  /** True once `close` was called. */
  readonly closed: boolean;
  /** Where the policy's next call stands, for models that pass it on. */
  readonly origin: CallOrigin;
  /** The seed that the policy's next completion is sampled with; null where the policy has one of its own for all turns. */
  readonly turnSeed: number | null;
  /** The conversation that a language-model policy continues, the last observation included. */
  readonly messages: readonly Message[];
  /** Aborts when the episode's time is over. */
  readonly deadline: AbortSignal;
  /** The record of the episode that has ended. Throws `EnvStateError` before its end. */
  readonly trajectory: Trajectory;
  /** The problem that `reset` begins with this seed. */
  problem(seed: number): Promise<Problem>;
  /** Begins an episode; one that has not ended is dropped. Throws `ReplError` where no interpreter can be had. */
  reset(options?: ResetOptions): Promise<{ observation: Observation; info: Info }>;
  /** One turn. Throws `EnvStateError` before a reset and after the end. */
  step(action: Action): Promise<StepResult>;
  /**
   * Holds budget for the policy's next completion, which `step` settles, and returns how many tokens it may have. Throws
   * `BudgetError` where there is no room for one.
   */
  reserve(policy: Pick<Policy, "name" | "model">): number;
  /**
   * Ends the episode from outside: by a limit that the caller sees, or by a fault such as a policy's dead server. `failed`
   * says what became of the completion that was reserved, if it was asked for.
   */
  abandon(stopReason: StopReason, error?: InfraError | null, failed?: FailedTurn | null): Promise<Trajectory>;
  /** Gives the interpreter back. Idempotent. */
  close(): Promise<void>;
}

/** Asks a model about an ended episode, before its reward reads the record. */
export interface Judge {
  readonly model: Model;
  /** Completion tokens of one of its replies; default 4096. */
  readonly maxTokens?: number;
  /**
   * Asks as often as it needs and returns what it found, which stands in the record as `judgement`. An `RLMError`, such
   * as the `ModelError` that `ask` throws where the model fails, ends the episode as an infra error.
   */
  judge(
    trajectory: Outline,
    reference: Reference,
    ask: (messages: readonly Message[]) => Promise<string>,
  ): Promise<Json>;
}

/** The seed, where it is one. Throws `UsageError`, as callers without types need it. */
export function expectSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new UsageError(`reset: expected a seed that is a whole number ≥ 0, got ${seed}`);
}

/** The depth, where it is one. Throws `UsageError`. */
export function expectDepth(maxDepth: number): number {
  if (Number.isSafeInteger(maxDepth) && maxDepth >= 0) return maxDepth;
  throw new UsageError(`maxDepth: expected a whole number ≥ 0, got ${maxDepth}`);
}

/** The choice of thoughts, where it is one. Throws `UsageError` with those there are. */
export function expectReasoning(reasoning: ReasoningHistory): ReasoningHistory {
  if (["keep", "last", "drop"].includes(reasoning)) return reasoning;
  throw new UsageError(`reasoning: expected keep, last or drop, got ${JSON.stringify(reasoning)}`);
}

/** The dialect, where it is one. Throws `UsageError` with those there are. */
export function expectDialect(dialect: Dialect): Dialect {
  if (["repl", "tool"].includes(dialect)) return dialect;
  throw new UsageError(`unknown dialect ${JSON.stringify(dialect)}; expected repl or tool`);
}

/** Throws `UsageError` for a language other than Python with a dialect, or host tools, that it does not have. */
export function expectLanguage({ language, tools = {} }: RLMEnvOptions, dialect: Dialect): void {
  if (!language || language.name === PYTHON) return;
  if (!language.dialects.includes(dialect))
    throw new UsageError(
      `${language.name} has no dialect ${dialect}; expected ${language.dialects.join(" or ")}`,
    );
  if (Object.keys(tools).length > 0)
    throw new UsageError(`host tools are functions of Python; the REPL's language is ${language.name}`);
}
