/** The interface every model implements: chat messages in, one completion out. */
import type { CallPurpose } from "../trajectory.ts";
import type { Completion, JsonObject, Message } from "../types.ts";

/** A function the model may call natively; `parameters` is a JSON Schema. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

/** What a model is asked: the conversation, and how to sample. `maxTokens` are tokens of the completion. */
export interface ModelRequest {
  readonly messages: readonly Message[];
  /** Cap on completion tokens. */
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly tools?: readonly ToolSpec[];
}

/** Which task it is: two tasks may share a context, and two contexts a name. */
export interface TaskName {
  readonly id: string;
  readonly question: string;
  readonly contextSha256: string;
}

/** The place of a call in its tree of episodes, for servers that keep a record of their own. No reply depends on it. */
export interface CallOrigin {
  /** The episode that the tree begins with. */
  readonly tree: string;
  /** What that episode is about; a recording answers for no other. */
  readonly task?: TaskName;
  /** The episode that calls. */
  readonly rolloutId: string;
  readonly purpose: CallPurpose;
  readonly depth: number;
  /** The trace of the policy's call that it came from; null where it has none. */
  readonly parentTrace: string | null;
}

/** How a call is made, apart from what is asked. */
export interface CallOptions {
  readonly origin?: CallOrigin;
  /** Aborts the request; a deadline is a signal made with `AbortSignal.timeout`. */
  readonly signal?: AbortSignal;
}

/** A model: by network, from a list, or simulated. Throws `ModelError`; may be called concurrently. */
export interface Model {
  readonly name: string;
  /** Tokens of prompt and completion together; undefined where unknown. May become known while the model is in use. */
  readonly windowTokens?: number | undefined;
  /** True where the replies are made up by a program. Trajectories carry the mark. */
  readonly simulated: boolean;
  /** Sampling and other fields that it sends with every request, for the record; absent where none are set. */
  readonly settings?: JsonObject;
  /**
   * Learns from the server what the model is, such as its window, where that takes a request. An episode calls it for
   * every model that it uses before it begins. Never throws: what is not to be had stays unknown.
   */
  prepare?(signal?: AbortSignal): Promise<void>;
  complete(request: ModelRequest, options?: CallOptions): Promise<Completion>;
}

/** A model with another one's name, window and mark, and its own way to complete. */
export function standIn(model: Omit<Model, "complete">, complete: Model["complete"]): Model {
  const { name, simulated, settings } = model;
  return {
    name,
    simulated,
    // The window may be learned while the model is in use.
    get windowTokens() {
      return model.windowTokens;
    },
    ...(settings && { settings }),
    ...(model.prepare && { prepare: (signal) => model.prepare!(signal) }),
    complete,
  };
}
