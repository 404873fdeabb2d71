// @ts-check
/**
 * Loaded before the command: every few blocks that are sent as a message, the worker thread that runs one dies soon after it was
 * told to. No block dies twice: one that dies again and again is itself to blame, and is told so.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";

/** Most blocks go to a worker through shared memory, which nobody can listen to. */
const EVERY = 2;
const WITHIN_MS = 6;

const threads = /** @type {typeof import("node:worker_threads")} */ (
  createRequire(import.meta.url)("node:worker_threads")
);
let blocks = 0;
const died = new Set();

class MortalWorker extends threads.Worker {
  /**
   * @override
   * @param {any} message
   * @param {any} transfer
   */
  postMessage(message, transfer) {
    super.postMessage(message, transfer);
    if (message?.type !== "exec" || died.has(message.code)) return;
    blocks += 1;
    if (blocks % EVERY !== 1) return;
    died.add(message.code);
    // A short block may have ended a moment later, so the first death is at once.
    if (blocks % (2 * EVERY) === 1) this.#die();
    else setTimeout(() => this.#die(), blocks % WITHIN_MS);
  }

  #die() {
    process.stderr.write("fault: a worker thread dies\n");
    void this.terminate();
  }
}

threads.Worker = MortalWorker;
syncBuiltinESMExports();
