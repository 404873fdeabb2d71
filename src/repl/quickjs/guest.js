// @ts-check
/** JavaScript in QuickJS, as the guest of a worker. */
import { guestOf } from "./machine-guest.js";
import { startMachine } from "./machine.js";
import { prepare } from "./source.js";

/** Evaluates as a script that may await at its top. */
const ASYNC = 128;
/** The functions of the prelude that the worker calls. */
const CALLED = ["begin", "show", "finish", "describe", "bind", "bindJson", "defineTools"];

/** @type {import("../guest/guest.ts").CreateGuest} */
export async function createGuest(runtime, host, strip) {
  const { parse } = await import(String(runtime.settings["parserUrl"]));
  strip();
  const machine = await startMachine(runtime, host, {
    sources: ["show", "prelude"].map((name) => [String(runtime.settings[name]), "<engine>"]),
    called: CALLED,
  });
  const { bridge, callOwn, runJobs, settled } = machine;
  // The number of blocks so far is part of the state, so that it stands in the interpreter's memory.
  const blocksAt = bridge.call("wasm_malloc", 4) >>> 0;
  const countBlock = () => {
    const view = new DataView(bridge.memory().buffer);
    view.setUint32(blocksAt, view.getUint32(blocksAt, true) + 1, true);
    return view.getUint32(blocksAt, true);
  };
  new DataView(bridge.memory().buffer).setUint32(blocksAt, 0, true);

  /** Runs the code, and returns its value as text. Throws `Thrown`. @param {string} code */
  function evaluate(code) {
    const prepared = prepare(code, parse);
    const file = `<block ${countBlock()}>`;
    const made = bridge.evaluate(prepared.code, file, prepared.isAsync ? ASYNC : 0);
    const value = prepared.isAsync ? bridge.property(settled(made), "value") : made;
    runJobs();
    const isShown = prepared.hasValue && bridge.call("qjs_is_undefined", value) === 0;
    return isShown ? bridge.text(callOwn("show", value)) : null;
  }

  return guestOf(machine, evaluate);
}
