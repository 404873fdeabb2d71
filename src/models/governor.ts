/**
 * Keeps a model server busy without overloading it: a window of requests under way grows while replies come and shrinks
 * when the server says that it is overloaded or becomes slow (additive increase, multiplicative decrease: Chiu and Jain,
 * 1989; doubling at first as TCP does), and rates in requests and tokens a minute.
 */
import { pause } from "./interruption.ts";
import type { Pace } from "./pace.ts";

export interface GovernorOptions {
  /** Requests under way at first; default 32. */
  readonly start?: number;
  readonly requests?: Pace | null;
  readonly tokens?: Pace | null;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** What the governor needs to know of a request. */
export interface Governed<T> {
  /** For errors. */
  readonly model: string;
  /** Tokens that it may use, estimated before it is sent. */
  readonly tokens: number;
  readonly signal: AbortSignal | undefined;
  readonly send: () => Promise<T>;
  readonly tokensUsed: (reply: T) => number;
  /** True of a failure that says that the server has too much to do. */
  readonly isOverload: (error: unknown) => boolean;
}

const OVERLOAD_FACTOR = 0.5;
const SLOW_FACTOR = 0.8;
/** Replies that take this many times as long as the quickest ones show that requests queue on the server. */
const SLOW = 3;
const SMOOTHING = 0.1;
/** The quickest time seen grows by this factor with each reply, so that it is forgotten in time. */
const FORGETTING = 1.002;

/** Keeps all calls of a process within the paces of their server: requests and tokens a minute. */
export class Governor {
  #requests: Pace | null;
  #tokens: Pace | null;
  readonly #now: () => number;
  readonly #line = new Set<() => void>();
  #window: number;
  #inFlight = 0;
  #doubling = true;
  #lastCutAt = -Infinity;
  #smoothMs: number | null = null;
  #quickestMs = Infinity;

  constructor({ start = 32, requests = null, tokens = null, now }: GovernorOptions = {}) {
    this.#window = start;
    this.#requests = requests;
    this.#tokens = tokens;
    this.#now = now ?? (() => performance.now());
  }

  /** Requests that may be under way now. */
  get window(): number {
    return Math.max(1, Math.floor(this.#window));
  }

  /** Makes several processes keep the rates together. */
  share(paces: { readonly requests: Pace | null; readonly tokens: Pace | null }): void {
    this.#requests = paces.requests;
    this.#tokens = paces.tokens;
  }

  /** Sends once there is room and the rates allow it. Throws `ModelError` where the signal aborts, and what `send` throws. */
  async run<T>(request: Governed<T>): Promise<T> {
    const { signal } = request;
    await this.#enter(signal);
    const context = { model: request.model, attempts: 0, signal };
    try {
      const waits = await Promise.all([this.#requests?.book(1), this.#tokens?.book(request.tokens)]);
      const waitMs = Math.max(0, ...waits.map((ms) => ms ?? 0));
      if (waitMs > 0) await pause(waitMs, context);
      return await this.#send(request);
    } finally {
      this.#inFlight -= 1;
      this.#admit();
    }
  }

  async #send<T>({ send, tokens, tokensUsed, isOverload }: Governed<T>): Promise<T> {
    const sentAt = this.#now();
    try {
      const reply = await send();
      this.#tokens?.giveBack(tokens - tokensUsed(reply));
      this.#grow(this.#now() - sentAt, sentAt);
      return reply;
    } catch (error) {
      if (isOverload(error)) this.#cut(OVERLOAD_FACTOR, sentAt);
      throw error;
    }
  }

  #grow(ms: number, sentAt: number): void {
    this.#smoothMs = this.#smoothMs === null ? ms : this.#smoothMs + SMOOTHING * (ms - this.#smoothMs);
    this.#quickestMs = Math.min(this.#quickestMs * FORGETTING, this.#smoothMs);
    // A window that is half empty says nothing about what the server bears.
    if (this.#inFlight * 2 < this.window) return;
    if (this.#smoothMs > SLOW * this.#quickestMs) this.#cut(SLOW_FACTOR, sentAt);
    else this.#window += this.#doubling ? 1 : 1 / this.#window;
  }

  /** Once for all requests that were under way together. */
  #cut(factor: number, sentAt: number): void {
    this.#doubling = false;
    if (sentAt < this.#lastCutAt) return;
    this.#lastCutAt = this.#now();
    this.#window = Math.max(1, this.#window * factor);
  }

  #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#line.delete(enter);
        reject(signal?.reason as Error);
      };
      this.#line.add(enter);
      signal?.addEventListener("abort", leave, { once: true });
      this.#admit();
    });
  }

  #admit(): void {
    for (const enter of this.#line) {
      if (this.#inFlight >= this.window) return;
      this.#line.delete(enter);
      this.#inFlight += 1;
      enter();
    }
  }
}
