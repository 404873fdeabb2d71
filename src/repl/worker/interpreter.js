// @ts-check
/** One sealed interpreter: started, run, saved and restored through plain values. */
import { createAttach } from "./attach.js";
import { HOME, bootPyodide } from "./boot.js";
import { createChance } from "./chance.js";
import { createChannel } from "./channel.js";
import { EPOCH_NS, createClock } from "./clock.js";
import { closeModules, freezeFiles } from "./close.js";
import { createFiles } from "./files.js";
import { createImage } from "./image.js";
import { createPython } from "./python.js";
import { createSeal } from "./seal.js";

/** @typedef {import("../protocol.ts").WorkerData} WorkerData */
/** @typedef {import("../protocol.ts").StartRequest} StartRequest */
/** @typedef {import("../protocol.ts").ExecRequest} ExecRequest */
/** @typedef {import("../protocol.ts").ExecReply} ExecReply */
/** @typedef {import("../protocol.ts").LoadRequest} LoadRequest */
/** @typedef {import("../state.ts").InterpreterState} InterpreterState */

const encoder = new TextEncoder();
/** Where the clock and the entropy stand while the floor is laid, whatever the host's were. */
const FLOOR_CHANCE = 0;

/** @param {WorkerData} data */
async function bootSealed(data) {
  const [clock, chance, seal] = [createClock(), createChance(), createSeal()];
  /** @type {import("./internals.ts").WasmMemory | undefined} */
  let memory;
  /** @type {((bytes: number) => void) | undefined} */
  let grow;
  const currentMemory = () => /** @type {import("./internals.ts").WasmMemory} */ (memory);
  const channel = createChannel({ calls: data.calls, control: data.control, clock, memory: currentMemory });
  const onMemory = (
    /** @type {import("./internals.ts").WasmMemory} */ made,
    /** @type {import("./internals.ts").WasmImports} */ imports,
  ) => {
    memory = made;
    grow = /** @type {(bytes: number) => void} */ (imports.env["emscripten_resize_heap"]);
  };
  const pyodide = await bootPyodide(
    data.runtime,
    { clock, chance, seal, joins: [(imports) => channel.join(imports)], onMemory },
    data.snapshot,
  );
  const growTo = (/** @type {number} */ bytes) => grow?.(bytes);
  return { pyodide, clock, chance, seal, channel, memory: currentMemory, grow: growTo };
}

/** @param {WorkerData} data */
export async function createInterpreter(data) {
  const { pyodide, clock, chance, seal, channel, memory, grow } = await bootSealed(data);
  const module = pyodide._module;
  const python = createPython(module);
  const engine = {
    run: python.lookUp("_rlm.session", "run"),
    report: python.lookUp("_rlm.session", "report"),
    begin: python.lookUp("_rlm.seal", "begin"),
  };
  const attach = createAttach(module, python);
  pyodide.setInterruptBuffer(data.control.subarray(1, 2));
  python.run(python.lookUp("_rlm.seal", "seal"));
  closeModules(pyodide, python);
  module.FS.chdir(HOME);
  freezeFiles(module.FS, chance);
  seal.close();

  const base = data.base ?? shared(module.HEAPU8);
  const image = createImage({ memory, stackPointer: module.___stack_pointer, base, grow });
  const files = createFiles(module.FS);

  /** @param {InterpreterState | null} state @param {InterpreterState | null} layer */
  function restore(state, layer) {
    image.restore(state?.memory ?? null, layer?.memory ?? null);
    files.restore(state?.files ?? null);
    const origin = state ?? layer;
    clock.set(origin?.clockNs ?? EPOCH_NS);
    chance.set(origin?.chance ?? FLOOR_CHANCE);
    seal.takeViolations();
  }

  /** @returns {InterpreterState} */
  function save() {
    return { memory: image.save(), files: files.save(), clockNs: clock.get(), chance: chance.get() };
  }

  /** Runs a block; an error means that the interpreter is worthless until it is restored. @param {ExecRequest} request */
  function exec({ code, maxOutputChars }) {
    image.touch();
    Atomics.store(data.control, 1, 0);
    channel.setOpen(true);
    try {
      if (
        !module._PyObject_CallOneArg(engine.run, python.bytes(encoder.encode(`${maxOutputChars}\n${code}`)))
      ) {
        module._PyErr_Clear();
      }
      channel.setOpen(false);
      Atomics.store(data.control, 1, 0);
      const report = python.text(engine.report);
      return {
        report,
        crash: null,
        heapBytes: memory().buffer.byteLength,
        violations: seal.takeViolations(),
      };
    } catch (error) {
      channel.setOpen(false);
      return {
        report: null,
        crash: describe(error),
        heapBytes: memory().buffer.byteLength,
        violations: seal.takeViolations(),
      };
    }
  }

  return {
    base,
    exec,
    save,
    /** Makes a clean interpreter with a context. @param {StartRequest} request */
    start({ layout, layer, makeLayer, seed, clockNs }) {
      restore(null, layer);
      if (layout) attach(layout);
      const made = makeLayer ? save() : null;
      image.touch();
      clock.set(clockNs ?? EPOCH_NS);
      chance.set(seed);
      python.run(engine.begin, python.bytes(encoder.encode(String(seed))));
      return { layer: made, heapBytes: memory().buffer.byteLength };
    },
    /** Makes the interpreter what it was when a state was saved. @param {LoadRequest} request */
    load({ state, layer }) {
      restore(state, layer);
      return { heapBytes: memory().buffer.byteLength };
    },
  };
}

/** @param {Uint8Array} bytes */
function shared(bytes) {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** @param {unknown} error @returns {string} */
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message}`;
}
