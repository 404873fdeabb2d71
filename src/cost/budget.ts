/** The budget of a tree of episodes. Shares are held before a call is sent, and settled by its usage. */
import { BudgetError, GrantError } from "../errors.ts";
import type { Granted } from "../trajectory.ts";
import type { Limits } from "../types.ts";

const NANO = 1_000_000_000;

/**
 * The most characters of a tree's record as JSON, counted before and while they come: it must be one line of a file, and a
 * string has at most 2 ** 29.
 */
const MAX_CHARS = 2 ** 28;

/** The bounds with reservations. Seconds need none: calls that are in progress when the time is over are aborted. */
export type Bounds = Pick<
  Limits,
  "maxCalls" | "maxTokens" | "maxDollars" | "maxNewTokens" | "maxTreeTurns" | "maxChildren"
>;

/** The share of one call. Money is in whole nano-dollars; 0 if the model has no known price. */
export interface Share {
  readonly tokens: number;
  /** The tokens without those of the prompt that came from a cache. Default: all of them. */
  readonly newTokens?: number;
  readonly nanoDollars: number;
}

/** An amount of everything that a budget bounds. */
interface Amounts {
  readonly calls: number;
  readonly tokens: number;
  readonly newTokens: number;
  readonly nanoDollars: number;
  readonly turns: number;
  readonly children: number;
}

const KINDS = ["calls", "tokens", "newTokens", "nanoDollars", "turns", "children"] as const;
const NONE: Amounts = { calls: 0, tokens: 0, newTokens: 0, nanoDollars: 0, turns: 0, children: 0 };

/** A part of a budget that is held for one delegation. */
export interface Grant {
  /** The budget of the delegation and of all that it leads to. */
  readonly budget: Budget;
  /** Gives back what was not used. Idempotent. */
  readonly end: () => void;
}

/**
 * The budget that an episode and its children share, or the part of one that was granted. If calls use more than was held for
 * them, a bound can be exceeded; from then on no more calls are sent.
 */
export class Budget {
  readonly #bounds: Amounts;
  #used: Amounts = NONE;
  /** Of the whole tree, so grants count here, too. */
  readonly #chars: { count: number };
  #overshot: "tokens" | "dollars" | null = null;
  readonly #endsOnOvershoot: boolean;
  readonly #isGranted: boolean;

  /** @param endsOnOvershoot whether a call that uses more than was held for it uses up the bound, as in 0.1.0 */
  constructor(bounds: Bounds, endsOnOvershoot?: boolean);
  /** @internal */
  constructor(bounds: Amounts, endsOnOvershoot: boolean, chars: { count: number }, isGranted: boolean);
  constructor(bounds: Bounds | Amounts, endsOnOvershoot = false, chars = { count: 0 }, isGranted = false) {
    this.#isGranted = isGranted;
    this.#bounds = "calls" in bounds ? bounds : amountsOf(bounds);
    this.#endsOnOvershoot = endsOnOvershoot;
    this.#chars = chars;
  }

  /** The tokens that are neither spent nor held. At 0 or less nothing may be sent. */
  get tokensLeft(): number {
    const left = Math.min(this.#left("tokens"), this.#left("newTokens"));
    return this.#overshot === null ? left : Math.min(0, left);
  }

  /** What is neither spent nor held; below 0 if a bound is exceeded. */
  get left(): { readonly calls: number; readonly tokens: number; readonly nanoDollars: number } {
    return {
      calls: this.#left("calls"),
      tokens: this.tokensLeft,
      nanoDollars: this.#left("nanoDollars"),
    };
  }

  /** Whether it is a part of another budget, which was granted to a delegation. */
  get isGranted(): boolean {
    return this.#isGranted;
  }

  /** The turns that all episodes of this budget together may still take. */
  get turnsLeft(): number {
    return this.#left("turns");
  }

  /** The first bound that is used up; null if all have room. */
  get spent(): BudgetError["limit"] | null {
    if (this.#overshot !== null) return this.#overshot;
    if (this.tokensLeft <= 0) return "tokens";
    if (this.#left("nanoDollars") <= 0) return "dollars";
    if (this.#left("calls") <= 0 || this.#chars.count > MAX_CHARS) return "calls";
    return this.turnsLeft <= 0 ? "turns" : null;
  }

  /** Throws `BudgetError` if a bound is used up. */
  expectRoom(): void {
    const { spent } = this;
    if (spent !== null) throw new BudgetError(spent, `the ${spent.slice(0, -1)} budget is spent`);
  }

  /** Throws `BudgetError` if there is no room for this many calls and prompt tokens. */
  expectRoomFor(calls: number, tokens: number): void {
    this.expectRoom();
    this.#expectRoom(calls, this.#left("calls"), "calls", String);
    this.#expectRoom(tokens, this.tokensLeft, "tokens", String);
  }

  /** Counts a call without cost, such as one of an unknown tool, so that there cannot be endlessly many. */
  countCall(): void {
    this.#add({ calls: 1 });
  }

  /** Counts a turn of an episode. */
  countTurn(): void {
    this.#add({ turns: 1 });
  }

  /** Counts characters of prompts and arguments, as JSON writes them. Beyond the bound it counts nothing and throws `BudgetError`. */
  takeChars(chars: number): void {
    if (this.#chars.count + chars > MAX_CHARS)
      throw new BudgetError(
        "calls",
        `the calls of this episode hold more than ${MAX_CHARS.toLocaleString("en-US")} characters`,
      );
    this.#chars.count += chars;
  }

  /** Counts characters that have already arrived. If they are too many, the next call is refused, and the episode ends. */
  addChars(chars: number): void {
    this.#chars.count += chars;
  }

  /** Throws `BudgetError` if a bound is exceeded. Reserved calls check this again before they are sent. */
  expectNoOvershoot(): void {
    const isPassed = this.#left("tokens") < 0 || this.#left("newTokens") < 0 || this.#left("nanoDollars") < 0;
    if (isPassed || this.#overshot !== null) this.expectRoom();
  }

  /** Holds all shares or none. Throws `BudgetError` if there is no room. */
  hold(shares: readonly Share[]): void {
    this.#expectShares(shares);
    this.#add(sumOf(shares));
  }

  #expectShares(shares: readonly Share[]): void {
    this.#expectRoom(shares.length, this.#left("calls"), "calls", String);
    const held = sumOf(shares);
    // What is held is new as far as anyone knows, so that one check covers both bounds.
    this.#expectRoom(held.tokens, this.tokensLeft, "tokens", String);
    this.#expectRoom(held.nanoDollars, this.#left("nanoDollars"), "dollars", (nano) => `$${nano / NANO}`);
  }

  /**
   * Holds a part for each of some children that begin together, so that none can spend more, and no other call can spend it. What
   * is not asked for is divided: `parts` children share what is left. Holds all or none. Throws `GrantError` if more is asked for
   * than is left, if there may not be so many children, or if one of them could take no turn.
   * @param keeps turns that must be left for the one who asks
   */
  grants(count: number, asked: Granted, parts = count, keeps = 0): Grant[] {
    const before = this.#used;
    try {
      this.#expectChildren(count, keeps);
      this.#add({ children: count });
      return Array.from({ length: count }, (_, index) => this.#grant(asked, Math.max(1, parts - index)));
    } catch (error) {
      this.#used = before;
      throw error;
    }
  }

  /**
   * Holds a part for calls that nobody waits for: the given shares, and as much of the further ones as there is room for. Throws
   * `BudgetError` if there is no room for the given ones.
   */
  grantCalls(shares: readonly Share[], further: readonly Share[]): Grant {
    this.#expectShares(shares);
    const [needed, wanted] = [sumOf(shares), sumOf(further)];
    const bounds = each((kind) => {
      const left = Math.max(0, this.#left(kind) - needed[kind]);
      return needed[kind] + Math.min(left, wanted[kind]);
    });
    return this.#held({ ...bounds, turns: Infinity });
  }

  /** Throws `GrantError` if more is asked for than is left. */
  expectGrantable(asked: Granted): void {
    const { tokens, nanoDollars } = amountsAsked(asked);
    const [tokensLeft, nanoLeft] = [this.tokensLeft, this.#left("nanoDollars")];
    const expect = (wanted: string, left: string | null) => {
      const rest = left === null ? "nothing is left" : `${left} can be granted`;
      throw new GrantError(`a grant of ${wanted} was asked for, and ${rest}`);
    };
    if (tokens !== undefined && tokens > tokensLeft)
      expect(`${tokens} tokens`, tokensLeft > 0 ? `${tokensLeft} tokens` : null);
    if (nanoDollars !== undefined && nanoDollars > nanoLeft)
      expect(`$${asked.dollars}`, nanoLeft > 0 ? `$${nanoLeft / NANO}` : null);
  }

  #expectChildren(count: number, keeps: number): void {
    const [children, turns] = [this.#left("children"), this.turnsLeft - keeps];
    const some = count === 1 ? "a child was" : `${count} children were`;
    if (count > children)
      throw new GrantError(`${some} asked for, and ${Math.max(0, children)} more may begin in this tree`);
    if (count > turns)
      throw new GrantError(
        `${some} asked for, and all episodes of this tree together have ${Math.max(0, turns)} turns for that`,
      );
  }

  #grant(asked: Granted, parts: number): Grant {
    const wanted: Partial<Amounts> = amountsAsked(asked);
    const bounds = each((kind) => {
      const left = Math.max(0, this.#left(kind));
      return wanted[kind] ?? Math.max(Math.min(left, 1), Math.floor(left / parts));
    });
    this.expectGrantable(asked);
    return this.#held(bounds);
  }

  #held(bounds: Amounts): Grant {
    const held = each((kind) => (bounds[kind] === Infinity ? 0 : bounds[kind]));
    this.#add(held);
    const budget = new Budget(bounds, false, this.#chars, true);
    let hasEnded = false;
    return {
      budget,
      end: () => {
        if (hasEnded) return;
        hasEnded = true;
        this.#add(each((kind) => budget.#used[kind] - held[kind]));
      },
    };
  }

  /** Frees the share of a call that is not made. */
  free(held: Share): void {
    this.#add(each((kind) => -sumOf([held])[kind]));
  }

  /** Replaces the share that was held for a call by its usage. */
  settle(held: Share, used: Share): void {
    const [before, after] = [sumOf([held]), sumOf([used])];
    this.#add(each((kind) => after[kind] - before[kind]));
    if (!this.#endsOnOvershoot) return;
    if (used.tokens > held.tokens) this.#overshot ??= "tokens";
    if (used.nanoDollars > held.nanoDollars) this.#overshot ??= "dollars";
  }

  /** Counts a share without checking the bounds, which may be exceeded. */
  charge(used: Share): void {
    this.#add(sumOf([used]));
  }

  /** A copy that is spent independently of this one. */
  fork(): Budget {
    const copy = new Budget(this.#bounds, this.#endsOnOvershoot, { ...this.#chars }, this.#isGranted);
    copy.#used = this.#used;
    copy.#overshot = this.#overshot;
    return copy;
  }

  #left(kind: keyof Amounts): number {
    return this.#bounds[kind] - this.#used[kind];
  }

  #add(more: Partial<Amounts>): void {
    this.#used = each((kind) => this.#used[kind] + (more[kind] ?? 0));
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

function amountsOf(bounds: Bounds): Amounts {
  return {
    calls: bounds.maxCalls,
    tokens: bounds.maxTokens,
    newTokens: bounds.maxNewTokens ?? Infinity,
    nanoDollars: bounds.maxDollars * NANO,
    turns: bounds.maxTreeTurns ?? Infinity,
    children: bounds.maxChildren ?? Infinity,
  };
}

function each(amountOf: (kind: keyof Amounts) => number): Amounts {
  return Object.fromEntries(KINDS.map((kind) => [kind, amountOf(kind)])) as unknown as Amounts;
}

function amountsAsked({
  tokens,
  dollars,
}: Granted): Partial<Pick<Amounts, "tokens" | "newTokens" | "nanoDollars">> {
  return {
    ...(tokens !== undefined && { tokens, newTokens: tokens }),
    ...(dollars !== undefined && { nanoDollars: Math.floor(dollars * NANO) }),
  };
}

function sumOf(shares: readonly Share[]): Amounts {
  let [tokens, newTokens, nanoDollars] = [0, 0, 0];
  for (const share of shares) {
    tokens += share.tokens;
    newTokens += share.newTokens ?? share.tokens;
    nanoDollars += share.nanoDollars;
  }
  return { ...NONE, calls: shares.length, tokens, newTokens, nanoDollars };
}
