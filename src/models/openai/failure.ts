/** What went wrong with a request to a server, in one line that names the server, and whether to try again. */
import { ModelError } from "../../errors.ts";
import type { Failure } from "../retry.ts";
import { type Complaint, complaintOf, type Meaning, meaningOf } from "../servers/complaints.ts";
import { readBody } from "../servers/read-body.ts";
import { type Answer, MixedUpError, SlowError } from "./send.ts";

const MAX_WORDS_CHARS = 300;

export interface Server {
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
}

/** An answer that is not a reply: an error by its status, or one that came with status 200. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly answer: Answer;
  readonly complaint: Complaint;
  readonly meaning: Meaning;
  /** The status that the error has: the answer's, or the one that an error with status 200 names. */
  readonly status: number;

  constructor(answer: Answer, error: unknown) {
    super("the server refused");
    this.answer = answer;
    this.complaint = complaintOf(error);
    this.status = answer.status >= 300 ? answer.status : (this.complaint.status ?? 0);
    this.meaning = meaningOf(this.complaint, this.status);
  }
}

/** An answer with status 200 that says nothing. `mayPass`: a server or a proxy that broke off may do better the next time. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
  readonly mayPass: boolean;

  constructor(what: string, { mayPass }: { readonly mayPass: boolean }) {
    super(what);
    this.mayPass = mayPass;
  }
}

/** An answer whose status says that it is an error. */
export function refusalIn(answer: Answer): RefusedError {
  const body = readBody(answer.text);
  return new RefusedError(answer, body.kind === "json" ? body.value : answer.text);
}

/** Classifies whatever sending threw. What is neither a server's nor a network's fault is thrown on. */
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

/** What each meaning is called where the status would say something else. */
const CALLED: Readonly<Record<string, string>> = {
  window: "the prompt is past the window",
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
    retryAfterMs: retryAfterMs(answer.headers),
  });
  const { means, windowTokens } = meaning;
  if (means === "window") return { ...failure("window", CALLED["window"]!), windowTokens };
  if (means === "quota") return failure("quota", CALLED["quota"]!);
  if (means === "loading") return passing("loading", CALLED["loading"]!);
  if (status === 401 || status === 403 || means === "auth")
    return failure("auth", server.apiKey === undefined ? "wants an API key" : "refuses the API key");
  if (status >= 300 && status < 400)
    return failure("rejected", `has moved to ${answer.headers.location ?? "somewhere else"}`);
  if (status === 404 || means === "not_found")
    return failure("not_found", `does not know the path or the model ${server.model}`);
  const isPassing =
    status === 0 || status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;
  if (isPassing || means === "overloaded")
    return passing("overloaded", status === 429 || /rate.?limit/i.test(said) ? "limits the rate" : "failed");
  return failure("rejected", "rejects the request");
}

function shownStatus(answered: number, told: number): string {
  return told !== 0 && told !== answered ? `${answered}, with an error ${told}` : String(answered);
}

/** Retry-After in seconds, or as a date, which counts from the server's own clock. */
function retryAfterMs(headers: Answer["headers"]): number | null {
  const milliseconds = headers["retry-after-ms"];
  if (typeof milliseconds === "string" && /^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds);
  const value = headers["retry-after"] ?? "";
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(headers.date ?? "");
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

/** What the server said, short, on one line, and without the key. */
function wordsOf(words: string, { apiKey }: Server): string {
  if (/^\s*</.test(words)) return "an HTML page";
  const safe = apiKey ? words.replaceAll(apiKey, "[key]") : words;
  return safe.length > MAX_WORDS_CHARS ? `${safe.slice(0, MAX_WORDS_CHARS)}…` : safe;
}

/** Errors of sockets and of names have a code; a connection that breaks in the middle of a body has none. */
function isOfNetwork(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  return (
    /^[A-Z][A-Z0-9_]+$/.test((error as NodeJS.ErrnoException).code ?? "") ||
    /connection broke|aborted|socket hang up/.test(error.message)
  );
}

/** Nothing listens there, or the name is not known yet: as it is before a server has started. */
function isRefusal(error: Error): boolean {
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH/.test(rootCause(error));
}

/** The innermost cause, and the code of an error whose message does not hold it. */
function rootCause(error: Error): string {
  const { cause } = error;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return rootCause(error.errors[0]);
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return rootCause(cause.errors[0]);
  return cause instanceof Error ? rootCause(cause) : error.message;
}
