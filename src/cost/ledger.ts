/** The calls of one episode. Each is reserved in the tree's budget before it is sent, and settled by its usage. */
import type { Budget, Grant, Share } from "./budget.ts";
import { GrantError } from "../errors.ts";
import type { Call, Granted } from "../trajectory.ts";
import type { Completion, Usage } from "../types.ts";
import { tokensOf } from "./totals.ts";
import { charsOfOutcome } from "./written-chars.ts";

/** The cost of a usage in whole nano-dollars; null if the model has no known price. */
export type PriceOf = (model: string, usage: Usage) => number | null;

/** The facts of a call before it is sent. */
export type CallRequest = Pick<
  Call,
  | "purpose"
  | "plain"
  | "timedOut"
  | "depth"
  | "turn"
  | "block"
  | "batch"
  | "model"
  | "prompt"
  | "asksReasoning"
  | "seed"
  | "maxTokens"
  | "grant"
  | "effort"
  | "system"
  | "images"
  | "repair"
  | "handle"
> & {
  /** The tokens of the prompt, and the cap on the completion's tokens: together they are the reservation. */
  readonly promptTokens: number;
  readonly maxCompletionTokens: number;
  /** The images themselves, as data URLs. The record has only facts about them. */
  readonly sentImages?: readonly string[];
};

/** A reserved call in progress. Exactly one of the three methods must end it. */
export interface OpenCall {
  /** Its position in the ledger. */
  readonly id: number;
  settle(completion: Completion, seconds: number): Call;
  fail(
    error: string,
    details: { readonly attempts: number; readonly seconds: number; readonly sent: boolean },
  ): Call;
  /** Removes the call as if it had never been opened, and returns what was reserved. */
  drop(): Usage;
}

/** A call that was made outside of the ledger. */
export type MadeCall = Omit<Call, "id" | "nanoDollars" | "reserved"> & { readonly usage: Usage };

/** A ledger with a part of another ledger's budget. */
export interface LedgerBranch extends Grant {
  readonly ledger: Ledger;
}

/** A listener for calls: `asked` when a call is reserved, `replied` when it has ended. */
export interface LedgerWatch {
  asked(request: Pick<Call, "purpose" | "turn" | "model" | "batch">): void;
  replied(call: Call): void;
}

/**
 * The ledger of an episode. A reservation of the prompt's tokens and the completion's cap counts until the reported usage
 * replaces it, so that parallel calls cannot overshoot the budget. A call without reported usage keeps its reservation: an
 * unknown cost is not zero.
 */
export class Ledger {
  readonly #budget: Budget;
  readonly #priceOf: PriceOf;
  readonly #calls: (Call | null)[];
  readonly #watch: LedgerWatch | null;
  readonly #startedMs: number;

  /**
   * @param history calls that are in the budget already
   * @param startedMs when the episode began, by `performance.now()`
   */
  constructor(
    budget: Budget,
    priceOf: PriceOf,
    history: readonly Call[] = [],
    watch: LedgerWatch | null = null,
    startedMs = performance.now(),
  ) {
    this.#budget = budget;
    this.#watch = watch;
    this.#priceOf = priceOf;
    this.#calls = [...history];
    this.#startedMs = startedMs;
  }

  /** Throws `BudgetError` if a bound is used up. */
  expectRoom(): void {
    this.#budget.expectRoom();
  }

  /** The bounds on the tree's calls besides their reservations. */
  get bounds(): Pick<
    Budget,
    "expectRoomFor" | "countCall" | "grants" | "isGranted" | "takeChars" | "addChars"
  > {
    return this.#budget;
  }

  /** Whether the price of a model is known. */
  isPriced(model: string): boolean {
    return this.#priceOf(model, NOTHING) !== null;
  }

  /**
   * The most completion tokens that a call may have within its grant. Throws `GrantError` if more is granted than is left, and if the
   * grant does not hold the prompt and a reply of one token.
   */
  tokensWithin(grant: Granted, request: CallRequest): number {
    this.#budget.expectGrantable(grant);
    const { promptTokens, maxCompletionTokens, model } = request;
    const byTokens = (grant.tokens ?? Infinity) - promptTokens;
    const prompt = this.#priceOf(model, { ...NOTHING, promptTokens }) ?? 0;
    const each = (this.#priceOf(model, { ...NOTHING, completionTokens: MILLION }) ?? 0) / MILLION;
    const nanoLeft = Math.floor((grant.dollars ?? Infinity) * 1e9) - prompt;
    const byDollars = each === 0 ? (nanoLeft < 0 ? 0 : Infinity) : Math.floor(nanoLeft / each);
    const most = Math.min(maxCompletionTokens, byTokens, byDollars);
    if (most >= 1) return most;
    throw new GrantError(
      `the grant of ${[grant.tokens === undefined ? [] : `${grant.tokens} tokens`, grant.dollars === undefined ? [] : `$${grant.dollars}`].flat().join(" and ")} does not hold the prompt, which is reserved with ${promptTokens} tokens, and a reply`,
    );
  }

  /**
   * A ledger for calls that nobody waits for, with a budget of its own that is held here: for the first requests, and as far as there
   * is room for what else they may lead to. `adopt` books its calls. Throws `BudgetError` if there is no room for the first ones.
   */
  branch(first: readonly CallRequest[], further: readonly CallRequest[]): LedgerBranch {
    const shares = (requests: readonly CallRequest[]) =>
      requests.map((request) => this.#shareOf(request.model, reservationOf(request)));
    const { budget, end } = this.#budget.grantCalls(shares(first), shares(further));
    return { budget, end, ledger: new Ledger(budget, this.#priceOf, [], this.#watch, this.#startedMs) };
  }

  /** Books the calls of a branch after those that are here already, and takes back what it did not spend. */
  adopt({ ledger, end }: Pick<LedgerBranch, "ledger" | "end">): readonly Call[] {
    end();
    return ledger.calls.map((call) => {
      const booked = { ...call, id: this.#calls.length };
      this.#calls.push(booked);
      return booked;
    });
  }

  /** The ended calls, in the order in which they were opened. */
  get calls(): readonly Call[] {
    return this.#calls.filter((call) => call !== null);
  }

  /**
   * Reserves all calls of a batch or none, so that the calls that are sent do not depend on timing. Throws `BudgetError` if the
   * bounds do not allow all.
   */
  open(requests: readonly CallRequest[]): OpenCall[] {
    const reserved = requests.map(reservationOf);
    const shares = requests.map((request, index) => this.#shareOf(request.model, reserved[index]!));
    this.#budget.hold(shares);
    return requests.map((request, index) => this.#opened(request, reserved[index]!, shares[index]!));
  }

  /** Reserves a call that must be made even beyond the budget, such as a judge's. */
  openAnyway(request: CallRequest): OpenCall {
    const reserved = reservationOf(request);
    const share = this.#shareOf(request.model, reserved);
    this.#budget.charge(share);
    return this.#opened(request, reserved, share);
  }

  /** Records a call that was made outside. `reserved` is its reservation before it was made. */
  add(call: MadeCall, reserved: Usage = call.usage): Call {
    const id = this.#calls.push(null) - 1;
    const held = this.#shareOf(call.model, reserved);
    this.#budget.charge(held);
    return this.#record({ ...call, id, reserved, nanoDollars: this.#priceOf(call.model, call.usage) }, held);
  }

  #opened(request: CallRequest, reserved: Usage, held: Share): OpenCall {
    const id = this.#calls.push(null) - 1;
    const { promptTokens: _, maxCompletionTokens: __, sentImages: ___, ...facts } = request;
    const { purpose, turn, model, batch } = facts;
    this.#watch?.asked({ purpose, turn, model, batch });
    const end = (outcome: Pick<Call, (typeof OUTCOME)[number]>) => {
      const nanoDollars = this.#priceOf(request.model, outcome.usage ?? reserved);
      return this.#record({ ...facts, ...outcome, id, reserved, nanoDollars }, held);
    };
    return {
      id,
      settle: (completion, seconds) => end(outcomeOf(completion, seconds)),
      fail: (error, { attempts, seconds, sent }) =>
        end({
          reply: null,
          error,
          usage: sent ? null : NOTHING,
          usageSource: sent ? "unknown" : "counted",
          attempts,
          wallClock: { seconds },
        }),
      drop: () => {
        this.#budget.free(held);
        if (id === this.#calls.length - 1) this.#calls.pop();
        return reserved;
      },
    };
  }

  #record(made: Call, held: Share): Call {
    const { seconds } = made.wallClock;
    const startedSeconds = Math.max(0, (performance.now() - this.#startedMs) / 1000 - seconds);
    const call = { ...made, wallClock: { seconds, startedSeconds } };
    this.#calls[call.id] = call;
    this.#budget.settle(held, shareOf(call.usage ?? call.reserved, call.nanoDollars));
    this.#budget.addChars(charsOfOutcome(call));
    this.#watch?.replied(call);
    return call;
  }

  #shareOf(model: string, usage: Usage): Share {
    return shareOf(usage, this.#priceOf(model, usage));
  }
}

const OUTCOME = [
  "reply",
  "error",
  "usage",
  "usageSource",
  "attempts",
  "wallClock",
  "tokens",
  "cached",
  "reasoning",
] as const;
const MILLION = 1_000_000;
const NOTHING: Usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };

function outcomeOf(completion: Completion, seconds: number): Pick<Call, (typeof OUTCOME)[number]> {
  const { text, attempts, tokens, reasoning } = completion;
  const usage = isUsage(completion.usage) ? completion.usage : null;
  return {
    reply: text,
    ...(reasoning && { reasoning }),
    error: null,
    usage,
    usageSource: usage ? completion.usageSource : "unknown",
    attempts,
    ...(attempts === 0 && { cached: true }),
    ...(tokens && { tokens }),
    wallClock: { seconds },
  };
}

/** Whether a usage has only whole numbers ≥ 0. A user's own model may report anything, which would spoil budgets and totals. */
function isUsage(usage: Usage | null): usage is Usage {
  if (!usage) return false;
  const counts = [usage.promptTokens, usage.completionTokens, usage.cachedTokens];
  return counts.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function reservationOf(request: CallRequest): Usage {
  return {
    promptTokens: request.promptTokens,
    completionTokens: request.maxCompletionTokens,
    cachedTokens: 0,
  };
}

function shareOf(usage: Usage, nanoDollars: number | null): Share {
  const tokens = tokensOf(usage);
  return { tokens, newTokens: tokens - usage.cachedTokens, nanoDollars: nanoDollars ?? 0 };
}
