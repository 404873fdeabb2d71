/** The pool of JavaScript REPLs, in QuickJS. */
import type { ErrorNames } from "../engine/loaded-engine.ts";
import { GuestReplPool, type GuestPoolOptions } from "../guest/guest-pool.ts";
import { innerText } from "./inner-text.ts";

const ERROR_NAMES: ErrorNames = {
  time: "TimeoutError",
  memory: "InternalError: out of memory",
  stack: "RangeError",
  permission: "SecurityError",
  system: "InternalError",
  exit: "InternalError",
};

/** JavaScript REPLs in QuickJS: any number of episodes share a few workers. Close the pool at the end. */
export class QuickJsReplPool extends GuestReplPool {
  /** Throws `UsageError` for an unknown option. */
  constructor(options: GuestPoolOptions = {}) {
    super("QuickJsReplPool", partsOfQuickJs, options);
  }
}

async function partsOfQuickJs() {
  return {
    title: "JavaScript",
    errorNames: ERROR_NAMES,
    folder: new URL("./", import.meta.url),
    wasm: "quickjs-wasi/quickjs.wasm",
    scripts: { parserUrl: "acorn#acorn.mjs" },
    texts: {
      show: await innerText(new URL("show.js", import.meta.url)),
      prelude: await innerText(new URL("prelude.js", import.meta.url)),
    },
    install: "quickjs-wasi@3 acorn@8",
  };
}
