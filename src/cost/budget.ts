/** The budget of a tree of episodes. Shares are held before a call is sent, and settled by its usage. */
import { BudgetError } from "../errors.ts";
import type { Limits } from "../types.ts";

const NANO = 1_000_000_000;

/**
 * The most characters of a tree's record as JSON, counted before and while they come: it must be one line of a file, and a
 * string has at most 2 ** 29.
 */
const MAX_CHARS = 2 ** 28;

/** The bounds with reservations. Seconds need none: calls that are in progress when the time is over are aborted. */
export type Bounds = Pick<Limits, "maxCalls" | "maxTokens" | "maxDollars">;

/** The share of one call. Money is in whole nano-dollars; 0 if the model has no known price. */
export interface Share {
  readonly tokens: number;
  readonly nanoDollars: number;
}

/**
 * The budget that an episode and its children share. If calls use more than was held for them, a bound can be exceeded; from
 * then on no more calls are sent.
 */
export class Budget {
  readonly #bounds: Bounds;
  #calls = 0;
  #tokens = 0;
  #nanoDollars = 0;
  #chars = 0;
  #overshot: "tokens" | "dollars" | null = null;
  readonly #endsOnOvershoot: boolean;

  /** @param endsOnOvershoot whether a call that uses more than was held for it uses up the bound, as in 0.1.0 */
  constructor(bounds: Bounds, endsOnOvershoot = false) {
    this.#bounds = bounds;
    this.#endsOnOvershoot = endsOnOvershoot;
  }

  /** The tokens that are neither spent nor held. At 0 or less nothing may be sent. */
  get tokensLeft(): number {
    const left = this.#bounds.maxTokens - this.#tokens;
    return this.#overshot === null ? left : Math.min(0, left);
  }

  /** What is neither spent nor held; below 0 if a bound is exceeded. */
  get left(): { readonly calls: number; readonly tokens: number; readonly nanoDollars: number } {
    return {
      calls: this.#bounds.maxCalls - this.#calls,
      tokens: this.tokensLeft,
      nanoDollars: this.#bounds.maxDollars * NANO - this.#nanoDollars,
    };
  }

  /** The first bound that is used up; null if all have room. */
  get spent(): BudgetError["limit"] | null {
    if (this.#overshot !== null) return this.#overshot;
    if (this.tokensLeft <= 0) return "tokens";
    if (this.#nanoDollars >= this.#bounds.maxDollars * NANO) return "dollars";
    return this.#calls >= this.#bounds.maxCalls || this.#chars > MAX_CHARS ? "calls" : null;
  }

  /** Throws `BudgetError` if a bound is used up. */
  expectRoom(): void {
    const { spent } = this;
    if (spent !== null) throw new BudgetError(spent, `the ${spent.slice(0, -1)} budget is spent`);
  }

  /** Throws `BudgetError` if there is no room for this many calls and prompt tokens. */
  expectRoomFor(calls: number, tokens: number): void {
    this.expectRoom();
    this.#expectRoom(calls, this.#bounds.maxCalls - this.#calls, "calls", String);
    this.#expectRoom(tokens, this.tokensLeft, "tokens", String);
  }

  /** Counts a call without cost, such as one of an unknown tool, so that there cannot be endlessly many. */
  countCall(): void {
    this.#calls += 1;
  }

  /** Counts characters of prompts and arguments, as JSON writes them. Beyond the bound it counts nothing and throws `BudgetError`. */
  takeChars(chars: number): void {
    if (this.#chars + chars > MAX_CHARS)
      throw new BudgetError(
        "calls",
        `the calls of this episode hold more than ${MAX_CHARS.toLocaleString("en-US")} characters`,
      );
    this.#chars += chars;
  }

  /** Counts characters that have already arrived. If they are too many, the next call is refused, and the episode ends. */
  addChars(chars: number): void {
    this.#chars += chars;
  }

  /** Throws `BudgetError` if a bound is exceeded. Reserved calls check this again before they are sent. */
  expectNoOvershoot(): void {
    const { maxTokens, maxDollars } = this.#bounds;
    const isPassed = this.#tokens > maxTokens || this.#nanoDollars > maxDollars * NANO;
    if (isPassed || this.#overshot !== null) this.expectRoom();
  }

  /** Holds all shares or none. Throws `BudgetError` if there is no room. */
  hold(shares: readonly Share[]): void {
    this.#expectRoom(shares.length, this.#bounds.maxCalls - this.#calls, "calls", String);
    const tokens = shares.reduce((sum, share) => sum + share.tokens, 0);
    this.#expectRoom(tokens, this.tokensLeft, "tokens", String);
    const nanoDollars = shares.reduce((sum, share) => sum + share.nanoDollars, 0);
    const left = this.#bounds.maxDollars * NANO - this.#nanoDollars;
    this.#expectRoom(nanoDollars, left, "dollars", (nano) => `$${nano / NANO}`);
    this.#calls += shares.length;
    this.#tokens += tokens;
    this.#nanoDollars += nanoDollars;
  }

  /** Frees the share of a call that is not made. */
  free(held: Share): void {
    this.#calls -= 1;
    this.#tokens -= held.tokens;
    this.#nanoDollars -= held.nanoDollars;
  }

  /** Replaces the share that was held for a call by its usage. */
  settle(held: Share, used: Share): void {
    this.#tokens += used.tokens - held.tokens;
    this.#nanoDollars += used.nanoDollars - held.nanoDollars;
    if (!this.#endsOnOvershoot) return;
    if (used.tokens > held.tokens) this.#overshot ??= "tokens";
    if (used.nanoDollars > held.nanoDollars) this.#overshot ??= "dollars";
  }

  /** Counts a share without checking the bounds, which may be exceeded. */
  charge(used: Share): void {
    this.#calls += 1;
    this.#tokens += used.tokens;
    this.#nanoDollars += used.nanoDollars;
  }

  /** A copy that is spent independently of this one. */
  fork(): Budget {
    const copy = new Budget(this.#bounds, this.#endsOnOvershoot);
    copy.#calls = this.#calls;
    copy.#tokens = this.#tokens;
    copy.#nanoDollars = this.#nanoDollars;
    copy.#chars = this.#chars;
    copy.#overshot = this.#overshot;
    return copy;
  }

  #expectRoom(
    needed: number,
    left: number,
    limit: "calls" | "tokens" | "dollars",
    show: (amount: number) => string,
  ): void {
    if (this.#overshot !== limit && needed <= left) return;
    const rest = `this needs up to ${show(needed)}, and ${show(Math.max(0, left))} is left`;
    throw new BudgetError(limit, `the ${limit.slice(0, -1)} budget is spent: ${rest}`);
  }
}
