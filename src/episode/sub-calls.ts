/** Answers the model calls of the REPL: at the right depth, under the budget, in the order of the prompts. */
import { jsonLength } from "../cost/json-length.ts";
import type { Grant } from "../cost/budget.ts";
import type { Children, SubTask } from "./children.ts";
import {
  expectPriced,
  messagesOf,
  type Place,
  type PlainCallOptions,
  PlainCalls,
} from "./delegation/plain-calls.ts";
import { NO_HANDLES, replyOfChild, startCall, startChild, type Starting } from "./delegation/start.ts";
import { BudgetError, GrantError, SchemaError } from "../errors.ts";
import type { CallRequest, Ledger, OpenCall } from "../cost/ledger.ts";
import { countReadingAhead, isLongToCount } from "../cost/tokens.ts";
import { charsOfRequest } from "../cost/written-chars.ts";
import { type CallOutcome, isTimeoutOfPolicy, PING, ping } from "./model-call.ts";
import type { Model } from "../models/model.ts";
import { sum } from "../statistics.ts";
import type { HostCall, HostReply } from "../repl/repl.ts";
import type { InfraError, Trajectory } from "../trajectory.ts";

/** What the sub-calls of an episode need. */
export interface SubCallOptions extends PlainCallOptions {
  /** The first one answers calls that name no model. */
  readonly models: readonly Model[];
  readonly ledger: Ledger;
  /** The greatest depth of calls. */
  readonly maxDepth: number;
  readonly children: Pick<Children, "play" | "firstTokens">;
  /** What calls need that code does not wait for; without it there are none. */
  readonly starting?: Starting;
  /** `Rules.countsChildren`. Default: true. */
  readonly countsChildren?: boolean;
  /** Whether the episode has a tool of this name. */
  readonly hasTool?: (name: string) => boolean;
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

/** Whether the parent's code caused a child's error: a prompt that the model rejects, or a context that does not fit. */
function isMistake({ kind, message }: InfraError): boolean {
  return kind === "policy_rejected" || (kind === "repl" && message.includes("MemoryError"));
}

/** The number of characters that a request adds to the record, or to the file of a child's context. */
function charsOf({ kind, prompts, contexts = [], terms = {} }: HostCall): number {
  const brought = contexts.map((context) =>
    typeof context === "string" ? context : JSON.stringify(context),
  );
  // A child's record has its question twice.
  const texts = kind === "rlm_query" ? [...prompts, ...prompts] : prompts;
  // A schema stands in each prompt, and a system prompt in the record of each child.
  const { schema, prompt = "" } = terms;
  const added = [...(schema === undefined ? [] : [JSON.stringify(schema)]), prompt].map(jsonLength);
  return (
    charsOfRequest(texts) +
    sum(brought.map(jsonLength)) +
    (schema === undefined && prompt === "" ? 0 : prompts.length * sum(added))
  );
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
  readonly #plain: PlainCalls;
  #batches: number;

  constructor(options: SubCallOptions) {
    this.#options = options;
    const { calls } = options.ledger;
    this.#plain = new PlainCalls(options, calls);
    this.#batches = calls.reduce((next, { batch }) => Math.max(next, (batch?.id ?? -1) + 1), 0);
  }

  async answer(call: HostCall): Promise<HostReply> {
    const { signal, depth, maxDepth, starting } = this.#options;
    const question = call.terms?.handle;
    // What was started ends with the time of the episode, so that no answer takes longer than that.
    if (question) return starting ? await starting.handles.answer(question) : NO_HANDLES;
    const model = this.#choose(call.model);
    if (typeof model === "string") return { error: model };
    if (depth + 1 > maxDepth) {
      return { error: `${call.kind}: no calls are allowed here (depth ${depth}, max_depth ${maxDepth})` };
    }
    if (signal.aborted) {
      this.refusedBy = "seconds";
      return { error: "the episode's time is over" };
    }
    const { terms = {} } = call;
    if (terms.images && model.simulated)
      return { error: `${call.kind}: ${model.name} takes no images`, kind: "TypeError" };
    const unknown = terms.tools?.find((name) => !this.#options.hasTool?.(name));
    if (unknown !== undefined)
      return {
        error: `rlm_query: there is no tool ${JSON.stringify(unknown)} to hand on`,
        kind: "TypeError",
      };
    try {
      const { bounds } = this.#options.ledger;
      bounds.takeChars(charsOf(call));
      if (terms.schema !== undefined) await this.#options.schemaChecks.expectSchema(terms.schema);
      expectPriced(terms, model, this.#options.ledger);
      const isRoomForChild = call.kind === "rlm_query" && depth + 2 <= maxDepth;
      if (terms.start) return await this.#start(call, model, isRoomForChild);
      return await (isRoomForChild ? this.#askChildren(call, model) : this.#askPlainly(call, model));
    } catch (error) {
      if (error instanceof GrantError || error instanceof SchemaError)
        return { error: error.message, kind: error.name };
      if (!(error instanceof BudgetError)) throw error;
      // What handles hold comes back.
      const open = starting?.handles.open ?? [];
      if (open.length > 0)
        return {
          error: `${error.message}; handles hold a part of it: wait for them first`,
          kind: "GrantError",
        };
      this.refusedBy = error.limit;
      return { error: error.message };
    }
  }

  /** Asks the first model for a summary. Null if there is no model, or if the budget or the model refuses. */
  async summarise(prompt: string): Promise<string | null> {
    const [model] = this.#options.models;
    if (!model || this.#options.signal.aborted) return null;
    try {
      const facts = { purpose: "summary", depth: 0, turn: this.turn } as const;
      const request = this.#plain.requestOf(prompt, model, facts);
      const [entry] = this.#options.ledger.open([request]);
      const { ok, text } = await this.#plain.send(model, request, entry!, this.#place());
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
    const { terms = {} } = call;
    const grants = rules.delegates ? ledger.bounds.grants(tasks.length, terms.grant ?? {}) : [];
    const onTerms = tasks.map((task, index) => ({ ...task, terms, ...budgetIn(grants[index]) }));
    let records: readonly Trajectory[];
    try {
      records = await children.play(onTerms, model);
    } finally {
      for (const grant of grants) grant.end();
    }
    for (const { calls } of records) if (countsChildren && calls.length === 0) ledger.bounds.countCall();
    await this.#heedChildren(model, records);
    return { replies: records.map(replyOfChild) };
  }

  async #start(call: HostCall, model: Model, isChild: boolean): Promise<HostReply> {
    const { ledger, starting } = this.#options;
    if (!starting) return NO_HANDLES;
    ledger.expectRoom();
    if (!isChild) {
      const booker = { heed: this.#heed.bind(this), findDoer: this.#findDoer.bind(this) };
      return await startCall(call, model, {
        ...starting,
        ledger,
        plain: this.#plain,
        place: this.#place(),
        ...booker,
      });
    }
    const position = { turn: this.turn, ...this.#block(), batch: null };
    const heed = (record: Trajectory) => this.#heedChildren(model, [record]);
    return await startChild(call, model, { ...starting, ledger, position, heed });
  }

  /** Notes the faults of children. */
  async #heedChildren(model: Model, records: readonly Trajectory[]): Promise<void> {
    const errors = records.flatMap(({ error }) => error ?? []).filter((error) => !isMistake(error));
    const slow = this.#options.rules.pingsAfterTimeouts ? errors.filter(isTimeoutOfPolicy) : [];
    this.infraError ??= errors.find((error) => !slow.includes(error)) ?? null;
    await this.#findDoer(model, [], slow);
  }

  async #askPlainly(call: HostCall, model: Model): Promise<HostReply> {
    const { replies, slow } = await this.#plain.ask(call, model, this.#place(this.#batchOf(call)));
    const ids = slow.map(({ id }) => id);
    await this.#findDoer(model, ids, slow);
    const [only] = replies;
    if (!call.batched && only && "error" in only) return only;
    const texts = replies.map((reply) => ("error" in reply ? `Error: ${reply.error}` : reply.text));
    const reasoning = replies.map((reply) => ("error" in reply ? null : reply.reasoning));
    return call.reasoning ? { replies: texts, reasoning } : { replies: texts };
  }

  #place(batchAt: Place["batchAt"] = () => null): Place {
    const { ledger } = this.#options;
    const heard: Place["heard"] = (...of) => this.#heed(...of);
    return { ledger, turn: this.turn, block: this.block, batchAt, heard };
  }

  /** Pings the model once after time-outs: they are faults if the server does not answer the ping either. */
  async #findDoer(model: Model, timedOut: readonly number[], slow: readonly InfraError[]): Promise<void> {
    const { reservations, gate, signal, originOf, depth } = this.#options;
    const [first] = slow;
    if (first === undefined || this.infraError !== null) return;
    const { messages, maxTokens } = PING;
    const request: CallRequest = {
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
    };
    const entry = this.#openPing(request);
    if (entry === null) return;
    const found = await ping({ model, entry, origin: originOf("ping"), gate, signal });
    if (found === "fault") this.infraError ??= { kind: first.kind, message: first.message };
  }

  /** A ping may exceed the budget of a tree, but not a grant. Null if that has no room: then nothing shows that the server failed. */
  #openPing(request: CallRequest): OpenCall | null {
    const { ledger } = this.#options;
    if (!ledger.bounds.isGranted) return ledger.openAnyway(request);
    try {
      return ledger.open([request])[0]!;
    } catch (error) {
      if (error instanceof BudgetError) return null;
      throw error;
    }
  }

  #block(): { block?: number } {
    return this.block > 0 ? { block: this.block } : {};
  }

  #batchOf({ batched, prompts }: HostCall) {
    const id = batched ? this.#batches++ : null;
    return (index: number) => (id === null ? null : { id, index, size: prompts.length });
  }

  /** Learns from an outcome, and notes a fault. */
  #heed(model: Model, request: CallRequest, { failure, text, usage, isTimeout }: CallOutcome): void {
    const { rules, reservations } = this.#options;
    if (usage && !model.simulated)
      reservations.learn(model.name, messagesOf({ ...request, prompt: request.prompt! }), usage);
    // A summary is the environment's own call.
    const isPinged = isTimeout && request.purpose !== "summary" && rules.pingsAfterTimeouts;
    const isFault = failure !== null && !NO_FAULT.has(failure) && !isPinged;
    if (isFault) this.infraError ??= { kind: `model_${failure}`, message: text };
  }
}

function budgetIn(grant: Grant | undefined): Pick<SubTask, "budget"> {
  return grant ? { budget: grant.budget } : {};
}
