/**
 * Keeps a model server busy without overloading it. A window of concurrent requests grows while replies come, and shrinks when
 * the server is overloaded or becomes slow (additive increase, multiplicative decrease: Chiu and Jain, 1989; doubling at first
 * as TCP does). It also keeps to rates in requests and tokens per minute.
 */
import { onAbort } from "../on-abort.ts";
import { pause } from "./interruption.ts";
import type { Pace } from "./pace.ts";

/** The first window, the rates, and the clock of a governor. */
export interface GovernorOptions {
  /** Concurrent requests at first. Default: 32. */
  readonly start?: number;
  readonly requests?: Pace | null;
  readonly tokens?: Pace | null;
  /** A clock in milliseconds, for tests. */
  readonly now?: () => number;
}

/** A request and what the governor must know about it. */
export interface Governed<T> {
  /** The model's name in errors. */
  readonly model: string;
  /** The tokens that it may use, estimated before it is sent. */
  readonly tokens: number;
  readonly signal: AbortSignal | undefined;
  readonly send: () => Promise<T>;
  readonly tokensUsed: (reply: T) => number;
  /** Whether an error says that the server is overloaded. */
  readonly isOverload: (error: unknown) => boolean;
}

const OVERLOAD_FACTOR = 0.5;
const SLOW_FACTOR = 0.8;
/** If replies take this many times as long as the quickest ones, requests are queueing on the server. */
const SLOW = 3;
const SMOOTHING = 0.1;
/** The quickest time grows by this factor with each reply, so that an old one is forgotten gradually. */
const FORGETTING = 1.002;

/** Governs the requests of a process to one server. */
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

  /** The number of requests that may be in progress now. */
  get window(): number {
    return Math.max(1, Math.floor(this.#window));
  }

  /** Replaces the paces, for example by ones that several processes share. */
  share(paces: { readonly requests: Pace | null; readonly tokens: Pace | null }): void {
    this.#requests = paces.requests;
    this.#tokens = paces.tokens;
  }

  /**
   * Sends the request once there is room in the window and the rates allow it. Throws the signal's reason or a `ModelError`
   * if the signal aborts while it waits, and the errors of `send`.
   */
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
    // A window that is half empty says nothing about how much the server can take.
    if (this.#inFlight * 2 < this.window) return;
    if (this.#smoothMs > SLOW * this.#quickestMs) this.#cut(SLOW_FACTOR, sentAt);
    else this.#window += this.#doubling ? 1 : 1 / this.#window;
  }

  /** Shrinks the window, only once for all requests that were in progress together. */
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
        forget?.();
        resolve();
      };
      this.#line.add(enter);
      const forget =
        signal &&
        onAbort(signal, () => {
          this.#line.delete(enter);
          reject(signal.reason as Error);
        });
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
