/** A policy decides what to do next: a language model, a strategy written in code, or a trained network. */
import type { CallOrigin, Model, ToolSpec } from "../models/model.ts";
import type { Action, Message, Observation, Reference } from "../types.ts";

/** What a policy is given when an episode begins. */
export interface PolicyStart {
  readonly observation: Observation;
  readonly seed: number;
  /** Model names the REPL's functions accept, and the sub-model's window where it is known. */
  readonly subModel: { readonly name: string; readonly windowTokens?: number | undefined } | null;
}

/** What a policy is given each turn. `messages` is the whole conversation, the last observation included. */
export interface PolicyTurn {
  readonly observation: Observation;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  /** The seed to sample this completion with; absent where the policy makes one of its own for all turns. */
  readonly seed?: number;
  /** Completion tokens that limits and budget still allow. */
  readonly maxTokens: number;
  /** What a model of the policy may be told of the call. */
  readonly origin?: CallOrigin;
  readonly signal?: AbortSignal;
}

/** The policy's side of one episode. */
export interface Actor {
  act(turn: PolicyTurn): Promise<Action>;
}

/** A policy; `start` makes the state of one episode, so that one policy serves many at once. */
export interface Policy {
  readonly name: string;
  /** The model that it is, where it is one: the budget then knows the price of a turn before the turn is made. */
  readonly model?: Model;
  /** True where it was told the gold; its records carry the mark. */
  readonly readsGold?: true;
  /** There where it counts on children: how deep calls must go, and what plays the children. */
  readonly recursion?: { readonly maxDepth: number; readonly childPolicy: (model: Model) => Policy };
  start(start: PolicyStart): Actor;
}

/** A policy that is made anew for each task from its gold, to bound what any other can reach. */
export interface OraclePolicy {
  readonly name: string;
  /** The policy for the task of this reference, marked with `readsGold`. */
  knowing(reference: Reference): Policy;
}
