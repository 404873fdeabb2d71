/** One call of a model on an episode's behalf: sent, waited for, and brought to its end in the ledger. */
import { untilAborted } from "../until-aborted.ts";
import { BudgetError, ModelError, type ModelErrorKind } from "../errors.ts";
import type { OpenCall } from "../cost/ledger.ts";
import type { Gate } from "../models/call-limit.ts";
import type { CallOrigin, Model, ModelRequest } from "../models/model.ts";
import type { Usage } from "../types.ts";

/**
 * `broken`: the model threw what is no `ModelError`. `time`: the episode's own end came first. `budget`: an overshoot did,
 * while the call waited for its place.
 */
export interface CallOutcome {
  readonly ok: boolean;
  /** The reply, or one line on what went wrong. */
  readonly text: string;
  /** What the model thought before; null where it did not tell. */
  readonly reasoning: string | null;
  readonly failure: Failure["kind"] | "time" | null;
  /** Null where nobody reported it. */
  readonly usage: Usage | null;
}

/** Never rejects. */
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
    // Before the place goes to the next call, which an overshoot of this one must keep in.
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

/** Failures of requests on which tokens may have been spent. */
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

/** Servers word a burst window in many ways; code that the policy writes finds it by this word. */
function namingWindow({ kind, message }: ModelError): string {
  return kind === "window" && !/window/i.test(message)
    ? `the prompt does not fit into the model's window: ${message}`
    : message;
}
