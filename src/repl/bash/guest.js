// @ts-check
/** Bash, by an interpreter in JavaScript that runs in QuickJS, as the guest of a worker. */
import { contextOf } from "../quickjs/context.js";
import { startMachine } from "../quickjs/machine.js";

/** The functions of the shell that the worker calls. */
const CALLED = ["run", "finish", "describe", "bind", "bindJson", "begin", "defineTools"];

/** @type {import("../guest/guest.ts").CreateGuest} */
export async function createGuest(runtime, host, strip) {
  strip();
  const { bridge, callOwn, settled, report, setUp } = await startMachine(runtime, host, {
    sources: ["platform", "interpreter", "commands", "shell"].map((name) => [
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
        bridge.free(settled(callOwn("run", bridge.string(code))));
        return null;
      }),
  };
}
