// @ts-check
/**
 * The entry of a child process under Node's permission model. It holds one worker and passes messages between host and worker.
 * It shares no memory with the host, so it keeps the last layer, which may be large; the host refers to it by its number.
 */
import { readFile } from "node:fs/promises";
import { MessageChannel } from "node:worker_threads";
import { createControl, interrupt, wake } from "./control.js";
import { startLockedDown } from "./start-locked-down.js";
import { wasm } from "./wasm.js";

/** @typedef {import("../engine/protocol.ts").ToChild} ToChild */
/** @typedef {import("../engine/protocol.ts").FromChild} FromChild */
/** @typedef {import("../engine/protocol.ts").AttachedLayer} AttachedLayer */

const control = createControl();
const { port1: replies, port2: calls } = new MessageChannel();

/** @type {import("node:worker_threads").Worker | null} */
let worker = null;
/** @type {AttachedLayer | null} */
let kept = null;

/** @param {FromChild} message */
const send = (message) => process.send?.(message);

/** @template {Uint8Array} T @param {T} bytes */
function toShared(bytes) {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** @param {import("../engine/protocol.ts").Runtime | import("../engine/protocol.ts").GuestRuntime} runtime @param {Uint8Array<SharedArrayBuffer>} snapshot */
function start(runtime, snapshot) {
  const made = startLockedDown(
    { kind: "serve", runtime, snapshot, base: null, control, calls, mailbox: null },
    [calls],
  );
  worker = made;
  made.on("message", (message) =>
    send(isFloor(message) ? { type: "reply", value: message.value.length } : message),
  );
  made.on("error", (/** @type {Error & { code?: string }} */ error) =>
    send({ type: "died", message: error.message, outOfMemory: error.code === "ERR_WORKER_OUT_OF_MEMORY" }),
  );
  made.on("exit", () => process.disconnect?.());
}

/** @param {Extract<ToChild, { type: "bootGuest" }>} message */
async function bootGuest(message) {
  const { guestUrl, wasmUrl, folders, settings, maxHeapBytes } = message;
  const module = await wasm.compile(await readFile(new URL(wasmUrl)));
  start(
    { guestUrl, wasmUrl, folders, settings, maxHeapBytes, module },
    new Uint8Array(new SharedArrayBuffer(0)),
  );
}

/** @param {Extract<ToChild, { type: "boot" }>} message */
async function boot({ pyodideUrl, lockFile, maxHeapBytes, wheels, snapshot }) {
  const read = (/** @type {string} */ name) => readFile(new URL(name, pyodideUrl));
  const [wasmBytes, stdlib] = await Promise.all([read("pyodide.asm.wasm"), read("python_stdlib.zip")]);
  const module = await wasm.compile(wasmBytes);
  const runtime = { module, stdlib: toShared(stdlib), pyodideUrl, lockFile, maxHeapBytes, wheels };
  start(runtime, toShared(snapshot));
}

/** The first reply is the floor, of which only the length is passed on. @param {{ type: string, value?: unknown }} message @returns {message is { type: "reply", value: Uint8Array }} */
function isFloor(message) {
  return message.type === "reply" && message.value instanceof Uint8Array;
}

/** @param {import("../engine/protocol.ts").SentLayer | null} layer @returns {AttachedLayer | null} */
function layerOf(layer) {
  if (layer?.state) {
    const { memory } = layer.state;
    kept = { id: layer.id, state: { ...layer.state, memory: { ...memory, data: toShared(memory.data) } } };
  }
  return layer && kept;
}

process.on("message", (/** @type {ToChild} */ message) => {
  if (message.type === "boot" || message.type === "bootGuest") {
    const booted = message.type === "boot" ? boot(message) : bootGuest(message);
    void booted.catch((error) => send({ type: "reply", error: String(error) }));
  } else if (message.type === "interrupt") {
    interrupt(control);
  } else if (message.type === "answer") {
    replies.postMessage({ id: message.id, body: message.body });
    wake(control);
  } else {
    const { request } = message;
    worker?.postMessage("layer" in request ? { ...request, layer: layerOf(request.layer) } : request);
    wake(control);
  }
});
// The host or the worker is gone.
process.on("disconnect", () => process.exit());
