/** What a tree of episodes may spend: held before anything is sent, and settled by what was used. */
import { BudgetError } from "../errors.ts";
import type { Limits } from "../types.ts";

const NANO = 1_000_000_000;

/** Of a whole tree's calls: they stand in its record, which must fit in memory, and in one line of a file. */
const MAX_CHARS = 2 ** 27;

/** The bounds that are reserved from. Seconds need no reservation: whatever is under way when they are over is aborted. */
export type Bounds = Pick<Limits, "maxCalls" | "maxTokens" | "maxDollars">;

/** One call's share. Money in integer nano-dollars; 0 where a model has no known price. */
export interface Share {
  readonly tokens: number;
  readonly nanoDollars: number;
}

/**
 * Shared by an episode and its children. Once more than a bound allows is spent or held, which happens only where calls use
 * more than was held for them, nothing more is let out.
 */
export class Budget {
  readonly #bounds: Bounds;
  #calls = 0;
  #tokens = 0;
  #nanoDollars = 0;
  #chars = 0;
  #overshot: "tokens" | "dollars" | null = null;
  readonly #endsOnOvershoot: boolean;

  /** @param endsOnOvershoot whether one call that uses more than was held for it counts as a spent bound, as it did in 0.1.0 */
  constructor(bounds: Bounds, endsOnOvershoot = false) {
    this.#bounds = bounds;
    this.#endsOnOvershoot = endsOnOvershoot;
  }

  /** Tokens that are neither spent nor held; at 0 or less nothing may be sent. */
  get tokensLeft(): number {
    const left = this.#bounds.maxTokens - this.#tokens;
    return this.#overshot === null ? left : Math.min(0, left);
  }

  /** The first bound that is used up; null if there is room in all of them. */
  get spent(): BudgetError["limit"] | null {
    if (this.#overshot !== null) return this.#overshot;
    if (this.tokensLeft <= 0) return "tokens";
    if (this.#nanoDollars >= this.#bounds.maxDollars * NANO) return "dollars";
    return this.#calls >= this.#bounds.maxCalls ? "calls" : null;
  }

  /** Throws `BudgetError` if a bound is used up. */
  expectRoom(): void {
    const { spent } = this;
    if (spent !== null) throw new BudgetError(spent, `the ${spent.slice(0, -1)} budget is spent`);
  }

  /** Throws `BudgetError` if there is no room for so many calls, whose prompts take at least so many tokens. */
  expectRoomFor(calls: number, tokens: number): void {
    this.expectRoom();
    this.#expectRoom(calls, this.#bounds.maxCalls - this.#calls, "calls", String);
    this.#expectRoom(tokens, this.tokensLeft, "tokens", String);
  }

  /** Counts a call that cost nothing, such as one of a tool that does not exist, so that there is an end to them. */
  countCall(): void {
    this.#calls += 1;
  }

  /** Counts characters of prompts, arguments and replies. Throws `BudgetError`, and counts nothing, past the bound of a tree. */
  takeChars(chars: number): void {
    if (this.#chars + chars > MAX_CHARS)
      throw new BudgetError(
        "calls",
        `the calls of this episode hold more than ${MAX_CHARS.toLocaleString("en-US")} characters`,
      );
    this.#chars += chars;
  }

  /** Counts characters that have come already; the next call is refused where they are too many. */
  addChars(chars: number): void {
    this.#chars += chars;
  }

  /** Throws `BudgetError` once a bound is passed, also for what was reserved before that and has not been sent. */
  expectNoOvershoot(): void {
    const { maxTokens, maxDollars } = this.#bounds;
    const isPassed = this.#tokens > maxTokens || this.#nanoDollars > maxDollars * NANO;
    if (isPassed || this.#overshot !== null) this.expectRoom();
  }

  /** Holds all of the shares or none. Throws `BudgetError`. */
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

  /** Frees the share of a call that is not made after all. */
  free(held: Share): void {
    this.#calls -= 1;
    this.#tokens -= held.tokens;
    this.#nanoDollars -= held.nanoDollars;
  }

  /** Replaces what was held for a call by what it used. */
  settle(held: Share, used: Share): void {
    this.#tokens += used.tokens - held.tokens;
    this.#nanoDollars += used.nanoDollars - held.nanoDollars;
    if (!this.#endsOnOvershoot) return;
    if (used.tokens > held.tokens) this.#overshot ??= "tokens";
    if (used.nanoDollars > held.nanoDollars) this.#overshot ??= "dollars";
  }

  /** Counts what was spent without asking. It may go past the bounds. */
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
