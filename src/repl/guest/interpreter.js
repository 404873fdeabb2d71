// @ts-check
/**
 * One interpreter that is a single WebAssembly module, whatever its language. A guest brings the module to life; everything
 * around it is here: reset, save and resume by pages of memory, the clock, chance, and calls of the host.
 */
import { createChance } from "../worker/chance.js";
import { EPOCH_NS, createClock } from "../worker/clock.js";
import { createImage } from "../worker/image.js";
import { stripRealm } from "../worker/realm.js";
import { createHostLine, MAX_REQUEST_BYTES } from "./host-line.js";

/** @typedef {import("../engine/protocol.ts").WorkerData} WorkerData */
/** @typedef {import("../engine/protocol.ts").GuestRuntime} GuestRuntime */
/** @typedef {import("../engine/protocol.ts").StartRequest} StartRequest */
/** @typedef {import("../engine/protocol.ts").ExecRequest} ExecRequest */
/** @typedef {import("../engine/protocol.ts").ExecReply} ExecReply */
/** @typedef {import("../engine/protocol.ts").LoadRequest} LoadRequest */
/** @typedef {import("../engine/protocol.ts").AttachedLayer} AttachedLayer */
/** @typedef {import("../state/state.ts").InterpreterState} InterpreterState */
/** @typedef {import("./guest.ts").Guest} Guest */

/** The words of `control`, as in worker/control.js. */
const [INTERRUPT, SIGINT] = [1, 2];
const FLOOR_CHANCE = 0;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @param {WorkerData & { readonly runtime: GuestRuntime }} data */
export async function createGuestInterpreter(data) {
  const { runtime, control } = data;
  const [clock, chance] = [createClock(), createChance()];
  const askHost = createHostLine(data);
  let isOpen = false;
  /** @type {import("./guest.ts").GuestHost} */
  const host = {
    clock,
    chance,
    isInterrupted: () => isOpen && Atomics.load(control, INTERRUPT) === SIGINT,
    ask: (kind, request) => {
      if (!isOpen) return { error: "the host can be called from a running block alone" };
      const body = encoder.encode(kind + JSON.stringify(request));
      if (body.length > MAX_REQUEST_BYTES)
        return {
          error: `the request holds ${body.length} bytes, and at most ${MAX_REQUEST_BYTES} may be sent at once`,
        };
      return JSON.parse(decoder.decode(askHost(body)));
    },
  };
  const { createGuest } = /** @type {{ createGuest: import("./guest.ts").CreateGuest }} */ (
    await import(runtime.guestUrl)
  );
  const guest = await createGuest(runtime, host, () => stripRealm({ clock, chance, files: new Map() }));
  const { memory } = guest;
  const base = data.base ?? shared(new Uint8Array(memory.buffer));
  const image = createImage({
    memory: () => memory,
    stackPointer: guest.stackPointer,
    base,
    grow: (bytes) => void memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / 65536)),
  });
  const heapBytes = () => memory.buffer.byteLength;

  /** @param {InterpreterState | null} state @param {AttachedLayer | null} layer */
  function restore(state, layer) {
    image.restore(state?.memory ?? null, layer && { id: layer.id, set: layer.state.memory });
    const origin = state ?? layer?.state;
    if (origin) clock.set(origin);
    else clock.begin(EPOCH_NS);
    chance.set(origin?.chance ?? FLOOR_CHANCE);
  }

  /** @param {{ shared: boolean }} where @returns {InterpreterState} */
  const save = (where) => ({ memory: image.save(where), files: null, ...clock.get(), chance: chance.get() });

  return {
    base,
    /** @param {StartRequest} request */
    start({ layout, layer, makeLayer, seed, clockNs, tools, imported }) {
      restore(null, layer);
      // Binding a context may fail in the middle.
      image.touch();
      /** @type {InterpreterState | null} */
      let made = null;
      if (layout) {
        guest.bind(layout);
        if (makeLayer !== null) {
          made = save({ shared: true });
          image.adopt({ id: makeLayer, set: made.memory });
        }
      }
      image.touch();
      clock.begin(clockNs ?? EPOCH_NS);
      chance.set(seed);
      guest.begin({ seed, tools, imported: imported === "" ? [] : imported.split(" ") });
      return { layer: made, heapBytes: heapBytes() };
    },
    /** Runs a block. After a crash the interpreter must be restored. @param {ExecRequest} request @returns {ExecReply} */
    exec({ code, maxOutputChars, clockNs }) {
      image.touch();
      if (clockNs !== null) clock.forwardTo(clockNs);
      Atomics.store(control, INTERRUPT, 0);
      isOpen = true;
      try {
        const report = JSON.stringify(guest.run(code, maxOutputChars));
        return { report, crash: null, heapBytes: heapBytes(), violations: 0 };
      } catch (error) {
        return { report: null, crash: describe(error), heapBytes: heapBytes(), violations: 0 };
      } finally {
        isOpen = false;
      }
    },
    save: () => save({ shared: false }),
    /** Forgets the episode, while nobody waits for the memory to be restored. */
    clear: () => image.clear(),
    /** Restores a saved state. @param {LoadRequest} request */
    load({ state, layer }) {
      restore(state, layer);
      return { heapBytes: heapBytes() };
    },
  };
}

/** @param {unknown} error */
function describe(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** @param {Uint8Array} bytes */
function shared(bytes) {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
