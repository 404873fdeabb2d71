// @ts-check
/**
 * Waits a moment for the next request outside of the event loop. Most requests follow at once. Taking them without a turn of
 * the event loop, and mostly without putting the thread to sleep, saves most of a short block's round trip.
 */
import { receiveMessageOnPort } from "node:worker_threads";
import { createSpin } from "../guest/spin.js";

/** Takes longer than a host needs between two blocks. */
const MOST_LOOKS = 20_000;
const WAIT_MS = 1;

/**
 * Returns a function that gives the next request, or null if none comes within a millisecond.
 * @param {import("node:worker_threads").MessagePort} port
 * @param {Int32Array} control - word 0 counts the host's messages, and what it puts into the box
 * @param {import("../guest/mailbox.js").Mailbox | null} box
 * @returns {() => import("../engine/protocol.ts").WorkerRequest | null}
 */
export function createLinger(port, control, box) {
  const spin = createSpin(MOST_LOOKS);
  return () => {
    for (;;) {
      // Read the count before looking: a request that arrives in between then ends the wait at once.
      const seen = Atomics.load(control, 0);
      const request = box?.take() ?? receiveMessageOnPort(port)?.message;
      if (request) return request;
      if (!spin(control, 0, seen, WAIT_MS) && (box?.leave() ?? true)) return null;
    }
  };
}
