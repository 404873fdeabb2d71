// @ts-check
/** The search thread. It serves all texts of the process, and several requests at a time in short turns. */
import { parentPort } from "node:worker_threads";
import { TextFault, messageOf } from "./fault.js";
import { OpenText } from "./operations.js";

/** How long a request runs before other requests and messages get a turn. */
const turnMs = 5;

/**
 * @typedef {import("./protocol.ts").ToThread} ToThread
 * @typedef {import("./protocol.ts").FromThread} FromThread
 */

/** @type {Map<number, OpenText>} */
const texts = new Map();
/** Requests being served, and whether each was cancelled. @type {Map<number, { isCancelled: boolean }>} */
const running = new Map();

const port = parentPort;
if (port === null) throw new Error("the search thread was loaded outside of a worker");

port.on("message", (/** @type {ToThread} */ message) => {
  if (message.kind === "ask") void serve(message);
  else if (message.kind === "cancel") cancel(message.id);
  else closeText(message.text);
});

/** @param {Extract<ToThread, { kind: "ask" }>} message */
async function serve({ id, text, origin, request }) {
  const state = { isCancelled: false };
  running.set(id, state);
  try {
    const reply = await openText(text, origin).answer(request, turns(state));
    send(reply instanceof Uint8Array ? { id, reply: Uint8Array.from(reply) } : { id, reply });
  } catch (error) {
    send({ id, fault: faultOf(error) });
  }
  running.delete(id);
}

/**
 * A pause that waits only if the request has used up its turn.
 * @param {{ readonly isCancelled: boolean }} state
 * @returns {import("./offsets.js").Pause}
 */
function turns(state) {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < turnMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    if (state.isCancelled) throw new TextFault("usage", "the request was cancelled");
    since = performance.now();
  };
}

/**
 * @param {number} id
 * @param {import("./protocol.ts").TextOrigin} origin
 */
function openText(id, origin) {
  const text = texts.get(id) ?? new OpenText(origin);
  texts.set(id, text);
  return text;
}

/** @param {number} id */
function cancel(id) {
  const state = running.get(id);
  if (state) state.isCancelled = true;
}

/** @param {number} id */
function closeText(id) {
  texts.get(id)?.close();
  texts.delete(id);
}

/** @param {FromThread} message */
function send(message) {
  port?.postMessage(message);
}

/**
 * @param {unknown} error
 * @returns {Extract<FromThread, { fault: unknown }>["fault"]}
 */
function faultOf(error) {
  if (error instanceof TextFault) return { kind: error.kind, message: error.message };
  return { kind: "internal", message: messageOf(error) };
}
