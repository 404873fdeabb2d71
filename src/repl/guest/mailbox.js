// @ts-check
/**
 * Memory through which a short block goes to a worker and its report comes back, without a message. A message costs each side a
 * structured clone and a turn of its event loop, which take longer than the block itself.
 *
 * Each side is told through a word of its own. The worker listens while it lingers after a request, and the host watches while it
 * waits for a report. Only a side that is there gets something into the box; otherwise a message is sent. Each word changes from
 * "there" to something else by compare-and-exchange, so that nothing is put into the box in the moment in which a side goes away.
 */

import { Buffer } from "node:buffer";
import { createSpin } from "./spin.js";

/** The words of the box. */
const [LISTENER, WATCHER, CODE_BYTES, OUTPUT_CHARS, HAS_CLOCK, REPORT_BYTES, VIOLATIONS, HEAP_BYTES] = [
  0, 1, 2, 3, 4, 5, 6, 7,
];
/** What the first two words say. */
const [AWAY, THERE, FILLED, CALLED] = [0, 1, 2, 3];
const CLOCK_AT = 32;
const CODE_AT = 64;
/** Longer codes and reports go by message: copying them twice costs as much. */
const MOST_BYTES = 1 << 15;
const REPORT_AT = CODE_AT + MOST_BYTES;
/** UTF-16 units take at most three bytes in UTF-8. */
const MOST_UNITS = Math.floor(MOST_BYTES / 3);
const MOST_INT = 0x7fffffff;
/** Takes longer than a block that does little. */
const MOST_LOOKS = 40_000;

/** @typedef {import("../engine/protocol.ts").ExecRequest} ExecRequest */
/** @typedef {import("../engine/protocol.ts").ExecReply} ExecReply */
/** @typedef {ReturnType<typeof openMailbox>} Mailbox */

export function createMailboxMemory() {
  return new SharedArrayBuffer(REPORT_AT + MOST_BYTES);
}

/** One side's view of a box. @param {SharedArrayBuffer} memory */
export function openMailbox(memory) {
  const words = new Int32Array(memory, 0, CLOCK_AT / 4);
  const clock = new BigInt64Array(memory, CLOCK_AT, 1);
  const code = Buffer.from(memory, CODE_AT, MOST_BYTES);
  const report = Buffer.from(memory, REPORT_AT, MOST_BYTES);
  const spin = createSpin(MOST_LOOKS);
  const word = (/** @type {number} */ at) => /** @type {number} */ (words[at]);

  return {
    /**
     * The host gives a block to a listening worker, which it must wake then. False if that needs a message.
     * @param {ExecRequest} request @param {boolean} watches whether `watch` follows
     */
    give({ code: text, maxOutputChars, clockNs }, watches) {
      if (Atomics.load(words, LISTENER) !== THERE) return false;
      if (text.length > MOST_UNITS || maxOutputChars > MOST_INT || !isWellFormed(text)) return false;
      words[CODE_BYTES] = code.write(text);
      words[OUTPUT_CHARS] = maxOutputChars;
      words[HAS_CLOCK] = clockNs === null ? 0 : 1;
      clock[0] = clockNs ?? 0n;
      Atomics.store(words, WATCHER, watches ? THERE : AWAY);
      if (Atomics.compareExchange(words, LISTENER, THERE, FILLED) === THERE) return true;
      Atomics.store(words, WATCHER, AWAY);
      return false;
    },
    /**
     * The host waits at most so long for the report of the block that it gave. Null if none has come: it comes by message.
     * @param {number} ms @returns {ExecReply | null}
     */
    watch(ms) {
      spin(words, WATCHER, THERE, ms);
      if (Atomics.compareExchange(words, WATCHER, THERE, AWAY) !== FILLED) return null;
      const text = report.toString("utf8", 0, word(REPORT_BYTES));
      return { report: text, crash: null, heapBytes: word(HEAP_BYTES) >>> 0, violations: word(VIOLATIONS) };
    },
    /** The worker listens from now on, which it also does while it runs a block: it will look into the box after it. */
    listen() {
      Atomics.compareExchange(words, LISTENER, AWAY, THERE);
    },
    /** The worker listens no longer. False if it cannot go, since there is a block in the box. */
    leave() {
      return Atomics.compareExchange(words, LISTENER, THERE, AWAY) !== FILLED;
    },
    /** The worker takes the block that is in the box; null if there is none. @returns {ExecRequest | null} */
    take() {
      if (Atomics.load(words, LISTENER) !== FILLED) return null;
      Atomics.store(words, LISTENER, THERE);
      const text = code.toString("utf8", 0, word(CODE_BYTES));
      const clockNs = word(HAS_CLOCK) ? /** @type {bigint} */ (clock[0]) : null;
      return { type: "exec", code: text, maxOutputChars: word(OUTPUT_CHARS), clockNs };
    },
    /** The worker puts a report into the box of a watching host. False if that needs a message. @param {ExecReply} reply */
    put({ report: text, crash, heapBytes, violations }) {
      if (Atomics.load(words, WATCHER) !== THERE) return false;
      if (text === null || crash !== null || text.length > MOST_UNITS) return false;
      words[REPORT_BYTES] = report.write(text);
      words[HEAP_BYTES] = heapBytes;
      words[VIOLATIONS] = Math.min(violations, MOST_INT);
      if (Atomics.compareExchange(words, WATCHER, THERE, FILLED) !== THERE) return false;
      Atomics.notify(words, WATCHER);
      return true;
    },
    /** The worker tells a watching host that a message is on its way. */
    call() {
      if (Atomics.compareExchange(words, WATCHER, THERE, CALLED) === THERE) Atomics.notify(words, WATCHER);
    },
  };
}

/** Whether a text has no lone surrogates, which UTF-8 cannot hold. Node has this since version 20. @param {string} text */
function isWellFormed(text) {
  return /** @type {{ isWellFormed(): boolean }} */ (/** @type {unknown} */ (text)).isWellFormed();
}
