// @ts-check
/** Node's `WebAssembly`, with types. */

export const wasm = /** @type {import("./internals.ts").WasmApi} */ (Reflect.get(globalThis, "WebAssembly"));
