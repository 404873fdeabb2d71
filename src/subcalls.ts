/** Answers the calls that come out of the REPL: under the budget, in the ledger, in the order of the prompts. */
import { untilAborted } from "./deadline.ts";
import { BudgetError, ModelError, type ModelErrorKind } from "./errors.ts";
import type { CallRequest, Ledger, OpenCall } from "./ledger.ts";
import type { Model } from "./models/model.ts";
import { Random } from "./random.ts";
import type { HostCall, HostReply } from "./repl/repl.ts";
import { countMessages } from "./tokens.ts";
import type { InfraError } from "./trajectory.ts";
import type { Message } from "./types.ts";

export interface SubCallOptions {
  /** The first one answers where Python names none. */
  readonly models: readonly Model[];
  readonly ledger: Ledger;
  readonly seed: number;
  readonly maxCompletionTokens: number;
  /** Aborts what is under way when the episode's time is over. */
  readonly signal: AbortSignal;
}

/** No model reads more at once; counting what nobody reads would keep the host busy. */
const MAX_PROMPT_CHARS = 6_000_000;

/** The sub-model's side of one episode. */
export class SubCalls {
  /** The turn in which calls are being made; the environment sets it. */
  turn = 0;
  /** The first failure of the machinery, if there was one. */
  infraError: InfraError | null = null;
  /** The budget that refused a call, if one did. */
  refusedBy: BudgetError["limit"] | "seconds" | null = null;
  readonly #options: SubCallOptions;
  readonly #left = new AbortController();
  readonly #signal: AbortSignal;
  #batches: number;

  constructor(options: SubCallOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#left.signal]);
    this.#batches = options.ledger.calls.reduce(
      (next, { batch }) => Math.max(next, (batch?.id ?? -1) + 1),
      0,
    );
  }

  /** Aborts what is under way: nobody waits for it any more. */
  stop(): void {
    this.#left.abort();
  }

  async answer(call: HostCall): Promise<HostReply> {
    const model = this.#choose(call.model);
    if (typeof model === "string") return { error: model };
    const prompts = call.prompts.map((prompt, index) => plainPrompt(prompt, call.contexts?.[index]));
    const longest = prompts.reduce((most, prompt) => Math.max(most, prompt.length), 0);
    if (longest > MAX_PROMPT_CHARS) {
      return { error: `a prompt of ${longest} characters; a sub-call takes at most ${MAX_PROMPT_CHARS}` };
    }
    if (this.#signal.aborted) {
      this.refusedBy = "seconds";
      return { error: "the episode's time is over" };
    }
    const requests = this.#requests(call, prompts, model);
    let open: OpenCall[];
    try {
      open = this.#options.ledger.open(requests);
    } catch (error) {
      if (!(error instanceof BudgetError)) throw error;
      this.refusedBy = error.limit;
      return { error: error.message };
    }
    const replies = await Promise.all(open.map((entry, index) => this.#ask(model, prompts[index]!, entry)));
    const [only] = replies;
    if (!call.batched && only && !only.ok) return { error: only.text };
    return { replies: replies.map(({ ok, text }) => (ok ? text : `Error: ${text}`)) };
  }

  /** Asks the first model on the policy's behalf. Null where there is none, or the budget or the model refuses. */
  async summarise(prompt: string): Promise<string | null> {
    const [model] = this.#options.models;
    if (!model || this.#signal.aborted) return null;
    const facts = { purpose: "summary", depth: 0, turn: this.turn, batch: null } as const;
    try {
      const [entry] = this.#options.ledger.open([{ ...facts, ...this.#requestOf(prompt, model) }]);
      const { ok, text } = await this.#ask(model, prompt, entry!);
      return ok ? text : null;
    } catch (error) {
      if (error instanceof BudgetError) return null;
      throw error;
    }
  }

  #choose(name: string | null): Model | string {
    const { models } = this.#options;
    if (models.length === 0) return "there is no sub-model in this environment";
    const chosen = name === null ? models[0] : models.find((model) => model.name === name);
    return (
      chosen ?? `there is no model "${name}"; choose from ${models.map((model) => model.name).join(", ")}`
    );
  }

  #requests(call: HostCall, prompts: readonly string[], model: Model): CallRequest[] {
    const batch = call.batched ? this.#batches++ : null;
    return prompts.map((prompt, index) => ({
      purpose: call.kind,
      depth: 1,
      turn: this.turn,
      batch: batch === null ? null : { id: batch, index, size: prompts.length },
      ...this.#requestOf(prompt, model),
    }));
  }

  #requestOf(prompt: string, model: Model) {
    const { maxCompletionTokens } = this.#options;
    return {
      model: model.name,
      prompt,
      promptTokens: countMessages(messagesOf(prompt)),
      maxCompletionTokens,
    };
  }

  async #ask(model: Model, prompt: string, entry: OpenCall): Promise<{ ok: boolean; text: string }> {
    const { seed, maxCompletionTokens } = this.#options;
    const request = {
      messages: messagesOf(prompt),
      maxTokens: maxCompletionTokens,
      seed: Random.of(seed, "sub-call").below(2 ** 31),
    };
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      const completion = await untilAborted(this.#signal, (signal) => model.complete(request, { signal }));
      entry.settle(completion, seconds());
      return { ok: true, text: completion.text };
    } catch (error) {
      const { kind, message, attempts } = failureOf(error, model, this.#signal);
      entry.fail(message, { attempts, seconds: seconds(), sent: MAY_HAVE_COST.has(kind) });
      this.#note(kind, message);
      return { ok: false, text: message };
    }
  }

  /** A prompt that the model rejects is the policy's mistake, and the end of time is a limit; the rest is a fault. */
  #note(kind: Failure["kind"], message: string): void {
    if (kind === "rejected" || kind === "aborted" || this.#signal.aborted) return;
    this.infraError ??= { kind: `model_${kind}`, message };
  }
}

/** `broken`: the model threw what is no `ModelError`. */
interface Failure {
  readonly kind: ModelErrorKind | "broken";
  readonly message: string;
  readonly attempts: number;
}

/** Failures of requests on which tokens may have been spent. */
const MAY_HAVE_COST: ReadonlySet<Failure["kind"]> = new Set(["timeout", "aborted", "malformed", "broken"]);

function failureOf(error: unknown, model: Model, signal: AbortSignal): Failure {
  if (error instanceof ModelError) return error;
  if (signal.aborted) return { kind: "timeout", message: `${model.name}: the deadline passed`, attempts: 1 };
  return { kind: "broken", message: `${model.name}: ${String(error)}`, attempts: 1 };
}

/** Where no child episode is to be had, a sub-task and its context become one prompt. */
function plainPrompt(prompt: string, context: unknown): string {
  if (context === undefined) return prompt;
  return `${prompt}\n\nContext:\n${typeof context === "string" ? context : JSON.stringify(context)}`;
}

function messagesOf(prompt: string): readonly Message[] {
  return [{ role: "user", content: prompt }];
}
