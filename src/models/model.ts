/** The interface of all models: chat messages in, one completion out. */
import type { CallPurpose } from "../trajectory.ts";
import type { Completion, JsonObject, Message } from "../types.ts";

/** A function that the model can call natively. `parameters` is a JSON Schema. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

/** A request to a model: the conversation, and how to sample. */
export interface ModelRequest {
  readonly messages: readonly Message[];
  /** The most completion tokens. */
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
  /** How hard to think, in the words of the server; before what the model is set to. */
  readonly effort?: string;
  readonly tools?: readonly ToolSpec[];
}

/** Identifies a task. Two tasks may share a context, and two contexts may share a name. */
export interface TaskName {
  readonly id: string;
  readonly question: string;
  readonly contextSha256: string;
}

/** The position of a call in its tree of episodes, for servers that keep their own records. No reply depends on it. */
export interface CallOrigin {
  /** The rollout id of the tree's root. */
  readonly tree: string;
  /** The task of the tree's root. A recording answers only for its own task. */
  readonly task?: TaskName;
  /** The rollout id of the calling episode. */
  readonly rolloutId: string;
  readonly purpose: CallPurpose;
  readonly depth: number;
  /** The gateway's trace of the policy's call that led to this call; null if there is none. */
  readonly parentTrace: string | null;
}

/** Options of a call that are not part of the request. */
export interface CallOptions {
  readonly origin?: CallOrigin;
  /** Aborts the request. For a deadline, pass an `AbortSignal.timeout`. */
  readonly signal?: AbortSignal;
}

/** A model: on a server, from a list, or simulated. Calls may run concurrently. They throw `ModelError`. */
export interface Model {
  readonly name: string;
  /** The most tokens of prompt and completion together; undefined if unknown. May become known while the model is in use. */
  readonly windowTokens?: number | undefined;
  /** Whether a program makes up the replies. Trajectories record it. */
  readonly simulated: boolean;
  /** Sampling and other fields that it sends with every request, for the record. Absent if none are set. */
  readonly settings?: JsonObject;
  /**
   * Asks the server about the model, such as its window. An episode calls it for every model that it uses before it begins.
   * Never throws: facts that cannot be found out stay unknown.
   */
  prepare?(signal?: AbortSignal): Promise<void>;
  complete(request: ModelRequest, options?: CallOptions): Promise<Completion>;
}

/** The model, asked to think as hard as `effort` says. */
export function modelWithEffort(model: Model, effort: string): Model {
  const settings = { ...model.settings, reasoningEffort: effort };
  return standIn({ ...model, settings, windowTokens: model.windowTokens }, (request, options) =>
    model.complete({ ...request, effort }, options),
  );
}

/** A model with another model's facts and its own `complete`. */
export function standIn(model: Omit<Model, "complete">, complete: Model["complete"]): Model {
  const { name, simulated, settings } = model;
  return {
    name,
    simulated,
    // A getter, since the window may become known while the model is in use.
    get windowTokens() {
      return model.windowTokens;
    },
    ...(settings && { settings }),
    ...(model.prepare && { prepare: (signal) => model.prepare!(signal) }),
    complete,
  };
}
