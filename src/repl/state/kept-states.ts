/** Keeps the saved states of a pool: recently used ones as they are (hot), others compressed (cold), and more on disk. */
import { deserialize, serialize } from "node:v8";
import { rm } from "node:fs/promises";
import { readFromDisk, StateFolder } from "./state-folder.ts";
import { ColdPages, compress, decompress, takeOut, type ColdData } from "./cold-pages.ts";
import type { InterpreterState } from "./state.ts";

/** A compressed state in memory: the data of its pages, and everything else in it. */
interface ColdState {
  readonly data: ColdData;
  readonly rest: Uint8Array;
  readonly restBytes: number;
}

/** A state that is not hot: compressed in memory, or in a file. */
type PutAway = ColdState | { readonly file: string };

/** The memory and the file to free once a state is no longer needed. */
interface Held {
  coldBytes: number;
  file: string | null;
}

/** A saved state. It is immutable: any number of REPLs can resume it. */
export class KeptState {
  /** Bytes of memory pages and files that it takes while it is hot. */
  readonly bytes: number;
  /** Whether a snapshot refers to it, which may outlive the episode. */
  isGivenAway = false;
  hot: InterpreterState | null;
  cold: PutAway | null = null;
  readonly #states: KeptStates | null;

  /** Without `states`, the state stays hot. */
  constructor(state: InterpreterState, states: KeptStates | null = null) {
    this.hot = state;
    this.bytes = bytesOf(state);
    this.#states = states;
  }

  /** The state as it was saved. Reading a cold state makes it hot. */
  async read(): Promise<InterpreterState> {
    const state = this.hot ?? (await this.#warmed());
    this.hot = state;
    this.#states?.touch(this);
    return state;
  }

  async #warmed(): Promise<InterpreterState> {
    if (!this.cold) throw new Error("the saved state is neither in memory nor on disk");
    return "file" in this.cold ? await readFromDisk(this.cold.file) : await warm(this.cold);
  }
}

/** The saved states of a pool, within bounds on memory. */
export class KeptStates {
  readonly #maxHotBytes: number;
  readonly #maxColdBytes: number;
  readonly #disk = new StateFolder();
  readonly #held = new Map<WeakRef<KeptState>, Held>();
  #coldBytes = 0;
  readonly #pages = new ColdPages();
  /** Hot states with their bytes; the last used one is last. Unreachable states are collected and then forgotten. */
  readonly #hot = new Map<WeakRef<KeptState>, number>();
  readonly #refs = new WeakMap<KeptState, WeakRef<KeptState>>();
  readonly #collected = new FinalizationRegistry<WeakRef<KeptState>>((ref) => {
    this.#forget(ref);
    this.#giveBack(ref);
  });
  #hotBytes = 0;
  #cooling: Promise<void> | null = null;

  /** Beyond `maxHotBytes` states are compressed; beyond `maxColdBytes` of compressed states, further ones go to disk. */
  constructor(maxHotBytes: number, maxColdBytes = Infinity) {
    this.#maxHotBytes = maxHotBytes;
    this.#maxColdBytes = maxColdBytes;
  }

  /** Bytes of memory that compressed states take. */
  get coldBytes(): number {
    return this.#coldBytes;
  }

  /** Keeps a state. Waits if states come faster than they can be compressed. */
  async keep(state: InterpreterState): Promise<KeptState> {
    const kept = new KeptState(state, this);
    const ref = new WeakRef(kept);
    this.#refs.set(kept, ref);
    this.#collected.register(kept, ref);
    this.touch(kept);
    if (this.#hotBytes > 1.25 * this.#maxHotBytes) await this.#cooling;
    return kept;
  }

  /** Marks a state as used, so that it is compressed last. */
  touch(kept: KeptState): void {
    const ref = this.#refs.get(kept);
    if (!ref) return;
    this.#forget(ref);
    this.#hot.set(ref, kept.bytes);
    this.#hotBytes += kept.bytes;
    if (this.#hotBytes > this.#maxHotBytes)
      this.#cooling ??= this.#cool().finally(() => (this.#cooling = null));
  }

  /** Frees a state that its episode no longer needs, unless a snapshot refers to it. */
  release(kept: KeptState): void {
    const ref = this.#refs.get(kept);
    if (!ref || kept.isGivenAway) return;
    this.#forget(ref);
    this.#giveBack(ref);
  }

  /** Removes the files. No state may be read after this. */
  async close(): Promise<void> {
    await this.#disk.remove();
  }

  #giveBack(ref: WeakRef<KeptState>): void {
    const held = this.#held.get(ref);
    if (!held) return;
    this.#held.delete(ref);
    this.#coldBytes -= held.coldBytes;
    if (held.file !== null) void rm(held.file, { force: true });
  }

  #forget(ref: WeakRef<KeptState>): void {
    this.#hotBytes -= this.#hot.get(ref) ?? 0;
    this.#hot.delete(ref);
  }

  async #cool(): Promise<void> {
    for (const [ref] of this.#hot) {
      if (this.#hotBytes <= this.#maxHotBytes) return;
      this.#forget(ref);
      const kept = ref.deref();
      if (!kept?.hot) continue;
      // A state that cannot be put away, for example for lack of memory, stays hot.
      kept.cold ??= await this.#putAway(kept.hot, ref).catch(() => null);
      // The state may have been used again meanwhile.
      if (kept.cold && !this.#hot.has(ref)) kept.hot = null;
    }
  }

  async #putAway(state: InterpreterState, ref: WeakRef<KeptState>): Promise<PutAway> {
    if (this.#coldBytes >= this.#maxColdBytes) {
      const file = await this.#disk.write(state);
      this.#held.set(ref, { coldBytes: 0, file });
      return { file };
    }
    const { pages } = state.memory;
    const rest = serialize({ ...state, memory: { ...state.memory, pages: pages.slice(), data: null } });
    const { data, addedBytes } = await this.#pages.put(state.memory);
    const cold = { data, rest: await compress(rest), restBytes: rest.length };
    const coldBytes = addedBytes + cold.rest.length;
    this.#coldBytes += coldBytes;
    this.#held.set(ref, { coldBytes, file: null });
    return cold;
  }
}

async function warm(cold: ColdState): Promise<InterpreterState> {
  const [data, rest] = await Promise.all([takeOut(cold.data), decompress(cold.rest, cold.restBytes)]);
  const state = deserialize(rest) as InterpreterState;
  return { ...state, memory: { ...state.memory, data } };
}

function bytesOf({ memory, files }: InterpreterState): number {
  return (files?.nodes ?? []).reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), memory.data.length);
}
