/** Answers the model calls of the REPL: at the right depth, under the budget, in the order of the prompts. */
import { jsonLength } from "../cost/json-length.ts";
import type { Children, SubTask } from "./children.ts";
import { childReply } from "./prompt.ts";
import { BudgetError } from "../errors.ts";
import type { CallRequest, Ledger, OpenCall } from "../cost/ledger.ts";
import { countAhead, countReadingAhead, isLongToCount } from "../cost/tokens.ts";
import { charsOfRequest } from "../cost/written-chars.ts";
import { callModel, type CallOutcome, isTimeoutOfPolicy, PING, ping } from "./model-call.ts";
import type { Reservations } from "./reservations.ts";
import type { Rules } from "./rules.ts";
import type { Gate } from "../models/call-limit.ts";
import type { CallOrigin, Model } from "../models/model.ts";
import { sum } from "../statistics.ts";
import type { HostCall, HostReply } from "../repl/repl.ts";
import type { CallPurpose, InfraError } from "../trajectory.ts";
import type { Message } from "../types.ts";

/** What the sub-calls of an episode need. */
export interface SubCallOptions {
  /** The first one answers calls that name no model. */
  readonly models: readonly Model[];
  readonly ledger: Ledger;
  readonly gate: Gate;
  /** The episode's own depth, and the greatest depth of calls. */
  readonly depth: number;
  readonly maxDepth: number;
  readonly seed: number;
  readonly rules: Rules;
  readonly reservations: Reservations;
  readonly maxCompletionTokens: number;
  /** Aborts calls when the episode's time is over or the episode is abandoned. */
  readonly signal: AbortSignal;
  readonly children: Pick<Children, "play" | "firstTokens">;
  /** `Rules.countsChildren`. Default: true. */
  readonly countsChildren?: boolean;
  readonly originOf: (purpose: CallPurpose) => CallOrigin;
}

/** Failures that are the policy's mistake (a rejected prompt) or a limit. All others are infrastructure errors. */
const NO_FAULT: ReadonlySet<string> = new Set([
  "rejected",
  "window",
  "filtered",
  "aborted",
  "time",
  "budget",
]);

/** No model reads more at once, and counting the tokens of a longer prompt would only keep the host busy. */
const MAX_PROMPT_CHARS = 6_000_000;

/** Whether the parent's code caused a child's error: a prompt that the model rejects, or a context that does not fit. */
function isMistake({ kind, message }: InfraError): boolean {
  return kind === "policy_rejected" || (kind === "repl" && message.includes("MemoryError"));
}

/** The number of characters that a request adds to the record, or to the file of a child's context. */
function charsOf({ kind, prompts, contexts = [] }: HostCall): number {
  const brought = contexts.map((context) =>
    typeof context === "string" ? context : JSON.stringify(context),
  );
  // A child's record has its question twice.
  const texts = kind === "rlm_query" ? [...prompts, ...prompts] : prompts;
  return charsOfRequest(texts) + sum(brought.map(jsonLength));
}

/** The sub-calls of one episode. */
export class SubCalls {
  /** The index of the current turn; the environment sets it. */
  turn = 0;
  /** The index of the current block in the turn; the environment sets it. */
  block = 0;
  /** The first infrastructure error; null if there was none. */
  infraError: InfraError | null = null;
  /** The last budget that refused a call; null if none did. */
  refusedBy: BudgetError["limit"] | null = null;
  readonly #options: SubCallOptions;
  /** How often each prompt was sent to each model. */
  readonly #asked = new Map<string, number>();
  #batches: number;

  constructor(options: SubCallOptions) {
    this.#options = options;
    for (const { purpose, model, prompt } of options.ledger.calls)
      if (purpose !== "judge" && purpose !== "ping" && prompt !== null) this.#countAsked(model, prompt);
    this.#batches = options.ledger.calls.reduce(
      (next, { batch }) => Math.max(next, (batch?.id ?? -1) + 1),
      0,
    );
  }

  async answer(call: HostCall): Promise<HostReply> {
    const { signal, depth, maxDepth } = this.#options;
    const model = this.#choose(call.model);
    if (typeof model === "string") return { error: model };
    if (depth + 1 > maxDepth) {
      return { error: `${call.kind}: no calls are allowed here (depth ${depth}, max_depth ${maxDepth})` };
    }
    if (signal.aborted) {
      this.refusedBy = "seconds";
      return { error: "the episode's time is over" };
    }
    try {
      const { bounds } = this.#options.ledger;
      bounds.takeChars(charsOf(call));
      const isRoomForChild = call.kind === "rlm_query" && depth + 2 <= maxDepth;
      return await (isRoomForChild ? this.#askChildren(call, model) : this.#askPlainly(call, model));
    } catch (error) {
      if (!(error instanceof BudgetError)) throw error;
      this.refusedBy = error.limit;
      return { error: error.message };
    }
  }

  /** Asks the first model for a summary. Null if there is no model, or if the budget or the model refuses. */
  async summarise(prompt: string): Promise<string | null> {
    const [model] = this.#options.models;
    if (!model || this.#options.signal.aborted) return null;
    try {
      const request = this.#requestOf(prompt, model, "summary", 0);
      const [entry] = this.#options.ledger.open([request]);
      const { ok, text } = await this.#ask(model, request, entry!);
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

  async #askChildren(call: HostCall, model: Model): Promise<HostReply> {
    const { ledger, children, rules, countsChildren = true } = this.#options;
    ledger.expectRoom();
    const batchAt = this.#batchOf(call);
    const tasks = call.prompts.map((prompt, index): SubTask => {
      const position = { turn: this.turn, ...this.#block(), batch: batchAt(index) };
      return { prompt, context: call.contexts?.[index], position };
    });
    if (countsChildren) ledger.bounds.expectRoomFor(tasks.length, children.firstTokens(tasks));
    for (const { context } of tasks)
      if (typeof context === "string" && isLongToCount(context)) await countReadingAhead(context);
    const records = await children.play(tasks, model);
    for (const { calls } of records) if (countsChildren && calls.length === 0) ledger.bounds.countCall();
    const errors = records.flatMap(({ error }) => error ?? []).filter((error) => !isMistake(error));
    const slow = rules.pingsAfterTimeouts ? errors.filter(isTimeoutOfPolicy) : [];
    this.infraError ??= errors.find((error) => !slow.includes(error)) ?? null;
    await this.#findDoer(model, [], slow);
    return { replies: records.map(({ answer, stopReason }) => childReply(answer?.text ?? null, stopReason)) };
  }

  async #askPlainly(call: HostCall, model: Model): Promise<HostReply> {
    const prompts = call.prompts.map((prompt, index) => plainPrompt(prompt, call.contexts?.[index]));
    const tooLong = prompts.find((prompt) => prompt.length > MAX_PROMPT_CHARS);
    if (!call.batched && tooLong !== undefined) return { error: refusalOf(tooLong) };
    const batchAt = this.#batchOf(call);
    const asked = prompts.flatMap((prompt, index) => (prompt.length > MAX_PROMPT_CHARS ? [] : [index]));
    const long = asked.map((index) => prompts[index]!).filter(isLongToCount);
    // Without a long prompt there is no wait here, so that calls keep their order.
    if (long.length > 0) await countAhead(...long);
    const requests = asked.map((index): CallRequest => ({
      ...this.#requestOf(prompts[index]!, model, call.kind, this.#options.depth + 1),
      ...(call.kind === "rlm_query" && { plain: true }),
      ...(call.reasoning && { asksReasoning: true }),
      ...this.#block(),
      batch: batchAt(index),
    }));
    const open = this.#options.ledger.open(requests);
    const replies = prompts.map((prompt) => `Error: ${refusalOf(prompt)}`);
    const reasoning = prompts.map((): string | null => null);
    const outcomes = await Promise.all(
      requests.map((request, position) => this.#ask(model, request, open[position]!)),
    );
    const slow = outcomes.flatMap(({ isTimeout, failure, text }, position) =>
      isTimeout && this.#options.rules.pingsAfterTimeouts
        ? [{ id: open[position]!.id, kind: `model_${failure}`, message: text }]
        : [],
    );
    await this.#findDoer(
      model,
      slow.map(({ id }) => id),
      slow.map(({ kind, message }) => ({ kind, message })),
    );
    const [only] = outcomes;
    if (!call.batched && only && !only.ok) return { error: only.text };
    for (const [position, { ok, text, reasoning: thought }] of outcomes.entries()) {
      const index = asked[position]!;
      replies[index] = ok ? text : `Error: ${text}`;
      reasoning[index] = thought;
    }
    return call.reasoning ? { replies, reasoning } : { replies };
  }

  /** Pings the model once after time-outs: they are faults if the server does not answer the ping either. */
  async #findDoer(model: Model, timedOut: readonly number[], slow: readonly InfraError[]): Promise<void> {
    const { ledger, reservations, gate, signal, originOf, depth } = this.#options;
    const [first] = slow;
    if (first === undefined || this.infraError !== null) return;
    const { messages, maxTokens } = PING;
    const entry = ledger.openAnyway({
      purpose: "ping",
      timedOut,
      depth: depth + 1,
      turn: this.turn,
      ...this.#block(),
      batch: null,
      model: model.name,
      prompt: messages[0]!.content,
      promptTokens: reservations.tokensFor(model, messages),
      maxCompletionTokens: maxTokens,
    });
    const found = await ping({ model, entry, origin: originOf("ping"), gate, signal });
    if (found === "fault") this.infraError ??= first;
  }

  #block(): { block?: number } {
    return this.block > 0 ? { block: this.block } : {};
  }

  #batchOf({ batched, prompts }: HostCall) {
    const id = batched ? this.#batches++ : null;
    return (index: number) => (id === null ? null : { id, index, size: prompts.length });
  }

  #requestOf(prompt: string, model: Model, purpose: CallPurpose, depth: number): CallRequest {
    const { maxCompletionTokens } = this.#options;
    const { rules, reservations, seed } = this.#options;
    const promptTokens = reservations.tokensFor(model, messagesOf(prompt));
    const askedBefore = this.#countAsked(model.name, prompt);
    return {
      purpose,
      depth,
      turn: this.turn,
      batch: null,
      model: model.name,
      prompt,
      promptTokens,
      maxCompletionTokens,
      ...(rules.recordsSeeds && { seed: rules.subCallSeed(seed, askedBefore) }),
    };
  }

  /** Counts a call of the prompt, and returns the number of earlier ones. */
  #countAsked(model: string, prompt: string): number {
    const key = `${model}\n${prompt}`;
    const before = this.#asked.get(key) ?? 0;
    this.#asked.set(key, before + 1);
    return before;
  }

  async #ask(model: Model, { prompt, purpose, seed }: CallRequest, entry: OpenCall): Promise<CallOutcome> {
    const { maxCompletionTokens, rules, reservations, gate, signal, originOf } = this.#options;
    const messages = messagesOf(prompt!);
    const sampling = seed ?? rules.subCallSeed(this.#options.seed, 0);
    const request = { messages, maxTokens: maxCompletionTokens, seed: sampling };
    const outcome = await callModel({ model, request, entry, origin: originOf(purpose), gate, signal });
    const { failure, text, usage, isTimeout } = outcome;
    if (usage && !model.simulated) reservations.learn(model.name, messages, usage);
    // A summary is the environment's own call.
    const isPinged = isTimeout && purpose !== "summary" && rules.pingsAfterTimeouts;
    const isFault = failure !== null && !NO_FAULT.has(failure) && !isPinged;
    if (isFault) this.infraError ??= { kind: `model_${failure}`, message: text };
    return outcome;
  }
}

function refusalOf({ length }: string): string {
  return `a prompt of ${length} characters; a sub-call takes at most ${MAX_PROMPT_CHARS}`;
}

/** The prompt of a plain call. A sub-task that cannot be a child becomes one prompt with its context. */
function plainPrompt(prompt: string, context: unknown): string {
  if (context === undefined) return prompt;
  return `${prompt}\n\nContext:\n${typeof context === "string" ? context : JSON.stringify(context)}`;
}

/** The messages that a sub-call sends. */
export function messagesOf(prompt: string): readonly Message[] {
  return [{ role: "user", content: prompt }];
}
