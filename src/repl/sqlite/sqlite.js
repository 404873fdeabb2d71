// @ts-check
/** SQLite as a WebAssembly module, through its own functions. It has a database in memory, and no file system at all. */
import { wasm } from "../worker/wasm.js";

/** @typedef {string | number | bigint | Uint8Array | null} SqlValue */
/** @typedef {Record<string, (...given: (number | bigint)[]) => number>} Exports */

const [INTEGER, FLOAT, TEXT, BLOB] = [1, 2, 3, 4];
const [OK, NO_MEMORY, ROW, DONE] = [0, 7, 100, 101];
/** Tells SQLite to copy what it is given. */
const COPIED = -1;
const [READ_WRITE, CREATE, UTF8] = [2, 4, 1];
const [EBADF, ENOSYS] = [8, -52];
const PAGE_BYTES = 65536;
/** As the module declares them. */
const [FIRST_PAGES, MOST_PAGES] = [128, 32768];
/** Steps of SQLite's virtual machine between two looks at the interrupt. */
const STEPS = 1000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An error that SQLite reports. */
export class SqlError extends Error {
  /** @param {string} message @param {number} code */
  constructor(message, code) {
    super(message);
    this.isMemory = code === NO_MEMORY;
  }
}

/**
 * @param {object} module
 * @param {{ maxHeapBytes: number, clockNs: () => bigint, milliseconds: () => number, isInterrupted: () => boolean,
 *   mayDo: (action: number, first: string, second: string) => boolean,
 *   onCall: (what: string, values: SqlValue[]) => SqlValue }} parts
 * `onCall` answers functions that `define` defined, by their descriptions. What it throws becomes SQLite's error.
 */
export async function openSqlite(
  module,
  { maxHeapBytes, clockNs, milliseconds, isInterrupted, mayDo, onCall },
) {
  const most = Math.min(MOST_PAGES, Math.floor(maxHeapBytes / PAGE_BYTES));
  const { Memory } =
    /** @type {{ Memory: new (limits: object) => import("../worker/internals.ts").WasmMemory }} */ (
      Reflect.get(globalThis, "WebAssembly")
    );
  const memory = new Memory({ initial: FIRST_PAGES, maximum: most });
  const bytes = () => new Uint8Array(memory.buffer);
  const view = () => new DataView(memory.buffer);
  const instance = await wasm.instantiate(
    module,
    importsFor(module, { memory, clockNs, milliseconds, most }),
  );
  const exported = /** @type {Exports} */ (instance.exports);
  const call = (/** @type {string} */ name, /** @type {(number | bigint)[]} */ ...given) =>
    /** @type {(...given: (number | bigint)[]) => number} */ (exported[name])(...given);

  /** @param {Uint8Array} content */
  function allocate(content) {
    const at = call("malloc", content.length + 1) >>> 0;
    if (at === 0) throw new SqlError("out of memory", NO_MEMORY);
    bytes().set(content, at);
    bytes()[at + content.length] = 0;
    return at;
  }
  /** @param {number} at */
  function textAt(at) {
    if (at === 0) return "";
    const now = bytes();
    return decoder.decode(now.slice(at, now.indexOf(0, at)));
  }
  /** @param {number} at @param {number} length */
  const sliceAt = (at, length) => bytes().slice(at >>> 0, (at >>> 0) + length);

  call("__wasm_call_ctors");
  call("sqlite3_initialize");
  const out = call("malloc", 8) >>> 0;
  const memoryName = allocate(encoder.encode(":memory:"));
  call("sqlite3_open_v2", memoryName, out, READ_WRITE | CREATE, 0);
  const database = view().getUint32(out, true);
  call("sqlite3_extended_result_codes", database, 0);

  const table = /** @type {{ grow: (by: number) => number, set: (at: number, made: unknown) => void }} */ (
    instance.exports["__indirect_function_table"]
  );
  /** Puts a function where SQLite can call it. @param {(...given: [number, number, number, ...number[]]) => number | void} made @param {number} parameters @param {boolean} hasResult */
  async function pointerTo(made, parameters, hasResult) {
    const shim = new wasm.Module(shimOf(parameters, hasResult));
    const { exports } = await wasm.instantiate(shim, /** @type {never} */ ({ e: { f: made } }));
    const at = table.grow(1);
    table.set(at, exports["f"]);
    return at;
  }
  const progress = await pointerTo(() => (isInterrupted() ? 1 : 0), 1, true);
  const authorize = await pointerTo(
    (_, action, first, second) => (mayDo(action, textAt(first), textAt(second)) ? 0 : 1),
    6,
    true,
  );
  const answer = await pointerTo((context, count, values) => answerCall(context, count, values), 3, false);
  call("sqlite3_progress_handler", database, STEPS, progress, 0);
  call("sqlite3_set_authorizer", database, authorize, 0);

  /** @param {number} context @param {number} count @param {number} values */
  function answerCall(context, count, values) {
    try {
      const what = textAt(call("sqlite3_user_data", context) >>> 0);
      const given = Array.from({ length: count }, (_, at) =>
        valueAt(view().getUint32(values + 4 * at, true)),
      );
      giveResult(context, onCall(what, given));
    } catch (error) {
      const at = allocate(encoder.encode(error instanceof Error ? error.message : String(error)));
      call("sqlite3_result_error", context, at, -1);
      call("free", at);
    }
  }

  /** @param {number} value @returns {SqlValue} */
  function valueAt(value) {
    const type = call("sqlite3_value_type", value);
    if (type === INTEGER)
      return smallest(/** @type {bigint} */ (/** @type {unknown} */ (call("sqlite3_value_int64", value))));
    if (type === FLOAT) return call("sqlite3_value_double", value);
    if (type !== TEXT && type !== BLOB) return null;
    const at = call(type === TEXT ? "sqlite3_value_text" : "sqlite3_value_blob", value);
    const content = sliceAt(at, call("sqlite3_value_bytes", value));
    return type === TEXT ? decoder.decode(content) : content;
  }

  /** @param {number} context @param {SqlValue} value */
  function giveResult(context, value) {
    if (value === null) return call("sqlite3_result_null", context);
    if (typeof value === "bigint") return call("sqlite3_result_int64", context, value);
    if (typeof value === "number")
      return Number.isSafeInteger(value)
        ? call("sqlite3_result_int64", context, BigInt(value))
        : call("sqlite3_result_double", context, value);
    const content = typeof value === "string" ? encoder.encode(value) : value;
    const at = allocate(content);
    if (typeof value === "string") call("sqlite3_result_text", context, at, content.length, COPIED);
    else call("sqlite3_result_blob", context, at, content.length, COPIED);
    return call("free", at);
  }

  const fault = (/** @type {number} */ code) =>
    new SqlError(textAt(call("sqlite3_errmsg", database) >>> 0), code);

  /** @param {number} statement @param {number} column @returns {SqlValue} */
  function columnAt(statement, column) {
    const type = call("sqlite3_column_type", statement, column);
    if (type === INTEGER)
      return smallest(
        /** @type {bigint} */ (/** @type {unknown} */ (call("sqlite3_column_int64", statement, column))),
      );
    if (type === FLOAT) return call("sqlite3_column_double", statement, column);
    if (type !== TEXT && type !== BLOB) return null;
    const at = call(type === TEXT ? "sqlite3_column_text" : "sqlite3_column_blob", statement, column);
    const content = sliceAt(at, call("sqlite3_column_bytes", statement, column));
    return type === TEXT ? decoder.decode(content) : content;
  }

  const sqlite = {
    memory,
    stackPointer: {
      get value() {
        return call("emscripten_stack_get_current");
      },
      set value(at) {
        call("_emscripten_stack_restore", at);
      },
    },
    /** Defines a function of any number of arguments. @param {string} name @param {string} what */
    define(name, what) {
      const [nameAt, whatAt] = [allocate(encoder.encode(name)), allocate(encoder.encode(what))];
      call("sqlite3_create_function_v2", database, nameAt, -1, UTF8, whatAt, answer, 0, 0, 0);
      call("free", nameAt);
    },
    /**
     * Runs the statements of a text one after the other. Throws `SqlError`.
     * @param {string} sql
     * @param {(statement: { text: string, run: (onRow: (values: SqlValue[]) => void) => void, names: () => string[] }) => void} each
     */
    eachStatement(sql, each) {
      const content = encoder.encode(sql);
      const start = allocate(content);
      try {
        for (let at = start; at < start + content.length;) {
          const code = call("sqlite3_prepare_v2", database, at, start + content.length - at, out, out + 4);
          const [statement, tail] = [view().getUint32(out, true), view().getUint32(out + 4, true)];
          if (code !== OK) throw fault(code);
          const text = decoder.decode(sliceAt(at, tail - at));
          at = tail;
          // A comment, or blanks.
          if (statement === 0) continue;
          try {
            each({ text, names: () => namesOf(statement), run: (onRow) => runOne(statement, onRow) });
          } finally {
            call("sqlite3_finalize", statement);
          }
        }
      } finally {
        call("free", start);
      }
    },
    /** Runs one statement for each list of values. @param {string} sql @param {Iterable<SqlValue[]>} rows */
    insert(sql, rows) {
      const at = allocate(encoder.encode(sql));
      const code = call("sqlite3_prepare_v2", database, at, -1, out, 0);
      call("free", at);
      if (code !== OK) throw fault(code);
      const statement = view().getUint32(out, true);
      try {
        for (const values of rows) {
          values.forEach((value, index) => bind(statement, index + 1, value));
          runOne(statement, () => {});
        }
      } finally {
        call("sqlite3_finalize", statement);
      }
    },
    /** Runs statements, and returns the rows of all. @param {string} sql */
    rows(sql) {
      /** @type {SqlValue[][]} */
      const found = [];
      sqlite.eachStatement(sql, ({ run }) => run((values) => found.push(values)));
      return found;
    },
    changes: () => call("sqlite3_changes", database),
  };

  /** @param {number} statement */
  function namesOf(statement) {
    const count = call("sqlite3_column_count", statement);
    return Array.from({ length: count }, (_, at) => textAt(call("sqlite3_column_name", statement, at) >>> 0));
  }

  /** @param {number} statement @param {(values: SqlValue[]) => void} onRow */
  function runOne(statement, onRow) {
    const count = call("sqlite3_column_count", statement);
    for (;;) {
      const code = call("sqlite3_step", statement);
      if (code === ROW) {
        onRow(Array.from({ length: count }, (_, column) => columnAt(statement, column)));
        continue;
      }
      const error = code === DONE ? null : fault(code);
      call("sqlite3_reset", statement);
      if (error) throw error;
      return;
    }
  }

  /** @param {number} statement @param {number} index @param {SqlValue} value */
  function bind(statement, index, value) {
    if (value === null) return call("sqlite3_bind_null", statement, index);
    if (typeof value === "bigint") return call("sqlite3_bind_int64", statement, index, value);
    if (typeof value === "number")
      return Number.isSafeInteger(value)
        ? call("sqlite3_bind_int64", statement, index, BigInt(value))
        : call("sqlite3_bind_double", statement, index, value);
    const content = typeof value === "string" ? encoder.encode(value) : value;
    const at = allocate(content);
    if (typeof value === "string") call("sqlite3_bind_text", statement, index, at, content.length, COPIED);
    else call("sqlite3_bind_blob", statement, index, at, content.length, COPIED);
    return call("free", at);
  }

  return sqlite;
}

/** A whole number that JavaScript holds exactly as a number, others as they are. @param {bigint} value */
function smallest(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * Everything that SQLite can call: time and memory are the worker's, and whatever asks for a file finds none.
 * @param {object} module
 * @param {{ memory: import("../worker/internals.ts").WasmMemory, clockNs: () => bigint, milliseconds: () => number, most: number }} parts
 */
function importsFor(module, { memory, clockNs, milliseconds, most }) {
  const view = () => new DataView(memory.buffer);
  /** @type {Record<string, Record<string, unknown>>} */
  const imports = { env: { memory }, wasi_snapshot_preview1: {} };
  for (const { module: from, name, kind } of wasm.Module.imports(module))
    if (kind === "function")
      Object.assign(imports[from] ?? {}, { [name]: () => (from === "env" ? ENOSYS : EBADF) });
  Object.assign(imports["env"] ?? {}, {
    emscripten_date_now: milliseconds,
    emscripten_get_now: milliseconds,
    emscripten_get_heap_max: () => most * PAGE_BYTES,
    emscripten_resize_heap: (/** @type {number} */ wanted) => {
      const pages = Math.ceil(((wanted >>> 0) - memory.buffer.byteLength) / PAGE_BYTES);
      try {
        memory.grow(Math.max(0, pages));
        return 1;
      } catch {
        return 0;
      }
    },
    _tzset_js: () => {},
    _localtime_js: () => {},
  });
  Object.assign(imports["wasi_snapshot_preview1"] ?? {}, {
    environ_sizes_get: (/** @type {number} */ count, /** @type {number} */ size) => {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
    clock_time_get: (
      /** @type {number} */ _id,
      /** @type {bigint} */ _precision,
      /** @type {number} */ out,
    ) => {
      view().setBigUint64(out >>> 0, clockNs(), true);
      return 0;
    },
  });
  return /** @type {never} */ (imports);
}

/** A module that exports the function `e.f` that it imports, so that it can stand in a table. @param {number} parameters @param {boolean} hasResult */
function shimOf(parameters, hasResult) {
  const type = [
    0x60,
    parameters,
    ...Array.from({ length: parameters }, () => 0x7f),
    ...(hasResult ? [1, 0x7f] : [0]),
  ];
  const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const importing = [2, 7, 1, 1, 0x65, 1, 0x66, 0, 0];
  const exporting = [7, 5, 1, 1, 0x66, 0, 0];
  return Uint8Array.from([...head, 1, type.length + 1, 1, ...type, ...importing, ...exporting]);
}
