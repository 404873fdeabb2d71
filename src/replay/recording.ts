/** Every reply of an episode's models in order, so that the episode can be run again without them. */
import { ModelError, RecordingError, type ModelErrorKind } from "../errors.ts";
import type { Completion } from "../types.ts";
import { type CallOrigin, standIn, type Model, type ModelRequest, type TaskName } from "../models/model.ts";
import { requestKey } from "../models/request-key.ts";

/** One call: which request it was, and what came of it. Plain JSON; null while the call is under way. */
export interface RecordedCall {
  readonly key: string;
  readonly model: string;
  outcome: { readonly completion: Completion } | { readonly error: RecordedError } | null;
}

interface RecordedError {
  readonly kind: ModelErrorKind;
  readonly message: string;
  readonly status: number | null;
  readonly attempts: number;
}

/** The recording of one episode, over all its models. */
export interface Recording {
  readonly rolloutId: string;
  /** What the episode was about; absent until its first call, and where it is not known. */
  task?: TaskName;
  readonly entries: RecordedCall[];
}

/** The model, with every call and its outcome written to the recording in the order in which the calls began. */
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

/** Serves a recording in place of the models it was recorded from. */
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

  /** The first call that was asked for in vain: whoever asked may have taken the error for a model's. */
  get fault(): RecordingError | null {
    return this.#fault;
  }

  /** Calls that were recorded and have not been made again. */
  get left(): number {
    return this.#recorded - this.#served;
  }

  /**
   * A model that answers as the recorded one did: the n-th call of a request gets the n-th reply to it, or fails as it
   * failed. Throws `RecordingError` for a call that the recording does not hold, and for one of an episode about another task.
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
        `recording of rollout ${this.#rolloutId}: it belongs to task ${this.#task.id}, and rollout ${rolloutId} asks about ${difference}`,
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

/** How the other task is another one; null where it is the same. */
function differenceOf(own: TaskName, other: TaskName): string | null {
  if (own.id !== other.id) return `task ${other.id}`;
  if (own.contextSha256 !== other.contextSha256)
    return `one of that name whose context is ${other.contextSha256} and not ${own.contextSha256}`;
  return own.question === other.question ? null : "one of that name with another question";
}

/** The beginning of the last message, to find the call by. */
function excerpt(request: ModelRequest): string {
  const last = request.messages.at(-1)?.content ?? "";
  return JSON.stringify(last.length > 80 ? `${last.slice(0, 80)}…` : last);
}
