/** Classifies a failed request to a server: one line that names the server, and whether to try again. */
import { ModelError } from "../../errors.ts";
import type { Failure } from "../retry.ts";
import { type Complaint, complaintOf, type Meaning, meaningOf } from "../servers/complaints.ts";
import { readBody } from "../servers/read-body.ts";
import { readReply } from "../servers/read-reply.ts";
import { type Answer, MixedUpError, SlowError } from "./send.ts";

const MAX_WORDS_CHARS = 300;

/** The server and model that errors name. The key is needed to remove it from the server's words. */
export interface Server {
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
}

/** An answer that is an error, by its status or in spite of status 200. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly answer: Answer;
  readonly complaint: Complaint;
  readonly meaning: Meaning;
  /** The error's status: the answer's, or for status 200 the one that the error names; 0 if it names none. */
  readonly status: number;

  constructor(answer: Answer, error: unknown) {
    super("the server refused");
    this.answer = answer;
    this.complaint = complaintOf(error);
    this.status = answer.status >= 300 ? answer.status : (this.complaint.status ?? 0);
    this.meaning = meaningOf(this.complaint, this.status);
  }
}

/** An answer with status 200 that is not a reply. `mayPass`: another attempt may succeed, as after a broken-off answer. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
  readonly mayPass: boolean;

  constructor(what: string, { mayPass }: { readonly mayPass: boolean }) {
    super(what);
    this.mayPass = mayPass;
  }
}

/** The error in an answer whose status says that it is one. */
export function refusalIn(answer: Answer): RefusedError {
  const body = readBody(answer.text);
  if (body.kind !== "json") return new RefusedError(answer, answer.text);
  // A gateway gives an error's status to what a server answered with 200.
  const read = readReply(body.value);
  const told = "what" in read ? read.error : undefined;
  return new RefusedError(answer, told ?? body.value);
}

/** Classifies an error that sending threw. Errors of neither the server nor the network are thrown again. */
export function failureOf(error: unknown, server: Server): Failure {
  const { baseUrl } = server;
  if (error instanceof ModelError)
    return {
      kind: error.kind,
      status: error.status,
      windowTokens: error.windowTokens,
      message: error.message,
    };
  if (error instanceof UnreadableError)
    return {
      kind: "malformed",
      status: 200,
      message: `${baseUrl}: answered ${error.message}`,
      retry: error.mayPass,
    };
  if (error instanceof SlowError) return { kind: "timeout", message: `${baseUrl}: no answer in time` };
  if (error instanceof MixedUpError)
    return { kind: "malformed", message: `${baseUrl}: ${error.message}`, retry: true };
  if (error instanceof RefusedError) return refusalFailure(error, server);
  if (isOfNetwork(error))
    return {
      kind: "unreachable",
      message: `${baseUrl}: no connection: ${rootCause(error)}`,
      retry: true,
      isRefused: isRefusal(error),
    };
  throw error;
}

/** Statuses of failures that pass: none, and those of time, conflicts, a failed dependency, rates, and capacity (Groq's). */
const PASSING: ReadonlySet<number> = new Set([0, 408, 409, 424, 425, 429, 498]);

/** The words for meanings that the status does not tell. */
const CALLED: Readonly<Record<string, string>> = {
  window: "the prompt is past the window",
  filtered: "a content filter refuses the prompt",
  quota: "nothing is left of the account's quota",
  loading: "the model is still loading",
};

function refusalFailure({ answer, complaint, meaning, status }: RefusedError, server: Server): Failure {
  const said = wordsOf(complaint.words, server);
  const failure = (kind: Failure["kind"], what: string): Failure => ({
    kind,
    status: answer.status,
    message: `${server.baseUrl}: ${what} (status ${shownStatus(answer.status, status)})${said && `: ${said}`}`,
  });
  const passing = (kind: Failure["kind"], what: string): Failure => ({
    ...failure(kind, what),
    retry: true,
    retryAfterMs: retryAfterMs(answer.headers) ?? waitIn(complaint.words),
  });
  const { means, windowTokens } = meaning;
  if (means === "window") return { ...failure("window", CALLED["window"]!), windowTokens };
  if (means === "filtered") return failure("filtered", CALLED["filtered"]!);
  if (means === "quota") return failure("quota", CALLED["quota"]!);
  if (means === "loading") return passing("loading", CALLED["loading"]!);
  if (means === "auth" || (means !== "overloaded" && (status === 401 || status === 403)))
    return failure("auth", server.apiKey === undefined ? "wants an API key" : "refuses the API key");
  if (status >= 300 && status < 400)
    return failure("rejected", `has moved to ${answer.headers.location ?? "somewhere else"}`);
  if (status === 404 || means === "not_found")
    return failure("not_found", `does not know the path or the model ${server.model}`);
  const isPassing = PASSING.has(status) || status >= 500;
  if (isPassing || means === "overloaded")
    return passing("overloaded", status === 429 || /rate.?limit/i.test(said) ? "limits the rate" : "failed");
  return failure("rejected", "rejects the request");
}

function shownStatus(answered: number, told: number): string {
  return told !== 0 && told !== answered ? `${answered}, with an error ${told}` : String(answered);
}

/** The wait of a Retry-After header in milliseconds. A date counts from the server's own clock. */
function retryAfterMs(headers: Answer["headers"]): number | null {
  const milliseconds = headers["retry-after-ms"];
  if (typeof milliseconds === "string" && /^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds);
  const value = headers["retry-after"] ?? "";
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(headers.date ?? "");
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

/** The wait in milliseconds that a server's words ask for: "retry in 21.9s", "try again in 1m2s", "retry after 26 seconds". */
function waitIn(words: string): number | null {
  const found =
    /(?:retry|try again) (?:in|after) (?:(\d+)m(?!s)(?:in\w*)? ?)?(?:(\d+(?:\.\d+)?) ?(ms|s(?:ec\w*)?)\b)?/i.exec(
      words,
    );
  const [, minutes, count, unit = "s"] = found ?? [];
  if (minutes === undefined && count === undefined) return null;
  return Number(minutes ?? 0) * 60_000 + Number(count ?? 0) * (unit.toLowerCase() === "ms" ? 1 : 1000);
}

/** The server's words, shortened and without the key. */
function wordsOf(words: string, { apiKey }: Server): string {
  if (/^\s*</.test(words)) return "an HTML page";
  const safe = apiKey ? words.replaceAll(apiKey, "[key]") : words;
  return safe.length > MAX_WORDS_CHARS ? `${safe.slice(0, MAX_WORDS_CHARS)}…` : safe;
}

/** Errors of sockets and name look-ups have a code. A connection that breaks in the middle of a body has none. */
function isOfNetwork(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  return (
    /^[A-Z][A-Z0-9_]+$/.test((error as NodeJS.ErrnoException).code ?? "") ||
    /connection broke|aborted|socket hang up/.test(error.message)
  );
}

/** Whether nothing listens there, or the name is not known: the case before a server has started. */
function isRefusal(error: Error): boolean {
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH/.test(rootCause(error));
}

/** The message of the innermost cause. */
function rootCause(error: Error): string {
  const { cause } = error;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return rootCause(error.errors[0]);
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return rootCause(cause.errors[0]);
  return cause instanceof Error ? rootCause(cause) : error.message;
}
