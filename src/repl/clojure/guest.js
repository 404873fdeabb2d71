// @ts-check
/** Clojure, by the interpreter SCI that runs in QuickJS, as the guest of a worker. */
import { createEngineGuest } from "../quickjs/engine-guest.js";

/** @type {import("../guest/guest.ts").CreateGuest} */
export async function createGuest(runtime, host, strip) {
  strip();
  return await createEngineGuest(runtime, host, {
    texts: ["platform", "interpreter", "reader", "patterns", "engine"],
    called: ["show"],
    evaluate({ bridge, callOwn, runJobs }, code) {
      const shown = callOwn("show", callOwn("run", code));
      runJobs();
      return bridge.call("qjs_is_undefined", shown) === 0 ? bridge.text(shown) : null;
    },
  });
}
