// @ts-check
/**
 * The descriptor through which Python calls the host and waits. A write sends a request and returns the length of the reply;
 * the next read returns the reply. There is no file behind it, so nothing in the file system can break it.
 */
import { createHostLine, MAX_REQUEST_BYTES } from "../guest/host-line.js";

const CHANNEL = 0x524c;
const SLEEP = "S".charCodeAt(0);
const EBADF = 8;
const EMSGSIZE = 35;
/**
 * @param {import("../engine/protocol.ts").WorkerData} data
 * @param {{ clock: import("./clock.js").Clock, memory: () => import("./internals.ts").WasmMemory }} parts
 */
export function createChannel(data, { clock, memory }) {
  let open = false;
  const askHost = createHostLine(data);
  /** @type {Uint8Array} */
  let reply = new Uint8Array(0);
  let taken = 0;

  /** @param {Uint8Array} body */
  function request(body) {
    reply = new Uint8Array(0);
    taken = 0;
    if (body[0] === SLEEP && body.length === 9) {
      const seconds = new DataView(body.buffer, body.byteOffset).getFloat64(1, true);
      if (seconds >= 0 && seconds < 1e10) clock.advance(seconds);
    } else {
      reply = askHost(body);
    }
    return reply.length;
  }

  /** The first of the vectors; the engine never sends more. @param {number} vectors @param {number} count */
  function firstSlice(vectors, count) {
    if (count < 1) return null;
    const heap = new DataView(memory().buffer);
    const [at, length] = [heap.getUint32(vectors >>> 0, true), heap.getUint32((vectors >>> 0) + 4, true)];
    return new Uint8Array(memory().buffer, at, length);
  }

  /** @param {number} out @param {number} value */
  function store(out, value) {
    new DataView(memory().buffer).setUint32(out >>> 0, value, true);
    return 0;
  }

  /** @param {number} vectors @param {number} count @param {number} out */
  function write(vectors, count, out) {
    const body = firstSlice(vectors, count);
    if (!open || !body) return EBADF;
    if (body.length > MAX_REQUEST_BYTES) return EMSGSIZE;
    return store(out, request(body.slice()));
  }

  /** @param {number} vectors @param {number} count @param {number} out */
  function read(vectors, count, out) {
    const target = firstSlice(vectors, count);
    if (!open || !target) return EBADF;
    const piece = reply.subarray(taken, taken + target.length);
    target.set(piece);
    taken += piece.length;
    return store(out, piece.length);
  }

  return {
    /** @param {import("./internals.ts").WasmImports} imports - changed in place */
    join(imports) {
      const wasi = imports.wasi_snapshot_preview1;
      /** @typedef {(fd: number, vectors: number, count: number, out: number) => number} Transfer */
      const fileWrite = /** @type {Transfer} */ (wasi["fd_write"]);
      const fileRead = /** @type {Transfer} */ (wasi["fd_read"]);
      /** @type {Transfer} */
      const tellOrWrite = (fd, vectors, count, out) =>
        fd === CHANNEL ? write(vectors, count, out) : fileWrite(fd, vectors, count, out);
      /** @type {Transfer} */
      const hearOrRead = (fd, vectors, count, out) =>
        fd === CHANNEL ? read(vectors, count, out) : fileRead(fd, vectors, count, out);
      Object.assign(wasi, { fd_write: tellOrWrite, fd_read: hearOrRead });
    },
    /** Opens the channel; it is open only while a block runs. @param {boolean} value */
    setOpen(value) {
      open = value;
      reply = new Uint8Array(0);
    },
  };
}
