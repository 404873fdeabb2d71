// @ts-check
/** Starts Pyodide in the stripped realm with wrapped imports: from a snapshot, or to make one. */
import { Buffer } from "node:buffer";
import { stripRealm } from "./realm.js";
import { replaceTime } from "./time-imports.js";
import { wasm } from "./wasm.js";
import { placeWheels } from "./wheel-files.js";

/** @typedef {import("./internals.ts").Pyodide} Pyodide */
/** @typedef {import("./internals.ts").WasmImports} WasmImports */
/** @typedef {import("../engine/protocol.ts").Runtime} Runtime */

const PLACEHOLDER_BYTES = 8;
const WASM_PAGE_BYTES = 65536;
/** The pages in which systems give memory. */
const PAGE_BYTES = 4096;
export const HOME = "/home/user";

/**
 * @param {Runtime} runtime
 * @param {{ clock: import("./clock.js").Clock, chance: import("./chance.js").Chance,
 *   lockDown: ReturnType<typeof import("./lock-down.js").createLockDown>, joins: ((imports: WasmImports) => void)[],
 *   onMemory: (memory: import("./internals.ts").WasmMemory, imports: WasmImports) => void }} parts
 * @param {Uint8Array | null} snapshot - null starts an interpreter of which a snapshot can be made
 */
export async function bootPyodide(runtime, parts, snapshot) {
  const { clock, chance } = parts;
  const stdlib = runtime.stdlib.slice().buffer;
  stripRealm({
    clock,
    chance,
    files: new Map([
      ["python_stdlib.zip", stdlib],
      [".wasm", new ArrayBuffer(PLACEHOLDER_BYTES)],
    ]),
  });
  /** @type {import("./internals.ts").WasmMemory | undefined} */
  let fresh;
  interceptInstantiation(runtime, {
    ...parts,
    onMemory: (memory, imports) => {
      fresh = memory;
      parts.onMemory(memory, imports);
    },
  });
  const { loadPyodide } = await import(`${runtime.pyodideUrl}pyodide.mjs`);
  /** @type {Pyodide} */
  const pyodide = await loadPyodide({
    indexURL: runtime.pyodideUrl,
    lockFileContents: runtime.lockFile,
    packageBaseUrl: "/nonexistent/",
    jsglobals: Object.create(null),
    env: { HOME, PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    stdin: () => null,
    enableRunUntilComplete: false,
    ...(snapshot
      ? { _loadSnapshot: sparse(snapshot, () => /** @type {import("./internals.ts").WasmMemory} */ (fresh)) }
      : { _makeSnapshot: true }),
  });
  placeWheels(pyodide._module.FS, runtime.wheels);
  const sink = { write: (/** @type {Uint8Array} */ bytes) => bytes.length, isatty: false };
  pyodide.setStdout(sink);
  pyodide.setStderr(sink);
  return pyodide;
}

/**
 * The snapshot as Pyodide is to take it: of the memory in it, which Pyodide would copy as a whole, only pages that differ from fresh
 * memory are written. Nearly half of all are zero, and a page that nobody writes takes no memory and is compared fast.
 * @param {Uint8Array} snapshot @param {() => import("./internals.ts").WasmMemory} memory
 */
function sparse(snapshot, memory) {
  const view = new Uint8Array(snapshot.buffer, snapshot.byteOffset, snapshot.length);
  view.subarray = (from, to) => {
    const part = snapshot.subarray(from, to);
    // Pyodide asks for the head with an end, and for the memory after it without one.
    if (to !== undefined) return part;
    putPages(part, memory());
    return part.subarray(0, 0);
  };
  return view;
}

/** @param {Uint8Array} memory @param {import("./internals.ts").WasmMemory} into */
function putPages(memory, into) {
  const [from, to] = [bufferOf(memory), Buffer.from(into.buffer)];
  for (let at = 0; at < from.length; at += PAGE_BYTES) {
    const end = Math.min(at + PAGE_BYTES, from.length);
    if (to.compare(from, at, end, at, end) !== 0) from.copy(to, at, at, end);
  }
}

/** @param {Uint8Array} bytes */
function bufferOf({ buffer, byteOffset, length }) {
  return Buffer.from(buffer, byteOffset, length);
}

/** @param {Runtime} runtime @param {Parameters<typeof bootPyodide>[1]} parts */
function interceptInstantiation(runtime, { clock, chance, lockDown, joins, onMemory }) {
  const instantiate = wasm.instantiate.bind(wasm);
  /** @param {Uint8Array | import("./internals.ts").WasmModule} source @param {WasmImports} imports */
  const intercepted = async (source, imports) => {
    // Pyodide's own small modules pass unchanged. The placeholder bytes stand for the interpreter.
    if (!("byteLength" in source) || source.byteLength > PLACEHOLDER_BYTES)
      return instantiate(source, imports);
    /** @type {import("./internals.ts").WasmMemory | undefined} */
    let memory;
    const wrapped = lockDown.wrapImports(runtime.module, imports);
    const current = () => /** @type {import("./internals.ts").WasmMemory} */ (memory);
    replaceTime(wrapped, current, clock, chance);
    for (const join of joins) join(wrapped);
    const limit = limitGrowth(wrapped, runtime.maxHeapBytes);
    const instance = await instantiate(runtime.module, wrapped);
    memory = /** @type {import("./internals.ts").WasmMemory} */ (instance.exports["memory"]);
    limit(memory);
    onMemory(memory, wrapped);
    return { instance, module: runtime.module };
  };
  Object.assign(wasm, { instantiate: intercepted });
}

/**
 * Beyond the limit the interpreter's malloc fails, and Python raises MemoryError. Emscripten asks for more than it needs, and
 * how much more depends on how far earlier episodes grew the memory. So a request that fits without the extra share succeeds.
 * @param {WasmImports} imports - changed in place @param {number} maxBytes
 * @returns {(memory: import("./internals.ts").WasmMemory) => void} must be called with the memory once it exists
 */
function limitGrowth(imports, maxBytes) {
  const resize = /** @type {(bytes: number) => number} */ (imports.env["emscripten_resize_heap"]);
  let needed = 0;
  imports.env["emscripten_resize_heap"] = (/** @type {number} */ bytes) => {
    needed = bytes >>> 0;
    return needed > maxBytes ? 0 : resize(bytes);
  };
  return (memory) => {
    const grow = memory.grow.bind(memory);
    memory.grow = (/** @type {number} */ pages) => {
      const room = Math.floor((maxBytes - memory.buffer.byteLength) / WASM_PAGE_BYTES);
      const given = Math.min(pages, room);
      if (given < 1 || memory.buffer.byteLength + given * WASM_PAGE_BYTES < needed)
        throw new RangeError("the heap is at its limit");
      return grow(given);
    };
  };
}
