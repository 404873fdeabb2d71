// @ts-check
/** Closes what could lead out of the interpreter once it runs: some built-in modules, and writes to the floor's files. */
import { Buffer } from "node:buffer";
import { wheelPath } from "./wheel-files.js";

const MODULES =
  /^(_ctypes|_pyodide_core|_pyodide|_posixsubprocess|_socket|_remote_debugging|_test\w*|_xxtestfuzz|xxsubtype)$/;
/** Imports compare names with the table's as ASCII, so no name is ever equal to this one. */
const UNFINDABLE = "\u00ffclosed";
const ENTRY_WORDS = 2;
const ENOSPC_READ_ONLY = 69;
const STDLIB = "/lib/python314.zip";

/**
 * Renames modules in every copy of the table of built-in modules, so that no import finds them. Without `python`, which is for
 * memory in which they are renamed already, only what lies outside of it is closed.
 * @param {import("./internals.ts").Pyodide} pyodide @param {ReturnType<typeof import("./python.js").createPython> | null} python
 */
export function closeModules(pyodide, python) {
  const refuse = () => {
    throw new Error("not available in the sandbox");
  };
  Object.assign(pyodide._api, { initializeNodeSockFS: refuse, loadBinaryFile: refuse });
  if (!python) return;
  const module = pyodide._module;
  const heap = module.HEAPU32;
  const closed = python.cString(UNFINDABLE);
  /** @type {Map<number, number>} */
  const initOfName = new Map();
  const names = new Set();
  for (let at = (heap[module._PyImport_Inittab >>> 2] ?? 0) >>> 2; heap[at]; at += ENTRY_WORDS) {
    const name = readCString(module.HEAPU8, heap[at] ?? 0);
    if (!MODULES.test(name)) continue;
    initOfName.set(Number(heap[at]), Number(heap[at + 1]));
    names.add(name);
  }
  renameEntries(heap, initOfName, closed);
  forgetLoaded(module.HEAPU8, names);
}

/** Makes only one pass over the memory, since each takes milliseconds. @param {Uint32Array} heap @param {Map<number, number>} initOfName @param {number} closed */
function renameEntries(heap, initOfName, closed) {
  const addresses = [...initOfName.keys()];
  const [lowest, highest] = [Math.min(...addresses), Math.max(...addresses)];
  for (let at = 0; at + 1 < heap.length; at++) {
    const word = /** @type {number} */ (heap[at]);
    if (word < lowest || word > highest) continue;
    if (initOfName.get(word) === heap[at + 1]) heap[at] = closed;
  }
}

/** Overwrites the keys, "name:name", under which CPython keeps modules that were loaded once. @param {Uint8Array} heap @param {Set<string>} names */
function forgetLoaded(heap, names) {
  const bytes = Buffer.from(heap.buffer);
  const starts = new Set([...names].map((name) => `:${name.slice(0, 2)}`));
  for (const start of starts) {
    for (let at = bytes.indexOf(start); at >= 0; at = bytes.indexOf(start, at + 1)) {
      const name = readCString(bytes, at + 1);
      const key = at - name.length;
      if (names.has(name) && bytes.toString("latin1", key, at) === name) bytes[key] = "?".charCodeAt(0);
    }
  }
}

/** @param {Uint8Array} heap @param {number} address */
function readCString(heap, address) {
  let text = "";
  for (let at = address; heap[at]; at++) text += String.fromCharCode(Number(heap[at]));
  return text;
}

/**
 * Makes the standard library and the wheels read-only, the entropy devices draw from `chance`, and terminals silent.
 * @param {import("./internals.ts").FileSystem} fs @param {import("./chance.js").Chance} chance
 * @param {import("../engine/protocol.ts").Runtime["wheels"]} wheels
 */
export function freezeFiles(fs, chance, wheels) {
  const refuse = () => {
    throw new fs.ErrnoError(ENOSPC_READ_ONLY);
  };
  for (const path of [STDLIB, ...wheels.map(({ name }) => wheelPath(name))]) {
    const { node } = fs.lookupPath(path);
    node.mode = (node.mode & ~0o777) | 0o444;
    node.stream_ops = { ...node.stream_ops, write: refuse, allocate: refuse, mmap: refuse };
    node.node_ops = { ...node.node_ops, setattr: refuse };
  }
  const draw = {
    read: (
      /** @type {unknown} */ _stream,
      /** @type {Uint8Array} */ buffer,
      /** @type {number} */ at,
      /** @type {number} */ length,
    ) => {
      chance.fillBytes(new Uint8Array(buffer.buffer, buffer.byteOffset + at, length));
      return length;
    },
    write: (
      /** @type {unknown} */ _stream,
      /** @type {unknown} */ _buffer,
      /** @type {unknown} */ _at,
      /** @type {number} */ length,
    ) => length,
    llseek: () => 0,
  };
  for (const name of ["random", "urandom"]) fs.registerDevice(fs.lookupPath(`/dev/${name}`).node.rdev, draw);
  // A terminal would collect its line in JavaScript's memory without a limit.
  const nothing = { ...draw, read: () => 0 };
  for (const name of ["tty", "tty1"]) fs.registerDevice(fs.lookupPath(`/dev/${name}`).node.rdev, nothing);
}
