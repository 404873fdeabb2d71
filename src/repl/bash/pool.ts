/** The pool of bash REPLs: just-bash in QuickJS. */
import { readFile } from "node:fs/promises";
import { UsageError } from "../../errors.ts";
import type { ErrorNames } from "../engine/loaded-engine.ts";
import { GuestReplPool, type GuestPoolOptions } from "../guest/guest-pool.ts";
import { innerText } from "../quickjs/inner-text.ts";

const ERROR_NAMES: ErrorNames = {
  time: "TimeoutError",
  memory: "bash: out of memory",
  stack: "bash: the commands nest too deeply",
  permission: "bash: not permitted",
  system: "bash: internal error",
  exit: "bash: internal error",
};

/** Bash REPLs in QuickJS: any number of episodes share a few workers. Close the pool at the end. */
export class BashReplPool extends GuestReplPool {
  /** Throws `UsageError` for an unknown option. */
  constructor(options: GuestPoolOptions = {}) {
    super("BashReplPool", partsOfBash, options);
  }
}

async function partsOfBash() {
  const own = (name: string) => innerText(new URL(name, import.meta.url));
  return {
    title: "bash",
    errorNames: ERROR_NAMES,
    folder: new URL("./", import.meta.url),
    sharedFolders: [new URL("../quickjs/", import.meta.url)],
    wasm: "quickjs-wasi/quickjs.wasm",
    texts: {
      platform: await innerText(new URL("../quickjs/platform.js", import.meta.url)),
      interpreter: await interpreter(),
      commands: await own("commands.js"),
      shell: await own("shell.js"),
    },
    install: "quickjs-wasi@3",
  };
}

async function interpreter(): Promise<string> {
  try {
    return await readFile(new URL("just-bash.txt", import.meta.url), "utf8");
  } catch (cause) {
    throw new UsageError("the REPL language bash: its interpreter is not built; run npm run build", {
      cause,
    });
  }
}
