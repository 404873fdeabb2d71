/** The interface of policies, which choose the actions: a language model, a strategy in code, or a trained network. */
import type { ReplLanguage } from "../languages/language.ts";
import type { CallOrigin, Model, ToolSpec } from "../models/model.ts";
import type { Action, Message, Observation, Reference } from "../types.ts";

/** What a policy gets when an episode begins. */
export interface PolicyStart {
  readonly observation: Observation;
  readonly seed: number;
  /** The default sub-model's name, and its window if known; null if there is no sub-model. */
  readonly subModel: { readonly name: string; readonly windowTokens?: number | undefined } | null;
  /** The language of the REPL. Default: Python. */
  readonly language?: ReplLanguage;
}

/** What a policy gets each turn. `messages` is the whole conversation, including the last observation. */
export interface PolicyTurn {
  readonly observation: Observation;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  /** The sampling seed of this completion; absent if the policy makes its own seed for all turns. */
  readonly seed?: number;
  /** The most completion tokens that limits and budget allow. */
  readonly maxTokens: number;
  /** The position of the call in its tree of episodes, for the policy's model. */
  readonly origin?: CallOrigin;
  readonly signal?: AbortSignal;
}

/** A policy's state in one episode. */
export interface Actor {
  act(turn: PolicyTurn): Promise<Action>;
}

/** A policy. `start` makes the state of one episode, so that one policy can play many at once. */
export interface Policy {
  readonly name: string;
  /** The policy's model, if it is a model. The budget then knows the price of a turn in advance. */
  readonly model?: Model;
  /** The languages of the REPL in which the policy can write; absent if it can in any. */
  readonly languages?: readonly string[];
  /** True if the policy knows the gold. Its records are marked. */
  readonly readsGold?: true;
  /** Set if the policy needs child episodes: the depth of calls that it needs, and the policy of the children. */
  readonly recursion?: { readonly maxDepth: number; readonly childPolicy: (model: Model) => Policy };
  /** Set if the policy asks for `BUDGET()`, so that the environment offers it. */
  readonly budgetView?: "function" | "line";
  start(start: PolicyStart): Actor;
}

/** A policy that is made for each task from its gold, as an upper bound for other policies. */
export interface OraclePolicy {
  readonly name: string;
  /** Makes the policy for the task of this reference, marked with `readsGold`. */
  knowing(reference: Reference): Policy;
}

/** Makes a strategy. */
export interface StrategyMaker {
  (): Policy;
  /** Of a strategy such as `meta:2`: the one with another number of levels. Throws `UsageError` for one that cannot be. */
  readonly withLevels?: (levels: number) => Policy;
}

/**
 * The strategy of a name; undefined if there is none. A name such as `meta:5` is found where one like `meta:2` is. Throws `UsageError`
 * for a number that cannot be.
 */
export function strategyNamed(
  strategies: Readonly<Record<string, StrategyMaker>>,
  name: string,
): Policy | undefined {
  if (Object.hasOwn(strategies, name)) return strategies[name]!();
  const [family, levels, ...rest] = name.split(":");
  if (levels === undefined || rest.length > 0) return undefined;
  const kin = Object.keys(strategies).find(
    (one) => one.startsWith(`${family}:`) && strategies[one]!.withLevels,
  );
  return kin === undefined
    ? undefined
    : strategies[kin]!.withLevels!(/^\d+$/.test(levels) ? Number(levels) : NaN);
}
