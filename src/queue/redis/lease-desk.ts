/** Queues callers that want a job, and serves them by one blocking request at a time. */
import { randomUUID } from "node:crypto";

interface Seat<T> {
  readonly serve: (job: T | null) => void;
  readonly fail: (error: unknown) => void;
}

export interface DeskOptions<T> {
  /** Waits a while for a job; null if none came. */
  readonly fetch: (token: string) => Promise<T | null>;
  /** A job that arrived after its caller had left. */
  readonly giveBack: (job: T) => Promise<unknown>;
  /** True if no more jobs will come. */
  readonly isSettled: () => Promise<boolean>;
}

export class LeaseDesk<T> {
  readonly #options: DeskOptions<T>;
  readonly #seats = new Set<Seat<T>>();
  #fetching = false;
  #looking = false;
  #closed = false;

  constructor(options: DeskOptions<T>) {
    this.#options = options;
  }

  /** The next job; null if there will be none, or on close. Throws the signal's reason. */
  take(signal?: AbortSignal): Promise<T | null> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#seats.delete(seat);
        reject(signal?.reason as Error);
      };
      const rise = () => {
        this.#seats.delete(seat);
        signal?.removeEventListener("abort", leave);
      };
      const seat: Seat<T> = {
        serve: (job) => (rise(), resolve(job)),
        fail: (error) => (rise(), reject(error)),
      };
      this.#seats.add(seat);
      signal?.addEventListener("abort", leave, { once: true });
      if (this.#closed) seat.serve(null);
      else void this.#fetchAll();
    });
  }

  /** Releases all callers if no more jobs will come. */
  look(): void {
    if (this.#looking || this.#closed || this.#seats.size === 0) return;
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
      while (this.#seats.size > 0 && !this.#closed) {
        const job = await this.#options.fetch(randomUUID());
        if (job === null) {
          this.look();
          continue;
        }
        const [seat] = this.#seats;
        if (seat && !this.#closed) seat.serve(job);
        else await this.#options.giveBack(job);
      }
    } catch (error) {
      if (this.#closed) this.#serveAll(null);
      else for (const seat of this.#seats) seat.fail(error);
    } finally {
      this.#fetching = false;
      if (this.#seats.size > 0 && !this.#closed) void this.#fetchAll();
    }
  }

  #serveAll(job: T | null): void {
    for (const seat of this.#seats) seat.serve(job);
  }
}
