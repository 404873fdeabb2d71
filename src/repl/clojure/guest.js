// @ts-check
/** Clojure, by the interpreter SCI that runs in QuickJS, as the guest of a worker. */
import { contextOf } from "../quickjs/context.js";
import { startMachine } from "../quickjs/machine.js";

/** The functions of the engine that the worker calls. */
const CALLED = ["begin", "run", "show", "finish", "describe", "bind", "bindJson", "defineTools"];

/** @type {import("../guest/guest.ts").CreateGuest} */
export async function createGuest(runtime, host, strip) {
  strip();
  const { bridge, callOwn, runJobs, report, setUp } = await startMachine(runtime, host, {
    sources: ["platform", "interpreter", "reader", "engine"].map((name) => [
      String(runtime.settings[name]),
      `<${name}>`,
    ]),
    called: CALLED,
    undoesMemory: true,
  });
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
    run: (code, maxOutputChars) =>
      report(maxOutputChars, () => {
        const shown = callOwn("show", callOwn("run", bridge.string(code)));
        runJobs();
        return bridge.call("qjs_is_undefined", shown) === 0 ? bridge.text(shown) : null;
      }),
  };
}
