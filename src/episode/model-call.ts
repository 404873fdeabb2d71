/** One model call for an episode: sends it, waits for it, and settles it in the ledger. */
import { untilAborted } from "../until-aborted.ts";
import { BudgetError, ModelError, type ModelErrorKind } from "../errors.ts";
import type { OpenCall } from "../cost/ledger.ts";
import type { Gate } from "../models/call-limit.ts";
import type { CallOrigin, Model, ModelRequest } from "../models/model.ts";
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
    return { ok: true, text, reasoning: reasoning?.text ?? null, failure: null, usage };
  } catch (error) {
    const { kind, message, attempts } = failureOf(error, model);
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
      usage: null,
    };
  }
}

interface Failure {
  readonly kind: ModelErrorKind | "broken" | "budget";
  readonly message: string;
  readonly attempts: number;
}

/** Failures of requests for which the server may have spent tokens. */
const MAY_HAVE_COST: ReadonlySet<Failure["kind"]> = new Set(["timeout", "aborted", "malformed", "broken"]);

function failureOf(error: unknown, model: Model): Failure {
  if (error instanceof ModelError) {
    const { kind, attempts } = error;
    return { kind, attempts, message: namingWindow(error) };
  }
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
