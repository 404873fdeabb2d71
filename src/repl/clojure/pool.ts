/** The pool of Clojure REPLs: SCI in QuickJS. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { UsageError } from "../../errors.ts";
import type { ErrorNames } from "../engine/loaded-engine.ts";
import { GuestReplPool, type GuestPoolOptions } from "../guest/guest-pool.ts";
import { innerText } from "../quickjs/inner-text.ts";
import { nbbScript } from "./nbb-script.ts";

const ERROR_NAMES: ErrorNames = {
  time: "TimeoutError",
  memory: "OutOfMemoryError",
  stack: "StackOverflowError",
  permission: "SecurityException",
  system: "InternalError",
  exit: "InternalError",
};
const INSTALL = "quickjs-wasi@3 nbb@1.6.214";

/** Clojure REPLs in QuickJS: any number of episodes share a few workers. Close the pool at the end. */
export class ClojureReplPool extends GuestReplPool {
  /** Throws `UsageError` for an unknown option. */
  constructor(options: GuestPoolOptions = {}) {
    super("ClojureReplPool", partsOfClojure, options);
  }
}

async function partsOfClojure() {
  const file = (name: string) => readFile(new URL(name, import.meta.url), "utf8");
  return {
    title: "Clojure",
    errorNames: ERROR_NAMES,
    folder: new URL("./", import.meta.url),
    sharedFolders: [new URL("../quickjs/", import.meta.url)],
    wasm: "quickjs-wasi/quickjs.wasm",
    texts: {
      platform: await innerText(new URL("../quickjs/platform.js", import.meta.url)),
      interpreter: await nbbScript(["nbb/lib/nbb_core.js", "nbb/lib/nbb_api.js"].map(resolved)),
      reader: await innerText(new URL("reader.js", import.meta.url)),
      patterns: await innerText(new URL("patterns.js", import.meta.url)),
      engine: (await innerText(new URL("engine.js", import.meta.url)))
        .replace('"<interpreter.cljs>"', JSON.stringify(await file("interpreter.cljs")))
        .replace('"<prelude.clj>"', JSON.stringify(await file("prelude.clj"))),
    },
    install: INSTALL,
  };
}

function resolved(file: string): string {
  try {
    return createRequire(import.meta.url).resolve(file);
  } catch (cause) {
    throw new UsageError(
      `the REPL language Clojure: the package nbb is missing; install it: npm install ${INSTALL}`,
      { cause },
    );
  }
}
