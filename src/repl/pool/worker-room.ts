/** The memory for workers beyond those that a pool always has, shared by a pool and its lanes. */
import { freemem } from "node:os";
import type { Isolation } from "../engine/interpreter.ts";

const MB = 2 ** 20;

/**
 * What a worker takes besides its interpreter's memory, as measured on Linux under Node 20 after a thousand blocks: a thread's
 * JavaScript heap and stack; a process' engine, snapshot and Node itself.
 */
const OVERHEAD_BYTES: Readonly<Record<Isolation, number>> = { thread: 40 * MB, process: 190 * MB };

/** The part of the memory that is free when a pool is made which its further workers may take. */
const SHARE = 1 / 3;

/** The default bound in bytes: a third of the memory that is available to the process now. */
export function spareMemory(): number {
  // Counts the bounds of a container; Node has it since 20.13.
  const available = (process as { availableMemory?: () => number }).availableMemory?.() ?? freemem();
  return Math.floor(available * SHARE);
}

/** Counts what workers take, against a bound in bytes. */
export class WorkerRoom {
  readonly #maxBytes: number;
  readonly #isolation: Isolation;
  /** The workers of each pool that shares the room. */
  readonly #pools = new Set<() => Iterable<{ readonly heapBytes: number }>>();
  #starting = 0;

  constructor(maxBytes: number, isolation: Isolation) {
    this.#maxBytes = maxBytes;
    this.#isolation = isolation;
  }

  /** Counts the workers that `list` gives from now on. */
  join(list: () => Iterable<{ readonly heapBytes: number }>): void {
    this.#pools.add(list);
  }

  leave(list: () => Iterable<{ readonly heapBytes: number }>): void {
    this.#pools.delete(list);
  }

  /** How many workers of the size of a new one fit into all of the room. */
  get fits(): number {
    return Math.floor(this.#maxBytes / this.#bytesOf(0));
  }

  get isFull(): boolean {
    return this.#held() + this.#bytesOf(0) > this.#maxBytes;
  }

  get isOver(): boolean {
    return this.#held() > this.#maxBytes;
  }

  /** Counts a worker while it starts. */
  async whileStarting<T>(start: () => Promise<T>): Promise<T> {
    this.#starting++;
    try {
      return await start();
    } finally {
      this.#starting--;
    }
  }

  #held(): number {
    let bytes = this.#starting * this.#bytesOf(0);
    for (const list of this.#pools) for (const { heapBytes } of list()) bytes += this.#bytesOf(heapBytes);
    return bytes;
  }

  /** An interpreter never takes less than a new one. */
  #bytesOf(heapBytes: number): number {
    return Math.max(heapBytes, 30 * MB) + OVERHEAD_BYTES[this.#isolation];
  }
}
