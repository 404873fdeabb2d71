/** One model call for an episode: sends it, waits for it, and settles it in the ledger; and the ping after a time-out. */
import { untilAborted } from "../until-aborted.ts";
import { BudgetError, CancelledError, ModelError, type ModelErrorKind } from "../errors.ts";
import type { OpenCall } from "../cost/ledger.ts";
import type { Gate } from "../models/call-limit.ts";
import { type CallOrigin, standIn, type Model, type ModelRequest } from "../models/model.ts";
import type { Usage } from "../types.ts";

/**
 * The outcome of a call. Besides the kinds of `ModelError`, `failure` can be `broken` (the model threw another error), `time`
 * (the episode ended first) or `budget` (another call overshot the budget while this one waited for a slot).
 */
export interface CallOutcome {
  readonly ok: boolean;
  /** The reply, or one line about what went wrong. */
  readonly text: string;
  /** What the model thought before; null if it did not tell. */
  readonly reasoning: string | null;
  readonly failure: Failure["kind"] | "time" | null;
  /** Whether the server, or a proxy before it, gave no answer in time. */
  readonly isTimeout: boolean;
  /** Null if no usage was reported. */
  readonly usage: Usage | null;
}

/** Calls a model. Never rejects: failures are outcomes. */
export async function callModel(call: {
  readonly model: Model;
  readonly request: ModelRequest;
  readonly entry: OpenCall;
  readonly origin: CallOrigin;
  readonly gate: Gate;
  readonly signal: AbortSignal;
}): Promise<CallOutcome> {
  const { model, request, entry, origin, gate, signal } = call;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let sent = false;
  let ended = false;
  const send = async (own: AbortSignal) => {
    sent = true;
    const completion = await model.complete(request, { signal: own, origin });
    if (typeof completion.text !== "string")
      throw new ModelError(`${model.name}: answered a completion without a text`, { kind: "malformed" });
    // This must happen before the slot is free: if this call overshot the budget, the next one must not be sent.
    if (!ended) entry.settle(completion, seconds());
    ended = true;
    return completion;
  };
  try {
    const { text, reasoning, usage } = await untilAborted(signal, (own) => gate(() => send(own), own));
    return { ok: true, text, reasoning: reasoning?.text ?? null, failure: null, isTimeout: false, usage };
  } catch (error) {
    const { kind, message, attempts, status } = failureOf(error, model);
    if (!ended)
      entry.fail(message, {
        attempts: sent ? attempts : 0,
        seconds: seconds(),
        sent: sent && MAY_HAVE_COST.has(kind),
      });
    ended = true;
    return {
      ok: false,
      text: message,
      reasoning: null,
      failure: signal.aborted ? "time" : kind,
      isTimeout: !signal.aborted && (kind === "timeout" || TIMEOUT_STATUSES.has(status ?? 0)),
      usage: null,
    };
  }
}

interface Failure {
  readonly kind: ModelErrorKind | "broken" | "budget";
  readonly message: string;
  readonly attempts: number;
  readonly status?: number | null;
}

/** Statuses by which servers and proxies say that an answer took too long: Cloudflare has its own. */
export const TIMEOUT_STATUSES: ReadonlySet<number> = new Set([408, 504, 524]);

/** Failures of requests for which the server may have spent tokens. */
const MAY_HAVE_COST: ReadonlySet<Failure["kind"]> = new Set(["timeout", "aborted", "malformed", "broken"]);

function failureOf(error: unknown, model: Model): Failure {
  if (error instanceof ModelError) {
    const { kind, attempts, status } = error;
    return { kind, attempts, status, message: namingWindow(error) };
  }
  if (error instanceof CancelledError)
    return { kind: "aborted", message: `${model.name}: ${error.message}`, attempts: 1 };
  if (error instanceof BudgetError) return { kind: "budget", message: error.message, attempts: 0 };
  if (error instanceof Error && ["TimeoutError", "AbortError"].includes(error.name))
    return { kind: "timeout", message: `${model.name}: the deadline passed`, attempts: 1 };
  return { kind: "broken", message: `${model.name}: ${String(error)}`, attempts: 1 };
}

/** Servers describe a too long prompt in many ways. This makes sure that the policy's code finds the word "window". */
function namingWindow({ kind, message }: ModelError): string {
  return kind === "window" && !/window/i.test(message)
    ? `the prompt does not fit into the model's window: ${message}`
    : message;
}

// A sub-call that ends in a time-out may have been made to, by a prompt that keeps the server busy for too long. A short request
// to the same model tells whose doing it was: if the server answers it, the server is well.

/** How long a server has for its reply to a ping, with all attempts. */
const PING_MS = 30_000;

/** What a ping sends. It has no seed, so that no cache answers it in the server's place. */
export const PING: Required<Pick<ModelRequest, "messages" | "maxTokens">> = {
  messages: [{ role: "user", content: "Reply with OK." }],
  // Some servers take no smaller cap.
  maxTokens: 16,
};

/** The error of a ping that the end of its episode cut short, which says nothing about the server. */
export const PING_CUT = "the episode ended before the ping was answered";

/**
 * Sends a ping and records it in `entry`. `fault` if the server does not answer it; `none` if it does, or if the episode's time
 * or budget ended first: then nothing shows that the server failed.
 */
export async function ping(call: {
  readonly model: Model;
  readonly entry: OpenCall;
  readonly origin: CallOrigin;
  readonly gate: Gate;
  readonly signal: AbortSignal;
}): Promise<"fault" | "none"> {
  const { entry, signal } = call;
  const model = standIn(call.model, (request, options) => {
    const late = AbortSignal.timeout(PING_MS);
    const ends = options?.signal ? AbortSignal.any([options.signal, late]) : late;
    return untilAborted(ends, (own) => call.model.complete(request, { ...options, signal: own }));
  });
  const recorded: OpenCall = {
    ...entry,
    fail: (error, details) =>
      signal.aborted ? entry.fail(PING_CUT, { ...details, sent: true }) : entry.fail(error, details),
  };
  const { ok, text, failure } = await callModel({ ...call, model, entry: recorded, request: PING });
  return ok || failure === "time" || text === PING_CUT || failure === "budget" ? "none" : "fault";
}

/** Whether a child's fault is a time-out of its policy, as `TIMEOUT_STATUSES` or the deadline of an attempt show. */
export function isTimeoutOfPolicy({
  kind,
  message,
}: {
  readonly kind: string;
  readonly message: string;
}): boolean {
  if (kind === "policy_timeout") return true;
  const status = /\(status (\d{3})\b/.exec(message)?.[1];
  return kind === "policy_overloaded" && TIMEOUT_STATUSES.has(Number(status));
}
