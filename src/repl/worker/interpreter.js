// @ts-check
/** One locked-down interpreter, which is started, run, saved and restored through plain values. */
import { createAttach, firstTextBytes } from "./attach.js";
import { HOME, bootPyodide } from "./boot.js";
import { createChance } from "./chance.js";
import { createChannel } from "./channel.js";
import { EPOCH_NS, createClock } from "./clock.js";
import { closeModules, freezeFiles } from "./close.js";
import { createFileQuota } from "./file-quota.js";
import { createFiles } from "./files.js";
import { createImage } from "./image.js";
import { createPathLimit } from "./path-limit.js";
import { createPython } from "./python.js";
import { createLockDown } from "./lock-down.js";
import { createSignals } from "./signals.js";
import { wheelPath } from "./wheel-files.js";

/** @typedef {import("../engine/protocol.ts").WorkerData} WorkerData */
/** @typedef {import("../engine/protocol.ts").StartRequest} StartRequest */
/** @typedef {import("../engine/protocol.ts").ExecRequest} ExecRequest */
/** @typedef {import("../engine/protocol.ts").ExecReply} ExecReply */
/** @typedef {import("../engine/protocol.ts").LoadRequest} LoadRequest */
/** @typedef {import("../engine/protocol.ts").AttachedLayer} AttachedLayer */
/** @typedef {import("../state/state.ts").InterpreterState} InterpreterState */
/** @typedef {import("./internals.ts").WasmImports} WasmImports */
/** @typedef {import("./internals.ts").WasmMemory} WasmMemory */

/** The index of the word in `control` that interrupts Python. */
const INTERRUPT = 1;
const encoder = new TextEncoder();
/** The state of the entropy on the floor. */
const FLOOR_CHANCE = 0;
const MAX_ANSWER_CHARS = 1_000_000;
/** Room for names, numbers and the marks for omitted characters. */
const REPORT_FRAME_BYTES = 8192;

/** @typedef {WorkerData & { readonly runtime: import("../engine/protocol.ts").Runtime }} PythonData */

/** Starts Pyodide with every import wrapped, before the lockdown. @param {PythonData} data */
async function bootWrapped(data) {
  const [clock, chance, lockDown, signals] = [
    createClock(),
    createChance(),
    createLockDown(),
    createSignals(),
  ];
  /** @type {{ memory?: WasmMemory, grow?: (bytes: number) => void }} */
  const late = {};
  const memory = () => /** @type {WasmMemory} */ (late.memory);
  const channel = createChannel(data, { clock, memory });
  const onMemory = (/** @type {WasmMemory} */ made, /** @type {WasmImports} */ imports) => {
    late.memory = made;
    late.grow = /** @type {(bytes: number) => void} */ (imports.env["emscripten_resize_heap"]);
  };
  const pathLimit = createPathLimit(memory);
  const joins = [channel, signals, pathLimit].map(
    (part) => (/** @type {WasmImports} */ imports) => part.join(imports),
  );
  const pyodide = await bootPyodide(
    data.runtime,
    { clock, chance, lockDown, joins, onMemory },
    data.snapshot,
  );
  const grow = (/** @type {number} */ bytes) => late.grow?.(bytes);
  return { pyodide, clock, chance, lockDown, signals, channel, pathLimit, memory, grow };
}

/** Starts an interpreter and locks it down. Throws `WheelError`. @param {PythonData} data */
export async function createInterpreter(data) {
  const { pyodide, clock, chance, lockDown, signals, channel, pathLimit, memory, grow } =
    await bootWrapped(data);
  const module = pyodide._module;
  const python = createPython(module);
  const engine = {
    run: python.lookUp("_rlm.session", "run"),
    report: python.lookUp("_rlm.session", "report"),
    begin: python.lookUp("_rlm.lock_down", "begin"),
    bindTools: python.lookUp("_rlm.session", "bind_tools"),
    importModules: python.lookUp("_rlm.session", "import_modules"),
    addPaths: python.lookUp("_rlm.wheels", "add_paths"),
    loadWheel: python.lookUp("_rlm.wheels", "load_wheel"),
  };
  const attach = createAttach(module, python);
  pyodide.setInterruptBuffer(data.control.subarray(INTERRUPT, INTERRUPT + 1));
  // What these two change in memory is part of the floor, which an interpreter that is given one takes over below.
  const isFloorKnown = data.base !== null && data.runtime.wheels.length === 0;
  if (!isFloorKnown) python.run(python.lookUp("_rlm.lock_down", "lock_down"));
  closeModules(pyodide, isFloorKnown ? null : python);
  // The stamps of the files below are the same in every worker, whatever read the clock before.
  clock.begin(EPOCH_NS);
  chance.set(FLOOR_CHANCE);
  module.FS.chdir(HOME);
  freezeFiles(module.FS, chance, data.runtime.wheels);
  lockDown.engage();
  const folders = foldersOf(data.runtime.wheels);
  if (folders.length > 0) python.run(engine.addPaths, python.bytes(toJson(folders.map(({ path }) => path))));
  for (const folder of folders) importWheel(folder, (request) => python.text(engine.loadWheel, request));

  const base = data.base ?? shared(module.HEAPU8);
  const image = createImage({ memory, stackPointer: module.___stack_pointer, base, grow });
  if (isFloorKnown) image.restore(null, null);
  const files = createFiles(module.FS);
  const quota = createFileQuota(module.FS);
  pathLimit.guard(module.FS);

  /** @param {InterpreterState | null} state @param {AttachedLayer | null} layer @param {number} filled as for `image.restore` */
  function restore(state, layer, filled = 0) {
    image.restore(state?.memory ?? null, layer && { id: layer.id, set: layer.state.memory }, filled);
    files.restore(state?.files ?? null);
    const origin = state ?? layer?.state;
    if (origin) clock.set(origin);
    else clock.begin(EPOCH_NS);
    chance.set(origin?.chance ?? FLOOR_CHANCE);
    quota.reset();
    lockDown.takeViolations();
  }

  /** @param {Parameters<typeof image.save>[0]} where @returns {InterpreterState} */
  function save(where) {
    return { memory: image.save(where), files: files.save(), ...clock.get(), chance: chance.get() };
  }

  /** Runs the policy's code. Calls and interrupts are possible only meanwhile. @param {ExecRequest} request */
  function runBlock({ code, maxOutputChars, clockNs }) {
    image.touch();
    if (clockNs !== null) clock.forwardTo(clockNs);
    Atomics.store(data.control, INTERRUPT, 0);
    channel.setOpen(true);
    signals.hear(true);
    try {
      python.tryRun(engine.run, python.bytes(encoder.encode(`${maxOutputChars}\n${code}`)));
    } finally {
      signals.hear(false);
      channel.setOpen(false);
    }
  }

  /** Runs a block. After a crash the interpreter must be restored. @param {ExecRequest} request @returns {ExecReply} */
  function exec(request) {
    /** @type {{ report: string | null, crash: string | null }} */
    let outcome;
    try {
      runBlock(request);
      outcome = { report: python.json(engine.report, maxReportBytes(request.maxOutputChars)), crash: null };
    } catch (error) {
      outcome = { report: null, crash: describe(error) };
    }
    return { ...outcome, heapBytes: memory().buffer.byteLength, violations: lockDown.takeViolations() };
  }

  return {
    base,
    exec,
    save: () => save({ shared: false }),
    /** Makes a clean interpreter with a context. @param {StartRequest} request */
    start({ layout, layer, makeLayer, seed, clockNs, tools, imported }) {
      restore(null, layer, layout ? firstTextBytes(layout) : 0);
      // Binding a context may fail in the middle.
      image.touch();
      let spans = layout ? attach(layout) : [];
      if (layout && !image.isWhole(spans)) {
        restore(null, layer);
        image.touch();
        spans = attach(layout);
      }
      // A child process shares no memory with its host, which gets the whole layer.
      const shares = data.mailbox !== null;
      const made = makeLayer === null ? null : save({ shared: true, spans: shares ? spans : [] });
      if (made && makeLayer !== null) image.adopt({ id: makeLayer, set: made.memory });
      image.touch();
      clock.begin(clockNs ?? EPOCH_NS);
      chance.set(seed);
      python.run(engine.begin, python.bytes(encoder.encode(String(seed))));
      if (tools !== null) python.run(engine.bindTools, python.bytes(encoder.encode(tools)));
      if (imported !== "") python.run(engine.importModules, python.bytes(encoder.encode(imported)));
      return { layer: made, heapBytes: memory().buffer.byteLength };
    },
    /** Forgets the episode, while nobody waits for the memory to be restored. */
    clear: () => image.clear(),
    /** Restores a saved state. @param {LoadRequest} request */
    load({ state, layer }) {
      restore(state, layer);
      return { heapBytes: memory().buffer.byteLength };
    },
  };
}

/** A wheel that a user added cannot be used. */
export class WheelError extends Error {}

/** The import folders of all wheels. @param {import("../engine/protocol.ts").Runtime["wheels"]} wheels */
function foldersOf(wheels) {
  return wheels.flatMap(({ name, roots }) =>
    roots.map(({ folder, modules }) => ({
      name,
      path: folder ? `${wheelPath(name)}/${folder}` : wheelPath(name),
      modules,
    })),
  );
}

/**
 * Imports a wheel after the lockdown, so that its code never runs while Python can reach JavaScript. Throws `WheelError`.
 * @param {ReturnType<typeof foldersOf>[number]} wheel @param {(request: Uint8Array) => string} load
 */
function importWheel({ name, path, modules }, load) {
  const fault = tryToLoad(load, toJson([path, modules]));
  if (fault) throw new WheelError(`the wheel ${name} cannot be used: ${fault}`);
}

/** @param {(request: Uint8Array) => string} load @param {Uint8Array} request */
function tryToLoad(load, request) {
  try {
    return load(request);
  } catch (error) {
    return `its import brought the interpreter down (${describe(error)})`;
  }
}

/** @param {unknown} value */
function toJson(value) {
  return encoder.encode(JSON.stringify(value));
}

/** An escaped code point takes at most twelve bytes. @param {number} maxOutputChars */
function maxReportBytes(maxOutputChars) {
  return 12 * (maxOutputChars + MAX_ANSWER_CHARS) + REPORT_FRAME_BYTES;
}

/** @param {Uint8Array} bytes */
function shared(bytes) {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** Emscripten throws objects that are not errors but have a name and a message. @param {unknown} error */
function describe(error) {
  const { name, message } = /** @type {{ name?: unknown, message?: unknown }} */ (error ?? {});
  return `${String(name)}: ${String(message)}`;
}
