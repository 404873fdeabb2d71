/** Every call of every depth of one episode, and the budget they draw on: reserved before dispatch, settled by usage. */
import { BudgetError } from "./errors.ts";
import type { Call, Totals } from "./trajectory.ts";
import type { Completion, Usage } from "./types.ts";

const NANO = 1_000_000_000;

/** Integer nano-dollars for a usage, or null where the model has no known price. */
export type PriceOf = (model: string, usage: Usage) => number | null;

export interface Budget {
  readonly maxTokens: number;
  readonly maxDollars: number;
}

/** What is known of a call before it is sent. */
export type CallRequest = Pick<Call, "purpose" | "depth" | "turn" | "batch" | "model" | "prompt"> & {
  /** The prompt's tokens, and the cap on the completion's: together the reservation. */
  readonly promptTokens: number;
  readonly maxCompletionTokens: number;
};

/** A call that was reserved and is under way; exactly one of the two ends it. */
export interface OpenCall {
  settle(completion: Completion, seconds: number): Call;
  fail(
    error: string,
    details: { readonly attempts: number; readonly seconds: number; readonly sent: boolean },
  ): Call;
}

/**
 * The ledger of an episode. A reservation holds the prompt's counted tokens and the completion's cap until the
 * reported usage takes its place, so that calls in parallel cannot overshoot. A call whose usage nobody reported
 * keeps its reservation: an unknown cost is not zero.
 */
export class Ledger {
  readonly #budget: Budget;
  readonly #priceOf: PriceOf;
  readonly #calls: (Call | null)[];
  #tokens = 0;
  #nanoDollars = 0;

  constructor(budget: Budget, priceOf: PriceOf, history: readonly Call[] = []) {
    this.#budget = budget;
    this.#priceOf = priceOf;
    this.#calls = [];
    for (const call of history) this.#record(this.#calls.push(null) - 1, call);
  }

  /** Tokens that are neither spent nor reserved; negative after an overshoot. */
  get tokensLeft(): number {
    return this.#budget.maxTokens - this.#tokens;
  }

  /** The bound that nothing is left of, if there is one. */
  get spent(): "tokens" | "dollars" | null {
    if (this.tokensLeft <= 0) return "tokens";
    return this.#nanoDollars >= this.#budget.maxDollars * NANO ? "dollars" : null;
  }

  /** The ended calls, in the order in which they were opened. */
  get calls(): readonly Call[] {
    return this.#calls.filter((call) => call !== null);
  }

  /** The sums over the ended calls. */
  get totals(): Totals {
    return sumCalls(this.calls);
  }

  /**
   * Reserves all of a batch or nothing of it, so that what is dispatched does not depend on timing.
   * Throws `BudgetError` where the bounds do not allow it.
   */
  open(requests: readonly CallRequest[]): OpenCall[] {
    const reserved = requests.map((request) => reservationOf(request));
    const tokens = reserved.reduce((sum, usage) => sum + tokensOf(usage), 0);
    if (tokens > this.tokensLeft) {
      throw new BudgetError(
        "tokens",
        `the token budget is spent: this needs up to ${tokens} tokens, ${Math.max(0, this.tokensLeft)} are left`,
      );
    }
    const prices = requests.map((request, index) => this.#priceOf(request.model, reserved[index]!) ?? 0);
    const nanoDollars = prices.reduce((sum, price) => sum + price, 0);
    const left = this.#budget.maxDollars * NANO - this.#nanoDollars;
    if (nanoDollars > left) {
      throw new BudgetError(
        "dollars",
        `the dollar budget is spent: this needs up to $${nanoDollars / NANO}, $${Math.max(0, left) / NANO} is left`,
      );
    }
    return requests.map((request, index) => this.#reserve(request, reserved[index]!, prices[index]!));
  }

  /** Records a call that was made outside, such as a policy's own completion. It may overshoot the budget. */
  add(call: Omit<Call, "id" | "nanoDollars" | "reserved"> & { readonly usage: Usage }): Call {
    const id = this.#calls.push(null) - 1;
    return this.#record(id, {
      ...call,
      id,
      reserved: call.usage,
      nanoDollars: this.#priceOf(call.model, call.usage),
    });
  }

  #reserve(request: CallRequest, reserved: Usage, price: number): OpenCall {
    const id = this.#calls.push(null) - 1;
    this.#tokens += tokensOf(reserved);
    this.#nanoDollars += price;
    const { promptTokens: _, maxCompletionTokens: __, ...facts } = request;
    const end = (
      outcome: Pick<Call, "reply" | "error" | "usage" | "usageSource" | "attempts" | "wallClock" | "tokens">,
    ) => {
      this.#tokens -= tokensOf(reserved);
      this.#nanoDollars -= price;
      const nanoDollars = this.#priceOf(request.model, outcome.usage ?? reserved);
      return this.#record(id, { ...facts, ...outcome, id, reserved, nanoDollars });
    };
    return {
      settle: (completion, seconds) =>
        end({
          reply: completion.text,
          error: null,
          usage: completion.usage,
          usageSource: completion.usageSource,
          attempts: completion.attempts,
          ...(completion.tokens && { tokens: completion.tokens }),
          wallClock: { seconds },
        }),
      fail: (error, { attempts, seconds, sent }) =>
        end({
          reply: null,
          error,
          usage: sent ? null : { promptTokens: 0, completionTokens: 0, cachedTokens: 0 },
          usageSource: sent ? "unknown" : "counted",
          attempts,
          wallClock: { seconds },
        }),
    };
  }

  #record(id: number, call: Call): Call {
    this.#calls[id] = call;
    this.#tokens += tokensOf(call.usage ?? call.reserved);
    this.#nanoDollars += call.nanoDollars ?? 0;
    return call;
  }
}

/** Adds up calls. Where usage is unknown its reservation counts; where a price is unknown the sum's is too. */
export function sumCalls(calls: readonly Call[]): Totals {
  const used = calls.map((call) => call.usage ?? call.reserved);
  const sum = (read: (usage: Usage) => number) => used.reduce((total, usage) => total + read(usage), 0);
  const unpriced = calls.some((call) => call.nanoDollars === null);
  return {
    calls: calls.length,
    callsOfUnknownUsage: calls.filter((call) => call.usage === null).length,
    promptTokens: sum((usage) => usage.promptTokens),
    completionTokens: sum((usage) => usage.completionTokens),
    cachedTokens: sum((usage) => usage.cachedTokens),
    nanoDollars: unpriced ? null : calls.reduce((total, call) => total + (call.nanoDollars ?? 0), 0),
  };
}

function reservationOf(request: CallRequest): Usage {
  return {
    promptTokens: request.promptTokens,
    completionTokens: request.maxCompletionTokens,
    cachedTokens: 0,
  };
}

function tokensOf(usage: Usage): number {
  return usage.promptTokens + usage.completionTokens;
}
