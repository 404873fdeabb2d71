/** Serves callers that wait for a job in order of arrival, with one blocking request at a time. */
import { randomUUID } from "node:crypto";

interface Waiter<T> {
  readonly serve: (job: T | null) => void;
  readonly fail: (error: unknown) => void;
}

export interface DispenserOptions<T> {
  /** Waits for a job for a limited time; null if none came. */
  readonly fetch: (token: string) => Promise<T | null>;
  /** Returns a job that arrived after its caller had left. */
  readonly giveBack: (job: T) => Promise<unknown>;
  /** True if no more jobs will come. */
  readonly isSettled: () => Promise<boolean>;
}

export class LeaseDispenser<T> {
  readonly #options: DispenserOptions<T>;
  readonly #waiting = new Set<Waiter<T>>();
  #fetching = false;
  #looking = false;
  #closed = false;

  constructor(options: DispenserOptions<T>) {
    this.#options = options;
  }

  /** The next job; null if there will be none, or on close. Throws the signal's reason. */
  take(signal?: AbortSignal): Promise<T | null> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiter);
        reject(signal?.reason as Error);
      };
      const serveOnce = () => {
        this.#waiting.delete(waiter);
        signal?.removeEventListener("abort", leave);
      };
      const waiter: Waiter<T> = {
        serve: (job) => (serveOnce(), resolve(job)),
        fail: (error) => (serveOnce(), reject(error)),
      };
      this.#waiting.add(waiter);
      signal?.addEventListener("abort", leave, { once: true });
      if (this.#closed) waiter.serve(null);
      else void this.#fetchAll();
    });
  }

  /** Releases all callers if no more jobs will come. */
  look(): void {
    if (this.#looking || this.#closed || this.#waiting.size === 0) return;
    this.#looking = true;
    this.#options
      .isSettled()
      .then((settled) => settled && this.#serveAll(null))
      .catch(() => {})
      .finally(() => (this.#looking = false));
  }

  close(): void {
    this.#closed = true;
    this.#serveAll(null);
  }

  async #fetchAll(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    try {
      while (this.#waiting.size > 0 && !this.#closed) {
        const job = await this.#options.fetch(randomUUID());
        if (job === null) {
          this.look();
          continue;
        }
        const [waiter] = this.#waiting;
        if (waiter && !this.#closed) waiter.serve(job);
        else await this.#options.giveBack(job);
      }
    } catch (error) {
      if (this.#closed) this.#serveAll(null);
      else for (const waiter of this.#waiting) waiter.fail(error);
    } finally {
      this.#fetching = false;
      if (this.#waiting.size > 0 && !this.#closed) void this.#fetchAll();
    }
  }

  #serveAll(job: T | null): void {
    for (const waiter of this.#waiting) waiter.serve(job);
  }
}
