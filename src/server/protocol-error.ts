/** What a server answers if it cannot do what a client asks: OpenEnv's codes, and the HTTP status of each. */
import type { z } from "zod";
import { RLMError } from "../errors.ts";
import type { Json, JsonObject } from "../types.ts";

/** OpenEnv's `WSErrorCode`, in the order of its definition. */
export type ErrorCode =
  | "INVALID_JSON"
  | "UNKNOWN_TYPE"
  | "VALIDATION_ERROR"
  | "EXECUTION_ERROR"
  | "CAPACITY_REACHED"
  | "FACTORY_ERROR"
  | "SESSION_ERROR";

/** Longer input is not sent back in the error about it; in characters of JSON. */
const ECHOED_CHARS = 200;

/** The client is told `code` and the message; the session continues. */
export class ProtocolError extends RLMError {
  readonly code: ErrorCode;
  /** The corresponding HTTP status. */
  readonly status: number;
  /** Fields besides message and code, such as `active_sessions`. */
  readonly extra: JsonObject;

  constructor(code: ErrorCode, message: string, status: number, extra: JsonObject = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.extra = extra;
  }

  /** The `data` of an error frame. */
  get data(): JsonObject {
    return { message: this.message, code: this.code, ...this.extra };
  }
}

/** The value as the schema parses it. Throws VALIDATION_ERROR with `errors` in FastAPI's form: `{type, loc, msg, input}`. */
export function expectValid<S extends z.ZodType>(
  schema: S,
  value: unknown,
  at: readonly string[],
): z.output<S> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, 20).map((issue) => ({
    type: issue.code,
    loc: [...at, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))],
    msg: issue.message,
    input: echoed(issue.input),
  }));
  const first = errors[0]!;
  const message = `${first.loc.join(".")}: ${first.msg}`;
  throw new ProtocolError("VALIDATION_ERROR", message, 422, { errors });
}

/** For lists and objects only the size is sent back: writing out a large one would take longer than reading it did. */
function echoed(input: unknown): Json {
  if (typeof input === "string")
    return input.length > ECHOED_CHARS ? `${input.slice(0, ECHOED_CHARS)}…` : input;
  if (typeof input !== "object" || input === null) return (input ?? null) as Json;
  if (Array.isArray(input)) return input.length === 0 ? [] : `a list of ${input.length}`;
  const fields = Object.keys(input).length;
  return fields === 0 ? {} : `an object of ${fields} field(s)`;
}
