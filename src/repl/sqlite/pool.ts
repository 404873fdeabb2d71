/** The pool of SQL REPLs, in SQLite. */
import type { ErrorNames } from "../engine/loaded-engine.ts";
import { GuestReplPool, type GuestPoolOptions } from "../guest/guest-pool.ts";

const ERROR_NAMES: ErrorNames = {
  time: "TimeoutError",
  memory: "SQL error: out of memory",
  stack: "SQL error",
  permission: "SQL error: not authorized",
  system: "SQL error",
  exit: "SQL error",
};

/** SQL REPLs in SQLite: any number of episodes share a few workers. Close the pool at the end. */
export class SqliteReplPool extends GuestReplPool {
  /** Throws `UsageError` for an unknown option. */
  constructor(options: GuestPoolOptions = {}) {
    super("SqliteReplPool", partsOfSqlite, options);
  }
}

function partsOfSqlite() {
  return Promise.resolve({
    title: "SQL",
    errorNames: ERROR_NAMES,
    folder: new URL("./", import.meta.url),
    wasm: "@sqlite.org/sqlite-wasm/sqlite3.wasm",
    install: "@sqlite.org/sqlite-wasm@3.54.1-build1",
  });
}
