// @ts-check
/** JavaScript in QuickJS, as the guest of a worker. */
import { Output, cutMiddle, share } from "../guest/output.js";
import { Thrown, createBridge } from "./bridge.js";
import { prepare } from "./source.js";

/** @typedef {import("../guest/guest.ts").Guest} Guest */
/** @typedef {import("../state/context-layout.ts").ContextLayout} ContextLayout */
/** @typedef {import("./bridge.js").Value} Value */

/** Evaluates as a script that may await at its top. */
const ASYNC = 128;
const PENDING = 0;
const REJECTED = 2;
const STACK_BYTES = 512 << 10;
/** What the interpreter itself and its reports need beside the values of a policy. */
const SPARE_BYTES = 16 << 20;
const [NOTHING, ENOUGH_BYTES] = ["", 6];
/** The functions of the prelude that the worker calls. */
const CALLED = /** @type {const} */ (["show", "finish", "describe", "bind", "bindJson", "defineTools"]);

/** @type {import("../guest/guest.ts").CreateGuest} */
export async function createGuest(runtime, host, strip) {
  const { parse } = await import(String(runtime.settings["parserUrl"]));
  strip();
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
  const prelude = bridge.evaluate(String(runtime.settings["prelude"]), "<engine>", 0);
  const engine = bridge.apply(
    prelude,
    ["print", "ask", "random"].map((name) => bridge.hostFunction(name)),
  );
  const called = Object.fromEntries(CALLED.map((name) => [name, bridge.property(engine, name)]));
  const callOwn = (/** @type {typeof CALLED[number]} */ name, /** @type {Value[]} */ ...given) => {
    const value = bridge.apply(Number(called[name]), given);
    given.forEach((one) => bridge.free(one));
    return value;
  };
  bridge.call("qjs_set_interrupt_handler", 1);
  bridge.call("qjs_set_promise_rejection_handler", 1);
  bridge.call("qjs_set_memory_limit", Math.max(runtime.maxHeapBytes - SPARE_BYTES, SPARE_BYTES));
  bridge.call("qjs_run_gc");
  // The number of blocks so far is part of the state, so that it stands in the interpreter's memory.
  const blocksAt = bridge.call("wasm_malloc", 4) >>> 0;
  const countBlock = () => {
    const view = new DataView(bridge.memory().buffer);
    view.setUint32(blocksAt, view.getUint32(blocksAt, true) + 1, true);
    return view.getUint32(blocksAt, true);
  };
  new DataView(bridge.memory().buffer).setUint32(blocksAt, 0, true);

  /** Runs all that waits, until the interrupt. Throws `Thrown`. */
  function runJobs() {
    while (bridge.call("qjs_is_job_pending") !== 0) {
      if (bridge.call("qjs_execute_pending_job") < 0) throw new Thrown(bridge.call("qjs_get_exception"));
    }
  }

  /** Runs the code, and returns its value. Throws `Thrown`. @param {string} code */
  function evaluate(code) {
    const prepared = prepare(code, parse);
    const file = `<block ${countBlock()}>`;
    let value = bridge.evaluate(prepared.code, file, prepared.isAsync ? ASYNC : 0);
    runJobs();
    if (prepared.isAsync) {
      const state = bridge.call("qjs_promise_state", value);
      if (state === PENDING) {
        bridge.free(value);
        throw new Error("the block awaits something that never comes");
      }
      const result = bridge.call("qjs_promise_result", value);
      if (state === REJECTED) {
        rejections.delete(bridge.call("qjs_get_value_ptr", value));
        throw new Thrown(result);
      }
      value = bridge.property(result, "value");
    }
    const [unhandled] = rejections.values();
    if (unhandled !== undefined) throw new Thrown(unhandled);
    return prepared.hasValue ? value : null;
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

  return {
    memory: bridge.memory(),
    stackPointer: bridge.stackPointer(),
    bind(layout) {
      const isJson = layout.type === "json";
      callOwn(isJson ? "bindJson" : "bind", contextOf(layout, bridge));
    },
    begin({ tools }) {
      if (tools !== null) callOwn("defineTools", bridge.string(tools));
    },
    run(code, maxOutputChars) {
      streams = { stdout: new Output(maxOutputChars), stderr: new Output(maxOutputChars) };
      rejections.clear();
      /** @type {{ value: string | null, exception: string | null, kind: "ok" | "exception" | "memory" }} */
      const end = { value: null, exception: null, kind: "ok" };
      try {
        const value = evaluate(code);
        if (value !== null && bridge.call("qjs_is_undefined", value) === 0)
          end.value = bridge.text(callOwn("show", value));
      } catch (error) {
        // A trap leaves the memory in an unknown state, and so does a stack of the host that is used up.
        if (isTrap(error)) throw error;
        end.exception = trying(() => describe(error), "Error: the error could not be shown");
        const isMemory = /out of memory/.test(end.exception) && error instanceof Thrown;
        end.kind = isMemory ? "memory" : "exception";
      }
      rejections.clear();
      const read = () => JSON.parse(bridge.text(callOwn("finish")));
      const { answer, restored } = trying(read, { answer: null, restored: [] });
      const value = end.value === null ? null : cutMiddle(end.value, 2 * maxOutputChars)[0];
      const shown = share({
        ...streams,
        value: end.value === null ? null : value,
        exception: end.exception,
        limit: maxOutputChars,
      });
      return { kind: end.kind, ...shown, answer, restored };
    },
  };
}

/** @param {ContextLayout} layout @param {import("./bridge.js").Bridge} bridge */
function contextOf(layout, bridge) {
  if (layout.type === "lazy") throw new Error("a text of this length cannot be a JavaScript string here");
  if (layout.type === "bytes") return bridge.byteArray(layout.data);
  const texts = Array.from(layout.lengths, (_, at) => textOf(layout, at, bridge));
  return layout.type === "list" ? bridge.array(texts) : (texts[0] ?? bridge.string(NOTHING));
}

/** @param {ContextLayout} layout @param {number} at @param {import("./bridge.js").Bridge} bridge */
function textOf({ data, widths, lengths, offsets }, at, bridge) {
  const [width, length, offset] = [Number(widths[at]), Number(lengths[at]), Number(offsets[at])];
  if (width === 0) return bridge.utf8(data.subarray(offset, offset + length));
  if (width === 1) return bridge.wideString(Uint16Array.from(data.subarray(offset, offset + length)));
  if (width === 2) return bridge.wideString(new Uint16Array(data.slice(offset, offset + 2 * length).buffer));
  const points = new Uint32Array(data.slice(offset, offset + 4 * length).buffer);
  const units = new Uint16Array(points.reduce((sum, point) => sum + (point > 0xffff ? 2 : 1), 0));
  let end = 0;
  for (const point of points) {
    if (point > 0xffff) units[end++] = 0xd800 + ((point - 0x10000) >> 10);
    units[end++] = point > 0xffff ? 0xdc00 + ((point - 0x10000) & 0x3ff) : point;
  }
  return bridge.wideString(units);
}

/** @param {unknown} error */
function isTrap(error) {
  const { RuntimeError } = /** @type {{ RuntimeError: new () => Error }} */ (
    Reflect.get(globalThis, "WebAssembly")
  );
  return error instanceof RuntimeError || error instanceof RangeError;
}
