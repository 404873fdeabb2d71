// @ts-check
/**
 * Removes everything from the worker's JavaScript realm that Pyodide does not need (`process`, `fetch`, `require` and so on),
 * before Pyodide is imported. Pyodide then takes its host for a bare shell, and reaches neither files nor processes.
 */

const KEPT = new Set(
  (
    "globalThis Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise " +
    "RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl " +
    "ArrayBuffer SharedArrayBuffer Atomics DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array " +
    "Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array BigInt Map Set WeakMap WeakSet WeakRef " +
    "Proxy Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN eval " +
    "WebAssembly TextDecoder TextEncoder AbortController AbortSignal setTimeout clearTimeout URL"
  ).split(" "),
);

/** Finalizers run at unpredictable moments, and nothing here needs them. */
class NoFinalizationRegistry {
  register() {}
  unregister() {}
}

/**
 * @param {{ clock: import("./clock.js").Clock, chance: import("./chance.js").Chance, files: Map<string, ArrayBuffer> }} parts
 * `files` are the files that the shell's `readbuffer` can read, by the end of their path.
 */
export function stripRealm({ clock, chance, files }) {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!KEPT.has(name)) Reflect.deleteProperty(globalThis, name);
  }
  const refuse = () => {
    throw new Error("not available in the sandbox");
  };
  const silent = () => {};
  define("FinalizationRegistry", NoFinalizationRegistry);
  define("crypto", { getRandomValues: chance.fillBytes });
  define("performance", { now: clock.milliseconds });
  define("console", { log: silent, warn: silent, error: silent, info: silent, debug: silent });
  define("read", refuse);
  define("load", refuse);
  define("readbuffer", (/** @type {string} */ path) => {
    for (const [name, bytes] of files) if (path.endsWith(name)) return bytes;
    return refuse();
  });
  Date.now = clock.wallMilliseconds;
}

/** @param {string} name @param {unknown} value */
function define(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
