/** A policy decides what to do next: a language model, a strategy written in code, or a trained network. */
import type { ToolSpec } from "./models/model.ts";
import type { Action, Message, Observation } from "./types.ts";

/** What a policy is given when an episode begins. */
export interface PolicyStart {
  readonly observation: Observation;
  readonly seed: number;
  /** Model names the REPL's functions accept, and the sub-model's window where it is known. */
  readonly subModel: { readonly name: string; readonly windowTokens?: number } | null;
}

/** What a policy is given each turn. `messages` is the whole conversation, the last observation included. */
export interface PolicyTurn {
  readonly observation: Observation;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  /** Completion tokens that limits and budget still allow. */
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
}

/** The policy's side of one episode. */
export interface Actor {
  act(turn: PolicyTurn): Promise<Action>;
}

/** A policy; `start` makes the state of one episode, so that one policy serves many at once. */
export interface Policy {
  readonly name: string;
  start(start: PolicyStart): Actor;
}
