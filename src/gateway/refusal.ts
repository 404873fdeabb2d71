/** The gateway's own error answers, in the form of OpenAI's errors. */
import { ZodError } from "zod";
import { RLMError } from "../errors.ts";
import type { JsonObject } from "../types.ts";

/** The codes of the gateway's errors. */
export type RefusalCode =
  | "invalid_request"
  | "not_found"
  | "name_taken"
  | "too_many_sessions"
  | "too_many_calls"
  | "overloaded"
  | "shutting_down"
  | "upstream_unreachable"
  | "upstream_broken"
  | "upstream_timeout"
  | "not_recorded";

const STATUS: Readonly<Record<RefusalCode, number>> = {
  invalid_request: 400,
  not_found: 404,
  name_taken: 409,
  too_many_sessions: 503,
  too_many_calls: 429,
  overloaded: 503,
  shutting_down: 503,
  upstream_unreachable: 502,
  upstream_broken: 502,
  upstream_timeout: 504,
  not_recorded: 500,
};

/** A request that the gateway refuses. */
export class Refusal extends RLMError {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }

  get body(): JsonObject {
    return errorBody(this.code, this.message);
  }
}

/** The body of an error answer. */
export function errorBody(code: string, message: string): JsonObject {
  return { error: { message, type: code, code } };
}

/** A schema's error as a refusal that names the field. */
export function refusalOf(error: ZodError): Refusal {
  const [first] = error.issues;
  const where = first?.path.join(".") || "the body";
  return new Refusal("invalid_request", `${where}: ${first?.message ?? "not what is expected"}`);
}
