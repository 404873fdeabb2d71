/** The pool of JavaScript REPLs, in QuickJS. */
import { readFile } from "node:fs/promises";
import type { ErrorNames } from "../engine/loaded-engine.ts";
import { GuestReplPool, type GuestPoolOptions } from "../guest/guest-pool.ts";

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

/** What the compiler appends to a file without imports, and a script cannot have. */
const BUILT_END = /\nexport \{\};\s*$/;

async function partsOfQuickJs() {
  const prelude = await readFile(new URL("prelude.js", import.meta.url), "utf8");
  return {
    title: "JavaScript",
    errorNames: ERROR_NAMES,
    folder: new URL("./", import.meta.url),
    wasm: "quickjs-wasi/quickjs.wasm",
    scripts: { parserUrl: "acorn#acorn.mjs" },
    texts: { prelude: prelude.replace(BUILT_END, "") },
    install: "quickjs-wasi@3 acorn@8",
  };
}
