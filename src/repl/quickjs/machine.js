// @ts-check
/**
 * QuickJS as the machine of a guest, whatever language runs on it: starting it, its memory and stack, the functions of the host,
 * running what waits, and the report of a block.
 */
import { Output, cutMiddle, share } from "../guest/output.js";
import { Thrown, createBridge } from "./bridge.js";

/** @typedef {import("../guest/guest.ts").Guest} Guest */
/** @typedef {import("../guest/guest.ts").GuestHost} GuestHost */
/** @typedef {import("../engine/protocol.ts").GuestRuntime} GuestRuntime */
/** @typedef {import("../state/context-layout.ts").ContextLayout} ContextLayout */
/** @typedef {import("./bridge.js").Value} Value */
/** @typedef {import("./bridge.js").Bridge} Bridge */
/** @typedef {Awaited<ReturnType<typeof startMachine>>} Machine */

const PENDING = 0;
const REJECTED = 2;
const STACK_BYTES = 512 << 10;
/** What the interpreter itself and its reports need beside the values of a policy. */
const SPARE_BYTES = 16 << 20;
const ENOUGH_BYTES = 6;
const NANOSECONDS = 1e9;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const latin1 = new TextDecoder("latin1");
const encoder = new TextEncoder();

/** The functions of the host, in the order in which a source gets them. */
const HOST_FUNCTIONS = ["print", "ask", "random", "encode", "decode", "decodeBytes", "sleep"];

/** A block used up the memory, and the state after it is of no use. */
class MemoryUsedUp extends Error {
  /** @override */
  name = "MemoryUsedUp";
}

/**
 * Starts QuickJS and evaluates the sources in their order. A source whose value is a function is called with the host's
 * functions; the last one's result is the engine, whose functions of the names `called` the worker calls. With
 * `undoesMemory`, a block that used up the memory is undone as a whole.
 * @param {GuestRuntime} runtime @param {GuestHost} host
 * @param {{ sources: readonly (readonly [text: string, file: string])[], called: readonly string[], undoesMemory?: boolean }} parts
 */
export async function startMachine(runtime, host, { sources, called, undoesMemory = false }) {
  /** @type {{ stdout: Output, stderr: Output }} */
  let streams = { stdout: new Output(0), stderr: new Output(0) };
  /** @type {Map<number, Value>} Rejections of promises that nobody has handled, by the promise's object. */
  const rejections = new Map();

  const bridge = createBridge(runtime.module, {
    clockNs: () => host.clock.read(),
    fillBytes: (bytes) => host.chance.fillBytes(bytes),
    isInterrupted: () => host.isInterrupted(),
    functions: {
      print: ([stream = 0, text = 0], own) => {
        const isError = own.text(stream) === "1";
        (isError ? streams.stderr : streams.stdout).write(own.text(text));
        return own.undefined();
      },
      ask: ([kind = 0, request = 0], own) => {
        const isTool = own.text(kind) === "H";
        return own.string(JSON.stringify(host.ask(isTool ? "H" : "J", JSON.parse(own.text(request)))));
      },
      random: (_, own) => {
        let drawn = 0;
        for (let at = 0; at < ENOUGH_BYTES; at++) drawn = (drawn + host.chance.byte()) / 256;
        return own.number(drawn);
      },
      encode: ([text = 0], own) => own.byteArray(encoder.encode(own.text(text))),
      decode: ([bytes = 0, strictly = 0], own) => {
        const isStrict = own.text(strictly) === "true";
        const text = decoded(own.bytesOf(bytes), isStrict);
        return text === null ? own.undefined() : own.string(text);
      },
      decodeBytes: ([bytes = 0], own) => own.utf8(encoder.encode(latin1Text(own.bytesOf(bytes)))),
      sleep: ([milliseconds = 0], own) => {
        host.clock.advance(Math.min(Math.max(Number(own.text(milliseconds)) || 0, 0) / 1000, NANOSECONDS));
        return own.undefined();
      },
    },
    onRejection: (promise, reason, isHandled) => {
      const object = bridge.call("qjs_get_value_ptr", promise);
      bridge.free(promise);
      if (!isHandled) rejections.set(object, reason);
      else {
        rejections.delete(object);
        bridge.free(reason);
      }
    },
  });
  await bridge.start();
  bridge.call("qjs_set_max_stack_size", STACK_BYTES);
  let engine = 0;
  for (const [text, file] of sources) {
    const value = bridge.evaluate(text, file, 0);
    engine =
      bridge.call("qjs_is_function", value) === 0
        ? value
        : bridge.apply(
            value,
            HOST_FUNCTIONS.map((name) => bridge.hostFunction(name)),
          );
    runJobs();
  }
  const functions = Object.fromEntries(called.map((name) => [name, bridge.property(engine, name)]));
  const callOwn = (/** @type {string} */ name, /** @type {Value[]} */ ...given) => {
    const value = bridge.apply(Number(functions[name]), given);
    given.forEach((one) => bridge.free(one));
    return value;
  };
  bridge.call("qjs_set_interrupt_handler", 1);
  bridge.call("qjs_set_promise_rejection_handler", 1);
  bridge.call("qjs_set_memory_limit", Math.max(runtime.maxHeapBytes - SPARE_BYTES, SPARE_BYTES));
  bridge.call("qjs_run_gc");

  /** Runs all that waits, until the interrupt. Throws `Thrown`. */
  function runJobs() {
    while (bridge.call("qjs_is_job_pending") !== 0) {
      if (bridge.call("qjs_execute_pending_job") < 0) throw new Thrown(bridge.call("qjs_get_exception"));
    }
  }

  /** What a promise came to, once all that waits has run. Throws `Thrown`. @param {Value} promise */
  function settled(promise) {
    runJobs();
    const state = bridge.call("qjs_promise_state", promise);
    if (state === PENDING) {
      bridge.free(promise);
      throw new Error("the block awaits something that never comes");
    }
    const result = bridge.call("qjs_promise_result", promise);
    if (state !== REJECTED) return result;
    rejections.delete(bridge.call("qjs_get_value_ptr", promise));
    throw new Thrown(result);
  }

  /** @param {unknown} error */
  function describe(error) {
    if (!(error instanceof Thrown)) return error instanceof Error ? `Error: ${error.message}` : String(error);
    // Of an error that cannot be caught, such as an interrupt, no code of the policy may run.
    if (bridge.call("qjs_is_uncatchable_error", error.value) !== 0) return bridge.text(error.value);
    return bridge.text(callOwn("describe", bridge.call("qjs_dup_value", error.value)));
  }

  /** @param {() => T} work @param {T} otherwise @template T */
  function trying(work, otherwise) {
    try {
      return work();
    } catch (error) {
      // A trap leaves the memory in an unknown state.
      if (!(error instanceof Thrown)) throw error;
      return otherwise;
    }
  }

  /**
   * Runs a block and reports it. `evaluate` returns the text of its value, or null, and may throw `Thrown`.
   * @param {number} maxOutputChars @param {() => string | null} evaluate @returns {import("../guest/guest.ts").GuestReport}
   */
  function report(maxOutputChars, evaluate) {
    streams = { stdout: new Output(maxOutputChars), stderr: new Output(maxOutputChars) };
    rejections.clear();
    /** @type {{ value: string | null, exception: string | null, kind: "ok" | "exception" | "memory" }} */
    const end = { value: null, exception: null, kind: "ok" };
    try {
      end.value = evaluate();
      const [unhandled] = rejections.values();
      if (unhandled !== undefined) throw new Thrown(unhandled);
    } catch (error) {
      // A trap leaves the memory in an unknown state, and so does a stack of the host that is used up.
      if (isTrap(error)) throw error;
      end.exception = trying(() => describe(error), "Error: the error could not be shown");
      const isMemory = /out of memory/.test(end.exception) && error instanceof Thrown;
      if (isMemory && undoesMemory) throw new MemoryUsedUp(end.exception, { cause: error });
      end.kind = isMemory ? "memory" : "exception";
    }
    rejections.clear();
    const read = () => JSON.parse(bridge.text(callOwn("finish")));
    const { answer, restored } = trying(read, { answer: null, restored: [] });
    const shown = share({
      ...streams,
      value: end.value === null ? null : cutMiddle(end.value, 2 * maxOutputChars)[0],
      exception: end.exception,
      limit: maxOutputChars,
    });
    return { kind: end.kind, ...shown, answer, restored };
  }

  /** Does what is not the policy's code; what it throws is an error with the text of what was thrown. @param {() => void} work */
  function setUp(work) {
    try {
      work();
    } catch (error) {
      throw error instanceof Thrown ? new Error(describe(error), { cause: error }) : error;
    }
  }

  return { bridge, callOwn, runJobs, settled, report, setUp };
}

/** Null if the bytes are no UTF-8 and have to be. @param {Uint8Array} bytes @param {boolean} isStrict */
function decoded(bytes, isStrict) {
  try {
    return (isStrict ? strictDecoder : decoder).decode(bytes);
  } catch {
    return null;
  }
}

/** One character a byte; not windows-1252, which the decoder of that name is. @param {Uint8Array} bytes */
function latin1Text(bytes) {
  // Only these bytes differ.
  return bytes.some((byte) => byte >= 0x80 && byte < 0xa0)
    ? Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")
    : latin1.decode(bytes);
}

/** @param {unknown} error */
function isTrap(error) {
  const { RuntimeError } = /** @type {{ RuntimeError: new () => Error }} */ (
    Reflect.get(globalThis, "WebAssembly")
  );
  return error instanceof RuntimeError || error instanceof RangeError;
}
