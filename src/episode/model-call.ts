/** One call of a model on an episode's behalf: sent, waited for, and brought to its end in the ledger. */
import { untilAborted } from "../until-aborted.ts";
import { BudgetError, ModelError, type ModelErrorKind } from "../errors.ts";
import type { OpenCall } from "../cost/ledger.ts";
import type { Gate } from "../models/call-limit.ts";
import type { CallOrigin, Model, ModelRequest } from "../models/model.ts";
import { countMessages } from "../cost/tokens.ts";
import type { Message } from "../types.ts";

/** Real tokenizers write the same text with more tokens than the one that counts here, but hardly with half as many more. */
const FOREIGN_TOKENIZER = 1.5;

/** Prompt tokens to reserve before a model is asked. */
export function tokensToReserve(
  model: Pick<Model, "simulated"> | undefined,
  messages: readonly Message[],
): number {
  const counted = countMessages(messages);
  return model === undefined || model.simulated ? counted : Math.ceil(counted * FOREIGN_TOKENIZER);
}

/**
 * `broken`: the model threw what is no `ModelError`. `time`: the episode's own end came first. `budget`: an overshoot did,
 * while the call waited for its place.
 */
export interface CallOutcome {
  readonly ok: boolean;
  /** The reply, or one line on what went wrong. */
  readonly text: string;
  readonly failure: Failure["kind"] | "time" | null;
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
    const { text } = await untilAborted(signal, (own) => gate(() => send(own), own));
    return { ok: true, text, failure: null };
  } catch (error) {
    const { kind, message, attempts } = failureOf(error, model);
    if (!ended)
      entry.fail(message, {
        attempts: sent ? attempts : 0,
        seconds: seconds(),
        sent: sent && MAY_HAVE_COST.has(kind),
      });
    ended = true;
    return { ok: false, text: message, failure: signal.aborted ? "time" : kind };
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
  if (error instanceof ModelError) return error;
  if (error instanceof BudgetError) return { kind: "budget", message: error.message, attempts: 0 };
  if (error instanceof Error && ["TimeoutError", "AbortError"].includes(error.name))
    return { kind: "timeout", message: `${model.name}: the deadline passed`, attempts: 1 };
  return { kind: "broken", message: `${model.name}: ${String(error)}`, attempts: 1 };
}
