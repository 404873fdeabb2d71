// @ts-check
/** Lets interrupts through only while the policy's code runs, so that they never interrupt the engine. */

export function createSignals() {
  let heard = false;
  return {
    /** @param {import("./internals.ts").WasmImports} imports - changed in place */
    join({ env }) {
      const check = /** @type {() => number} */ (env["_Py_CheckEmscriptenSignals_Helper"]);
      env["_Py_CheckEmscriptenSignals_Helper"] = () => (heard ? check() : 0);
    },
    /** @param {boolean} value */
    hear(value) {
      heard = value;
    },
  };
}
