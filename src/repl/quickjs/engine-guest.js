// @ts-check
/** An interpreter in JavaScript that runs in QuickJS, as the guest of a worker: what such languages have in common. */
import { guestOf } from "./machine-guest.js";
import { startMachine } from "./machine.js";

/** The functions of every engine that the worker calls. */
const CALLED = ["begin", "bind", "bindJson", "defineTools", "run", "finish", "describe"];

/**
 * Starts the engine from the texts of the settings, in their order; the last one is the engine itself. `evaluate` runs a block,
 * and returns the text of its value, or null.
 * @param {import("../engine/protocol.ts").GuestRuntime} runtime @param {import("../guest/guest.ts").GuestHost} host
 * @param {{ texts: readonly string[], called?: readonly string[],
 *   evaluate: (machine: import("./machine.js").Machine, code: import("./bridge.js").Value) => string | null }} parts
 * @returns {Promise<import("../guest/guest.ts").Guest>}
 */
export async function createEngineGuest(runtime, host, { texts, called = [], evaluate }) {
  const machine = await startMachine(runtime, host, {
    sources: texts.map((name) => [String(runtime.settings[name]), `<${name}>`]),
    called: [...CALLED, ...called],
    undoesMemory: true,
  });
  return guestOf(machine, (code) => evaluate(machine, machine.bridge.string(code)));
}
