/** The errors of the gym: one root, and one class for each boundary with the fields that a caller needs. */

/** Root of every error the gym throws on purpose. Its message is one line that can be shown to a user. */
export class RLMError extends Error {
  override readonly name: string = "RLMError";
}

/** The caller asked for something that does not exist or is invalid: a name, an option, a length, a folder. */
export class UsageError extends RLMError {
  override readonly name = "UsageError";
}

/** Input data does not match its format. Names the file, and the line or field. */
export class DataError extends RLMError {
  override readonly name = "DataError";
}

/** A model server failed after retries, or gave a reply that no model server gives. */
export class ModelError extends RLMError {
  override readonly name = "ModelError";
  readonly kind: ModelErrorKind;
  readonly status: number | null;
  readonly attempts: number;
  /** The model's window in tokens, if an error of kind `window` names it; otherwise null. */
  readonly windowTokens: number | null;

  constructor(
    message: string,
    details: {
      kind: ModelErrorKind;
      status?: number | null;
      attempts?: number;
      windowTokens?: number | null;
      cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.windowTokens = details.windowTokens ?? null;
    this.kind = details.kind;
    this.status = details.status ?? null;
    this.attempts = details.attempts ?? 1;
  }
}

/** A fault of a policy's model as a record holds it. It is a fault again in a replay, whatever would come of it today. */
export class RecordedFault extends ModelError {}

/**
 * `unreachable`: no connection; `loading`: the server is up but its model is not, even after a wait; `auth`: 401 or 403;
 * `quota`: the account has no credit left; `not_found`: 404; `window`: the prompt does not fit into the model's window;
 * `filtered`: a content filter refuses the prompt;
 * `rejected`: another 4xx; `overloaded`: 429 or 5xx after retries; `malformed`: not JSON, or JSON of another shape;
 * `timeout`: the deadline passed; `aborted`: the caller's signal.
 */
export type ModelErrorKind =
  | "loading"
  | "quota"
  | "window"
  | "filtered"
  | "unreachable"
  | "auth"
  | "not_found"
  | "rejected"
  | "overloaded"
  | "malformed"
  | "timeout"
  | "aborted";

/** The REPL itself failed: a worker died or did not start. Never the policy's fault. */
export class ReplError extends RLMError {
  override readonly name = "ReplError";
}

/** A world cannot make, save or restore its state. Never the policy's fault. */
export class WorldError extends RLMError {
  override readonly name = "WorldError";
}

/** A method of the environment was called in a state that does not allow it. */
export class EnvStateError extends RLMError {
  override readonly name = "EnvStateError";
}

/** An episode's budget does not allow another call. */
export class BudgetError extends RLMError {
  override readonly name = "BudgetError";
  /** `turns` occurs only when recorded turns are replayed and none is left. */
  readonly limit: "turns" | "calls" | "tokens" | "dollars" | "seconds";

  constructor(limit: BudgetError["limit"], message: string) {
    super(message);
    this.limit = limit;
  }
}

/** An episode is not to go on: its parent cancelled it, or ended. */
export class CancelledError extends RLMError {
  override readonly name = "CancelledError";
  /** Whether a completion of its policy was under way. */
  readonly cutCall: boolean;

  constructor(cutCall = true) {
    super("the parent ended this episode");
    this.cutCall = cutCall;
  }
}

/** A delegation asks for more than its episode may hand on: tokens, dollars, children, turns. The episode goes on. */
export class GrantError extends RLMError {
  override readonly name = "GrantError";
}

/** A value that code gave as a JSON Schema is not one, or takes too long to check. The episode goes on. */
export class SchemaError extends RLMError {
  override readonly name = "SchemaError";
}

/** A run's folder cannot be written or read. */
export class RunError extends RLMError {
  override readonly name = "RunError";
}

/** A recording does not hold what is asked of it, or belongs to another rollout. */
export class RecordingError extends RLMError {
  override readonly name = "RecordingError";
}

/** Training cannot continue: a loss that is not a number, or a checkpoint of another shape. */
export class TrainingError extends RLMError {
  override readonly name = "TrainingError";
}
