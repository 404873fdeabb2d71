// @ts-check
/** Bash, by an interpreter in JavaScript that runs in QuickJS, as the guest of a worker. */
import { createEngineGuest } from "../quickjs/engine-guest.js";

/** @type {import("../guest/guest.ts").CreateGuest} */
export async function createGuest(runtime, host, strip) {
  strip();
  return await createEngineGuest(runtime, host, {
    texts: ["platform", "interpreter", "commands", "shell"],
    evaluate({ bridge, callOwn, settled }, code) {
      bridge.free(settled(callOwn("run", code)));
      return null;
    },
  });
}
