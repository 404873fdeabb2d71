// @ts-check
/** A machine with an engine, as the guest of a worker. */
import { contextOf } from "./context.js";

/**
 * `evaluate` runs a block, and returns the text of its value, or null.
 * @param {import("./machine.js").Machine} machine @param {(code: string) => string | null} evaluate
 * @returns {import("../guest/guest.ts").Guest}
 */
export function guestOf({ bridge, callOwn, report, setUp }, evaluate) {
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
    run: (code, maxOutputChars) => report(maxOutputChars, () => evaluate(code)),
  };
}
