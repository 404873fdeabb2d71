// @ts-check
/**
 * The entry of a child process under Node's permission model: it holds one worker and passes on what host and worker say.
 * Nothing is shared with the host, so what is large (the context attached apart) is kept here and named by its number.
 */
import { readFile } from "node:fs/promises";
import { MessageChannel } from "node:worker_threads";
import { createControl, interrupt, wake } from "./control.js";
import { startSealed } from "./start-sealed.js";
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

/** @param {Extract<ToChild, { type: "boot" }>} message */
async function boot({ pyodideUrl, lockFile, maxHeapBytes, wheels, snapshot }) {
  const read = (/** @type {string} */ name) => readFile(new URL(name, pyodideUrl));
  const [wasmBytes, stdlib] = await Promise.all([read("pyodide.asm.wasm"), read("python_stdlib.zip")]);
  const module = await wasm.compile(wasmBytes);
  const runtime = { module, stdlib: toShared(stdlib), pyodideUrl, lockFile, maxHeapBytes, wheels };
  const made = startSealed(
    { kind: "serve", runtime, snapshot: toShared(snapshot), base: null, control, calls },
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

/** The first reply is the floor, which stays here. @param {{ type: string, value?: unknown }} message @returns {message is { type: "reply", value: Uint8Array }} */
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
  if (message.type === "boot") {
    void boot(message).catch((error) => send({ type: "reply", error: String(error) }));
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
// Whoever started it is gone, or the worker is.
process.on("disconnect", () => process.exit());
