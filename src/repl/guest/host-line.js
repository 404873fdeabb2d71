// @ts-check
/** Asks the host and waits for its reply, while the worker's thread stands still. */
import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import { isCheapJson } from "../worker/cheap-json.js";
import { openMailbox } from "./mailbox.js";

/** The most bytes of a request. */
export const MAX_REQUEST_BYTES = 64 << 20;
const MAX_REQUEST_VALUES = 1 << 20;
const MAX_REQUEST_DEPTH = 100;
const TOO_COSTLY = new TextEncoder().encode(
  `{"error":"the request nests deeper than ${MAX_REQUEST_DEPTH} or holds more than ${MAX_REQUEST_VALUES} values"}`,
);

/**
 * @param {Pick<import("../engine/protocol.ts").WorkerData, "calls" | "control" | "mailbox">} parts
 * `control[0]` counts the host's messages: the host adds one for each and notifies.
 * @returns {(body: Uint8Array) => Uint8Array} sends a request, whose bytes move to the host, and returns the reply
 */
export function createHostLine({ calls, control, mailbox }) {
  let lastId = 0;
  const box = mailbox && openMailbox(mailbox);
  return (body) => {
    if (!isCheapJson(body, MAX_REQUEST_DEPTH, MAX_REQUEST_VALUES)) return TOO_COSTLY;
    const id = ++lastId;
    parentPort?.postMessage({ type: "call", id, body }, [/** @type {ArrayBuffer} */ (body.buffer)]);
    box?.call();
    for (;;) {
      // Read the count before looking: a reply that arrives in between then ends the wait at once.
      const seen = Atomics.load(control, 0);
      for (let next; (next = receiveMessageOnPort(calls));) {
        if (next.message.id === id) return /** @type {Uint8Array} */ (next.message.body);
      }
      Atomics.wait(control, 0, seen);
    }
  };
}
