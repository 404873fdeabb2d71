// @ts-check
/** An interpreter in JavaScript that runs in QuickJS, as the guest of a worker: what such languages have in common. */
import { contextOf } from "./context.js";
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
  const { bridge, callOwn, report, setUp } = machine;
  return {
    memory: bridge.memory(),
    stackPointer: bridge.stackPointer(),
    bind(layout) {
      setUp(() => callOwn(layout.type === "json" ? "bindJson" : "bind", contextOf(layout, bridge)));
    },
    begin({ tools, imported }) {
      callOwn("begin", bridge.string(imported.join(" ")));
      if (tools !== null) setUp(() => callOwn("defineTools", bridge.string(tools)));
    },
    run: (code, maxOutputChars) => report(maxOutputChars, () => evaluate(machine, bridge.string(code))),
  };
}
