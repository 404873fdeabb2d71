// @ts-check
/**
 * QuickJS as a WebAssembly module, through its own functions. Values are addresses of boxes in its memory; all that lead out of
 * it are the imports below, none of which reaches the host but by the functions that are passed in.
 */

/** @typedef {import("../worker/internals.ts").WasmMemory} WasmMemory */
/** @typedef {number} Value - the address of a boxed value */
/** @typedef {Record<string, (...given: (number | bigint)[]) => number>} Exports */

const [EBADF, ENOSYS] = [8, 52];
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const BOX_BYTES = 8;

/** An exception of the code, as a value of the interpreter. */
export class Thrown extends Error {
  /** @param {Value} value */
  constructor(value) {
    super("the code threw");
    this.value = value;
  }
}

/** There is no memory for what the host hands over. */
class OutOfMemory extends RangeError {}

/**
 * @param {object} module
 * @param {{ clockNs: () => bigint, fillBytes: (bytes: Uint8Array) => unknown, isInterrupted: () => boolean,
 *   functions: Readonly<Record<string, (values: Value[], bridge: Bridge) => Value>>,
 *   onRejection: (promise: Value, reason: Value, isHandled: boolean) => void }} parts
 * `functions` are what host functions do, by name.
 */
export function createBridge(module, { clockNs, fillBytes, isInterrupted, functions, onRejection }) {
  /** @type {{ exports: Record<string, unknown> }} */
  let instance;
  const exported = () => /** @type {Exports} */ (instance.exports);
  const memory = () => /** @type {WasmMemory} */ (instance.exports["memory"]);
  const bytes = () => new Uint8Array(memory().buffer);
  const view = () => new DataView(memory().buffer);
  const call = (/** @type {string} */ name, /** @type {(number | bigint)[]} */ ...given) =>
    /** @type {(...given: (number | bigint)[]) => number} */ (exported()[name])(...given);

  const imports = {
    env: {
      host_interrupt: () => (isInterrupted() ? 1 : 0),
      // The time zone is UTC.
      host_get_timezone_offset: () => 0,
      host_promise_rejection: (
        /** @type {Value} */ promise,
        /** @type {Value} */ reason,
        /** @type {number} */ isHandled,
      ) => onRejection(promise, reason, isHandled !== 0),
      // There are no modules.
      host_module_normalize: () => 0,
      host_module_load: () => 0,
      host_call: (
        /** @type {number} */ name,
        /** @type {number} */ length,
        /** @type {Value} */ _this,
        /** @type {number} */ count,
        /** @type {number} */ values,
      ) => {
        const called = functions[text(name, length)];
        if (!called) return 0;
        const given = Array.from({ length: count }, (_, at) => view().getUint32(values + 4 * at, true));
        return returned(() => called(given, bridge));
      },
    },
    wasi_snapshot_preview1: {
      clock_time_get: (
        /** @type {number} */ _id,
        /** @type {bigint} */ _precision,
        /** @type {number} */ out,
      ) => {
        view().setBigUint64(out >>> 0, clockNs(), true);
        return 0;
      },
      random_get: (/** @type {number} */ at, /** @type {number} */ length) => {
        fillBytes(new Uint8Array(memory().buffer, at >>> 0, length >>> 0));
        return 0;
      },
      fd_write: () => EBADF,
      fd_close: () => EBADF,
      fd_fdstat_get: () => EBADF,
      fd_seek: () => ENOSYS,
    },
  };

  /**
   * What a function of the host gives back: a value of its own, or 0 after throwing inside the interpreter. Nothing else may be
   * thrown through the interpreter's own frames.
   * @param {() => Value} work
   */
  function returned(work) {
    try {
      const made = work();
      const kept = call("qjs_dup_value", made);
      if (call("qjs_is_undefined", made) === 0) call("qjs_free_value", made);
      return kept;
    } catch (error) {
      if (error instanceof Thrown) call("qjs_throw", error.value);
      else if (error instanceof OutOfMemory) call("JS_ThrowOutOfMemory", call("qjs_get_context_ptr"));
      else throw error;
      return 0;
    }
  }

  /** @param {number} at @param {number} length */
  function text(at, length) {
    const found = bytes().subarray(at >>> 0, (at >>> 0) + length);
    // Views of memory that may grow cannot be decoded by every version of Node.
    const copy = found.slice();
    try {
      return decoder.decode(copy);
    } catch {
      return decodeLoosely(copy);
    }
  }

  /** Copies bytes to the interpreter. The caller frees them. @param {Uint8Array} content */
  function allocate(content) {
    const at = call("wasm_malloc", content.length + 1) >>> 0;
    if (at === 0) throw new OutOfMemory("out of memory");
    bytes().set(content, at);
    bytes()[at + content.length] = 0;
    return at;
  }

  /** Frees bytes, and leaves zeros, which cost nothing to save. @param {number} at @param {number} length */
  function free(at, length) {
    if (length > 4096) bytes().fill(0, at, at + length);
    call("wasm_free", at);
  }

  /** @param {Value} value */
  function checked(value) {
    if (call("qjs_is_exception", value) === 0) return value;
    call("qjs_free_value", value);
    throw new Thrown(call("qjs_get_exception"));
  }

  const bridge = {
    memory,
    stackPointer: () => /** @type {{ value: number }} */ (instance.exports["__stack_pointer"]),
    call,
    free: (/** @type {Value} */ value) => void call("qjs_free_value", value),
    /** Starts the interpreter. */
    async start() {
      const { wasm } = await import("../worker/wasm.js");
      instance = await wasm.instantiate(module, imports);
      call("_initialize");
      if (call("qjs_init") !== 0) throw new Error("QuickJS could not be started");
    },
    /** @param {string} given @returns {Value} */
    string: (given) => bridge.utf8(encodeWtf8(given)),
    /** @param {Uint8Array} content @returns {Value} */
    utf8(content) {
      const at = allocate(content);
      const value = call("qjs_new_string", at, content.length);
      free(at, content.length);
      return checked(value);
    },
    /** A string of UTF-16. @param {Uint16Array} units @returns {Value} */
    wideString(units) {
      const content = new Uint8Array(units.buffer, units.byteOffset, units.byteLength);
      const at = allocate(content);
      const context = call("qjs_get_context_ptr");
      const raw = /** @type {bigint} */ (
        /** @type {unknown} */ (call("JS_NewStringUTF16", context, at, units.length))
      );
      free(at, content.length);
      const box = call("wasm_malloc", BOX_BYTES) >>> 0;
      view().setBigUint64(box, BigInt.asUintN(64, raw), true);
      return checked(box);
    },
    /** @param {number} given @returns {Value} */
    number: (given) => {
      // @ts-ignore doubles pass as they are
      return call("qjs_new_number", given);
    },
    undefined: () => call("qjs_get_undefined"),
    /** @param {Value[]} items @returns {Value} */
    array(items) {
      const made = call("qjs_new_array");
      items.forEach((item, index) => {
        call("qjs_set_prop_uint32", made, index, item);
        call("qjs_free_value", item);
      });
      return made;
    },
    /** @param {Uint8Array} content @returns {Value} */
    byteArray(content) {
      const at = allocate(content);
      const made = call("qjs_new_uint8_array", at, content.length);
      free(at, content.length);
      return checked(made);
    },
    /** A copy of the bytes of a typed array. @param {Value} value */
    bytesOf(value) {
      const at = call("wasm_malloc", 12) >>> 0;
      const buffer = checked(call("qjs_get_typed_array_buffer", value, at, at + 4, at + 8));
      const [offset, length] = [view().getUint32(at, true), view().getUint32(at + 4, true)];
      const start = call("qjs_get_array_buffer", buffer, at) >>> 0;
      call("wasm_free", at);
      call("qjs_free_value", buffer);
      return bytes().slice(start + offset, start + offset + length);
    },
    /** The text of a value, by its own rules. @param {Value} value */
    text(value) {
      const lengthAt = call("wasm_malloc", 4) >>> 0;
      const at = call("qjs_get_string_len", value, lengthAt) >>> 0;
      const length = view().getUint32(lengthAt, true);
      call("wasm_free", lengthAt);
      if (at === 0) throw new Thrown(call("qjs_get_exception"));
      const found = text(at, length);
      call("qjs_free_cstring", at);
      return found;
    },
    /** @param {string} name @returns {Value} */
    hostFunction(name) {
      const content = encoder.encode(name);
      const at = allocate(content);
      const made = checked(call("qjs_new_host_function", at, content.length, 0));
      free(at, content.length);
      return made;
    },
    /** Throws `Thrown`. @param {string} code @param {string} file @param {number} flags @returns {Value} */
    evaluate(code, file, flags) {
      const [source, name] = [encodeWtf8(code), encoder.encode(file)];
      const [sourceAt, nameAt] = [allocate(source), allocate(name)];
      const value = call("qjs_eval", sourceAt, source.length, nameAt, flags);
      free(sourceAt, source.length);
      free(nameAt, name.length);
      return checked(value);
    },
    /** Throws `Thrown`. @param {Value} callable @param {Value[]} given @returns {Value} */
    apply(callable, given) {
      const at = call("wasm_malloc", 4 * given.length + 4) >>> 0;
      given.forEach((value, index) => view().setUint32(at + 4 * index, value, true));
      const value = call("qjs_call", callable, call("qjs_get_undefined"), given.length, at);
      call("wasm_free", at);
      return checked(value);
    },
    /** @param {Value} object @param {string} name @returns {Value} */
    property(object, name) {
      const content = encoder.encode(name);
      const at = allocate(content);
      const value = call("qjs_get_prop_string", object, at);
      free(at, content.length);
      return checked(value);
    },
  };
  return bridge;
}

/** @typedef {ReturnType<typeof createBridge>} Bridge */

/** UTF-8 in which lone surrogates have three bytes. @param {string} text */
function encodeWtf8(text) {
  if (
    !/[\ud800-\udfff]/.test(text) ||
    !/(?:[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])/.test(text)
  )
    return encoder.encode(text);
  /** @type {number[]} */
  const made = [];
  for (const point of text) {
    const code = Number(point.codePointAt(0));
    if (code >= 0xd800 && code <= 0xdfff)
      made.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else made.push(...encoder.encode(point));
  }
  return Uint8Array.from(made);
}

/** Decodes UTF-8 with lone surrogates. @param {Uint8Array} content */
function decodeLoosely(content) {
  let made = "";
  for (let at = 0; at < content.length;) {
    const first = Number(content[at]);
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    let point = length === 1 ? first : first & (0xff >> (length + 1));
    for (let more = 1; more < length; more++) point = (point << 6) | (Number(content[at + more]) & 63);
    made += String.fromCodePoint(point & 0x1fffff);
    at += length;
  }
  return made;
}
