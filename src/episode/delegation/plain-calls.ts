/** Plain calls of sub-models: what is sent and reserved for each, and what becomes of the replies. */
import type { CallRequest, Ledger, OpenCall } from "../../cost/ledger.ts";
import { countAhead, isLongToCount } from "../../cost/tokens.ts";
import { GrantError } from "../../errors.ts";
import type { Gate } from "../../models/call-limit.ts";
import type { CallOrigin, Model } from "../../models/model.ts";
import { Random } from "../../random.ts";
import type { CallTerms } from "../../repl/call-terms.ts";
import type { HostCall, HostErrorKind } from "../../repl/repl.ts";
import type { Call, CallPurpose } from "../../trajectory.ts";
import type { Json, Message } from "../../types.ts";
import { callModel, type CallOutcome } from "../model-call.ts";
import type { Reservations } from "../reservations.ts";
import type { Rules } from "../rules.ts";
import { factsOfImages } from "./images.ts";
import { askingFor, readJson, repairRequest } from "./schema-reply.ts";
import type { SchemaChecks } from "./schema-thread.ts";

/** No model reads more at once, and counting the tokens of a longer prompt would only keep the host busy. */
const MAX_PROMPT_CHARS = 6_000_000;
/** How often a reply that does not match its schema is asked for again. */
const MOST_REPAIRS = 2;

/** Tokens of the words around a reply in its repair, and of what is said to be wrong with it. */
const REPAIR_WORDS = 200;

/** What plain calls need of their episode. */
export interface PlainCallOptions {
  /** The episode's own depth. */
  readonly depth: number;
  readonly seed: number;
  readonly rules: Rules;
  readonly reservations: Reservations;
  readonly maxCompletionTokens: number;
  readonly gate: Gate;
  /** Aborts calls when the episode's time is over or the episode is abandoned. */
  readonly signal: AbortSignal;
  readonly originOf: (purpose: CallPurpose) => CallOrigin;
  readonly schemaChecks: SchemaChecks;
  /** The system message of `rlm_query` where it makes a plain call; undefined for none. */
  readonly leafPrompt?: string | undefined;
}

/** Where the calls were made, and where they are booked. */
export interface Place {
  readonly ledger: Ledger;
  readonly turn: number;
  readonly block: number;
  readonly batchAt: (index: number) => Call["batch"];
  readonly handle?: number;
  readonly gate?: Gate;
  readonly signal?: AbortSignal;
  /** Gets every outcome as soon as it is there. */
  readonly heard: (model: Model, request: CallRequest, outcome: CallOutcome) => void;
}

/** What became of the prompts of one call. */
export interface PlainReplies {
  /** In the order of the prompts: the reply, or null with an error. */
  readonly replies: readonly PlainReply[];
  /** The calls that ended in a time-out. */
  readonly slow: readonly { readonly id: number; readonly kind: string; readonly message: string }[];
}

/** The reply to one prompt. */
export type PlainReply =
  | { readonly text: string; readonly reasoning: string | null }
  | { readonly error: string; readonly kind?: HostErrorKind };

/** The plain calls of one episode. */
export class PlainCalls {
  readonly #options: PlainCallOptions;
  /** How often each prompt was sent to each model. */
  readonly #asked = new Map<string, number>();

  /** @param made calls that the episode has made already */
  constructor(options: PlainCallOptions, made: readonly Call[]) {
    this.#options = options;
    for (const { purpose, model, prompt, repair = 0 } of made)
      if (purpose !== "judge" && purpose !== "ping" && prompt !== null && repair === 0)
        this.#countAsked(model, prompt);
  }

  /** The requests of a call, before anything is reserved; null for a prompt that is too long. Throws `GrantError`. */
  async requestsOf(
    call: HostCall,
    model: Model,
    { ledger, turn, block, batchAt, handle }: Omit<Place, "heard">,
  ): Promise<readonly (CallRequest | null)[]> {
    const { depth, leafPrompt } = this.#options;
    const { terms = {}, kind } = call;
    const prompts = call.prompts.map((prompt, index) =>
      askingFor(terms.schema, plainPrompt(prompt, call.contexts?.[index])),
    );
    const long = prompts.filter((prompt) => !isTooLong(prompt) && isLongToCount(prompt));
    // Without a long prompt there is no wait here, so that calls keep their order.
    if (long.length > 0) await countAhead(...long);
    const system = kind === "rlm_query" ? (terms.prompt ?? leafPrompt) : undefined;
    return prompts.map((prompt, index): CallRequest | null => {
      if (isTooLong(prompt)) return null;
      return this.#onTerms(ledger, terms, {
        ...this.requestOf(prompt, model, { purpose: kind, depth: depth + 1, turn }, { ...terms, system }),
        ...(kind === "rlm_query" && { plain: true as const }),
        ...(call.reasoning && { asksReasoning: true as const }),
        ...(block > 0 && { block }),
        ...(terms.schema !== undefined && { repair: 0 }),
        ...(handle !== undefined && { handle }),
        batch: batchAt(index),
      });
    });
  }

  /** Asks about all prompts of a call, and repairs replies that do not match their schema. Throws `BudgetError`. */
  async ask(
    call: HostCall,
    model: Model,
    place: Place,
    given?: readonly (CallRequest | null)[],
  ): Promise<PlainReplies> {
    const { schema } = call.terms ?? {};
    const requests = given ?? (await this.requestsOf(call, model, place));
    const asked = requests.filter((request) => request !== null);
    const slow: PlainReplies["slow"][number][] = [];
    const answered = await this.#round(asked, model, call, place, slow);
    const checked =
      schema === undefined
        ? answered
        : await this.#repaired(answered, { schema, asked, call, model, place, slow });
    let next = 0;
    const replies = requests.map((request, index): PlainReply => {
      if (request === null)
        return { error: refusalOf(plainPrompt(call.prompts[index]!, call.contexts?.[index]), schema) };
      return checked[next++]!;
    });
    return { replies, slow };
  }

  /** What the repairs of a reply may need, for a budget that is held in advance. */
  repairsAhead({ schema }: CallTerms, first: CallRequest): readonly CallRequest[] {
    if (schema === undefined) return [];
    // A repair holds the prompt, a reply, and a few words.
    const promptTokens = 2 * first.promptTokens + first.maxCompletionTokens + REPAIR_WORDS;
    return Array.from({ length: MOST_REPAIRS }, () => ({ ...first, promptTokens }));
  }

  /** One request of the episode itself or of its code, without its place in a block. */
  requestOf(
    prompt: string,
    model: Model,
    facts: Pick<CallRequest, "purpose" | "depth" | "turn">,
    terms: CallTerms & { readonly system?: string | undefined } = {},
  ): CallRequest {
    const { rules, reservations, seed, maxCompletionTokens } = this.#options;
    const { maxTokens, effort, system, images = [] } = terms;
    const shown = images.length === 0 ? {} : { images: factsOfImages(images), sentImages: images };
    const promptTokens = reservations.tokensFor(model, messagesOf({ prompt, system, sentImages: images }));
    const askedBefore = this.#countAsked(model.name, prompt);
    return {
      ...facts,
      batch: null,
      model: model.name,
      prompt,
      promptTokens,
      maxCompletionTokens: Math.min(maxCompletionTokens, maxTokens ?? Infinity),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(effort !== undefined && { effort }),
      ...(system !== undefined && { system }),
      ...shown,
      ...(rules.recordsSeeds && { seed: rules.subCallSeed(seed, askedBefore) }),
    };
  }

  /** Sends one reserved request. */
  async send(
    model: Model,
    request: CallRequest,
    entry: OpenCall,
    place: Pick<Place, "heard" | "gate" | "signal">,
  ): Promise<CallOutcome> {
    const { rules, originOf } = this.#options;
    const { purpose, seed, maxCompletionTokens, effort } = request;
    const sampling = seed ?? rules.subCallSeed(this.#options.seed, 0);
    const sent = {
      messages: messagesOf({ ...request, prompt: request.prompt! }),
      maxTokens: maxCompletionTokens,
      seed: sampling,
      ...(effort !== undefined && { effort }),
    };
    const { gate = this.#options.gate, signal = this.#options.signal } = place;
    const outcome = await callModel({ model, request: sent, entry, origin: originOf(purpose), gate, signal });
    place.heard(model, request, outcome);
    return outcome;
  }

  async #round(
    requests: readonly CallRequest[],
    model: Model,
    call: HostCall,
    place: Place,
    slow: PlainReplies["slow"][number][],
  ): Promise<PlainReply[]> {
    if (requests.length === 0 && !call.batched) return [];
    const open = place.ledger.open(requests);
    const outcomes = await Promise.all(
      requests.map((request, index) => this.send(model, request, open[index]!, place)),
    );
    for (const [index, { isTimeout, failure, text }] of outcomes.entries())
      if (isTimeout && this.#options.rules.pingsAfterTimeouts)
        slow.push({ id: open[index]!.id, kind: `model_${failure}`, message: text });
    return outcomes.map(({ ok, text, reasoning }) => (ok ? { text, reasoning } : { error: text }));
  }

  /** Repairs in rounds, so that the order of the calls does not depend on how fast the model is. */
  async #repaired(
    first: readonly PlainReply[],
    work: {
      readonly schema: Json;
      readonly asked: readonly CallRequest[];
      readonly call: HostCall;
      readonly model: Model;
      readonly place: Place;
      readonly slow: PlainReplies["slow"][number][];
    },
  ): Promise<PlainReply[]> {
    const { schema, asked, call, model, place, slow } = work;
    const replies = [...first];
    const latest = [...asked];
    let wrong = await this.#mismatches(
      schema,
      replies,
      replies.map((_, index) => index),
    );
    for (let repair = 1; wrong.length > 0 && repair <= MOST_REPAIRS; repair += 1) {
      const requests = wrong.map(({ index, reply, problem }) => {
        const request = this.#repairOf(
          asked[index]!,
          model,
          repair,
          repairRequest(asked[index]!.prompt!, reply, problem),
        );
        latest[index] = request;
        return this.#onTerms(place.ledger, call.terms ?? {}, request);
      });
      const again = await this.#round(requests, model, call, place, slow);
      for (const [position, { index }] of wrong.entries()) replies[index] = again[position]!;
      wrong = await this.#mismatches(
        schema,
        replies,
        wrong.map(({ index }) => index),
      );
    }
    for (const { index, problem } of wrong)
      replies[index] = {
        error: `the reply does not match the schema after ${MOST_REPAIRS} repairs: ${problem}`,
        kind: "ReplyError",
      };
    return replies;
  }

  /** Which of the replies do not match; those that do become the text of their JSON. */
  async #mismatches(schema: Json, replies: PlainReply[], among: readonly number[]) {
    const { schemaChecks } = this.#options;
    const wrong: { readonly index: number; readonly reply: string; readonly problem: string }[] = [];
    for (const index of among) {
      const reply = replies[index]!;
      if ("error" in reply) continue;
      const value = readJson(reply.text);
      const problem = value === undefined ? "it is not JSON" : await schemaChecks.problemOf(schema, value);
      if (problem === null) replies[index] = { ...reply, text: JSON.stringify(value) };
      else wrong.push({ index, reply: reply.text, problem });
    }
    return wrong;
  }

  #repairOf(first: CallRequest, model: Model, repair: number, prompt: string): CallRequest {
    const { reservations } = this.#options;
    return {
      ...first,
      prompt,
      repair,
      promptTokens: reservations.tokensFor(model, messagesOf({ ...first, prompt })),
      ...(first.seed !== undefined && { seed: Random.of(first.seed, "repair", repair).below(2 ** 31) }),
    };
  }

  /** The request within its grant: the reply may have as many tokens as the grant leaves for it. Throws `GrantError`. */
  #onTerms(ledger: Ledger, { grant }: CallTerms, request: CallRequest): CallRequest {
    if (!grant) return request;
    return { ...request, grant, maxCompletionTokens: ledger.tokensWithin(grant, request) };
  }

  /** Counts a call of the prompt, and returns the number of earlier ones. */
  #countAsked(model: string, prompt: string): number {
    const key = `${model}\n${prompt}`;
    const before = this.#asked.get(key) ?? 0;
    this.#asked.set(key, before + 1);
    return before;
  }
}

function isTooLong({ length }: string): boolean {
  return length > MAX_PROMPT_CHARS;
}

function refusalOf(prompt: string, schema: Json | undefined): string {
  const { length } = askingFor(schema, prompt);
  const what = schema === undefined ? "a prompt" : "a prompt with its schema";
  return `${what} of ${length} characters; a sub-call takes at most ${MAX_PROMPT_CHARS}`;
}

/** The prompt of a plain call. A sub-task that cannot be a child becomes one prompt with its context. */
function plainPrompt(prompt: string, context: unknown): string {
  if (context === undefined) return prompt;
  return `${prompt}\n\nContext:\n${typeof context === "string" ? context : JSON.stringify(context)}`;
}

/** The messages that a sub-call sends. */
export function messagesOf({
  prompt,
  system,
  sentImages = [],
}: {
  readonly prompt: string;
  readonly system?: string | undefined;
  readonly sentImages?: readonly string[];
}): readonly Message[] {
  return [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    { role: "user", content: prompt, ...(sentImages.length > 0 && { images: sentImages }) },
  ];
}

/** Throws `GrantError` for a grant in dollars for a model whose price nobody knows. */
export function expectPriced({ grant }: CallTerms, model: Model, ledger: Ledger): void {
  if (grant?.dollars !== undefined && !ledger.isPriced(model.name))
    throw new GrantError(
      `a grant in dollars needs a price, and that of ${model.name} is not known; grant tokens`,
    );
}
