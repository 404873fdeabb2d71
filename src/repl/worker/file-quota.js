// @ts-check
/** Bounds the bytes of the in-memory files, which lie outside the interpreter's own memory and its limit. */

const MAX_FILE_BYTES = 256 << 20;
const ENOSPC = 51;
const VECTOR_BYTES = 8;

/**
 * @param {() => import("./internals.ts").WasmMemory} memory
 * @param {() => number} usedBytes - what the files of the episode hold
 */
export function createFileQuota(memory, usedBytes) {
  /** At least what the files hold: it grows with each write, and is counted anew only when it reaches the limit. */
  let counted = 0;

  /** @param {number} bytes */
  function fits(bytes) {
    if (counted + bytes > MAX_FILE_BYTES) counted = usedBytes();
    counted += bytes;
    return counted <= MAX_FILE_BYTES;
  }

  /** @param {number} vectors @param {number} count */
  function lengthOf(vectors, count) {
    const heap = new DataView(memory().buffer);
    let sum = 0;
    for (let at = 0; at < count; at++) sum += heap.getUint32((vectors >>> 0) + at * VECTOR_BYTES + 4, true);
    return sum;
  }

  /** @param {Record<string, unknown>} imports @param {string} name @param {number} refusal @param {(...parameters: never[]) => number} growth */
  function guard(imports, name, refusal, growth) {
    const original = /** @type {(...parameters: never[]) => unknown} */ (imports[name]);
    imports[name] = (/** @type {never[]} */ ...parameters) =>
      fits(growth(...parameters)) ? original(...parameters) : refusal;
  }

  return {
    /** @param {import("./internals.ts").WasmImports} imports - changed in place */
    join({ env, wasi_snapshot_preview1: wasi }) {
      const written = (
        /** @type {number} */ _fd,
        /** @type {number} */ vectors,
        /** @type {number} */ count,
      ) => lengthOf(vectors, count);
      guard(wasi, "fd_write", ENOSPC, written);
      guard(wasi, "fd_pwrite", ENOSPC, written);
      const resized = (/** @type {unknown} */ _file, /** @type {bigint} */ length) => Number(length);
      guard(env, "__syscall_ftruncate64", -ENOSPC, resized);
      guard(env, "__syscall_truncate64", -ENOSPC, resized);
      /** @param {number} _fd @param {number} _mode @param {bigint} offset @param {bigint} length */
      const allocated = (_fd, _mode, offset, length) => Number(offset) + Number(length);
      guard(env, "__syscall_fallocate", -ENOSPC, allocated);
    },
    reset() {
      counted = 0;
    },
  };
}
