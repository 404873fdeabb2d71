/** The replies of an episode's models in order, so that the episode can be replayed without them. */
import { ModelError, RecordingError, type ModelErrorKind } from "../errors.ts";
import type { Completion } from "../types.ts";
import { type CallOrigin, standIn, type Model, type ModelRequest, type TaskName } from "../models/model.ts";
import { requestKey } from "../models/request-key.ts";

/** One call: its request and its outcome, as plain JSON. The outcome is null while the call is running. */
export interface RecordedCall {
  readonly key: string;
  readonly model: string;
  outcome: { readonly completion: Completion } | { readonly error: RecordedError } | null;
}

/** How a call failed: the fields of its `ModelError`. */
export interface RecordedError {
  readonly kind: ModelErrorKind;
  readonly message: string;
  readonly status: number | null;
  readonly attempts: number;
}

/** The recording of one episode, over all its models. */
export interface Recording {
  readonly rolloutId: string;
  /** The episode's task; absent before its first call, and if it is not known. */
  task?: TaskName;
  readonly entries: RecordedCall[];
}

/** Wraps a model so that every call and its outcome is recorded, in the order in which the calls began. */
export function recordingModel(model: Model, recording: Recording): Model {
  return standIn(model, async (request, options) => {
    const entry: RecordedCall = { key: requestKey(model.name, request), model: model.name, outcome: null };
    recording.entries.push(entry);
    if (options?.origin?.task) recording.task ??= options.origin.task;
    try {
      const completion = await model.complete(request, options);
      entry.outcome = { completion };
      return completion;
    } catch (error) {
      if (error instanceof ModelError) {
        const { kind, message, status, attempts } = error;
        entry.outcome = { error: { kind, message, status, attempts } };
      }
      throw error;
    }
  });
}

/** Answers calls from a recording, in place of the recorded models. */
export class RecordingPlayer {
  readonly #rolloutId: string;
  readonly #task: TaskName | null;
  readonly #lines = new Map<string, RecordedCall[]>();
  #served = 0;
  #fault: RecordingError | null = null;
  readonly #recorded: number;

  /** Throws `RecordingError` for a recording of another rollout. */
  constructor(recording: Recording, rolloutId: string) {
    const { task = null } = recording;
    if (recording.rolloutId !== rolloutId) {
      const about = task ? `, about task ${task.id}` : "";
      throw new RecordingError(
        `this is the recording of rollout ${recording.rolloutId}${about}, not of ${rolloutId}`,
      );
    }
    this.#rolloutId = rolloutId;
    this.#task = task;
    this.#recorded = recording.entries.length;
    for (const entry of recording.entries) {
      const line = this.#lines.get(entry.key);
      if (line) line.push(entry);
      else this.#lines.set(entry.key, [entry]);
    }
  }

  /** The error of the first call that is not in the recording: its caller may have treated it as a model's error. */
  get fault(): RecordingError | null {
    return this.#fault;
  }

  /** The number of recorded calls that have not been made again. */
  get unplayed(): number {
    return this.#recorded - this.#served;
  }

  /**
   * A model that answers as the recorded one did: the n-th call of a request gets the n-th recorded reply, or the n-th recorded error.
   * Throws `RecordingError` for a call that is not in the recording, and for a call of an episode about another task.
   */
  model(recorded: Omit<Model, "complete">): Model {
    return standIn(recorded, async (request, options) => {
      if (options?.origin) this.#expectTask(options.origin);
      return this.#play(recorded.name, request);
    });
  }

  #expectTask({ rolloutId, task }: CallOrigin): void {
    if (!this.#task || !task) return;
    const difference = differenceOf(this.#task, task);
    if (difference !== null)
      throw this.#failed(
        `recording of rollout ${this.#rolloutId}: it belongs to task ${this.#task.id}, but rollout ${rolloutId} asks about ${difference}`,
      );
  }

  #failed(message: string): RecordingError {
    const fault = new RecordingError(message);
    this.#fault ??= fault;
    return fault;
  }

  #play(model: string, request: ModelRequest): Completion {
    const entry = this.#lines.get(requestKey(model, request))?.shift();
    const where = `recording of rollout ${this.#rolloutId}: call ${this.#served + 1} to ${model}`;
    if (!entry?.outcome) {
      const lacks = entry ? "was recorded without its end" : "was not recorded";
      throw this.#failed(`${where} ${lacks}: ${excerpt(request)}`);
    }
    this.#served += 1;
    if ("completion" in entry.outcome) return entry.outcome.completion;
    const { message, ...details } = entry.outcome.error;
    throw new ModelError(message, details);
  }
}

/** In which respect the other task differs; null if it is the same. */
function differenceOf(own: TaskName, other: TaskName): string | null {
  if (own.id !== other.id) return `task ${other.id}`;
  if (own.contextSha256 !== other.contextSha256)
    return `a task of that name with the context ${other.contextSha256}, not ${own.contextSha256}`;
  return own.question === other.question ? null : "a task of that name with another question";
}

/** The beginning of the last message, by which a reader finds the call. */
function excerpt(request: ModelRequest): string {
  const last = request.messages.at(-1)?.content ?? "";
  return JSON.stringify(last.length > 80 ? `${last.slice(0, 80)}…` : last);
}
