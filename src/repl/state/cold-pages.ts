/** Compressed pages of saved states. Equal pieces are held once, even across states. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import type { PageSet } from "./state.ts";

const PAGE_BYTES = 1024;
/** Neighbouring pages form pieces of up to this many. States of one context differ in few pieces. */
const PIECE_PAGES = 32;
/** Bytes hashed between two turns of the event loop; this takes about a millisecond. */
const STRETCH_BYTES = 1 << 20;

/** Pieces that were added together and deflated as one. */
interface Pack {
  readonly bytes: number;
  readonly deflated: Uint8Array;
  /** The inflated bytes while memory allows, since many states share a pack. */
  inflated: WeakRef<Uint8Array> | null;
}

interface Piece {
  readonly pack: Pack;
  readonly at: number;
  readonly bytes: number;
}

/** The compressed data of a `PageSet`. Holding it keeps its packs in memory. */
export type ColdData = readonly Piece[];

/** Compresses the pages of states, and finds pieces that are held already. */
export class ColdPages {
  /** The pieces by the hash of their content. A piece that no state holds is collected. */
  readonly #pieces = new Map<string, WeakRef<Piece>>();
  readonly #forgotten = new FinalizationRegistry<string>((hash) => {
    if (!this.#pieces.get(hash)?.deref()) this.#pieces.delete(hash);
  });

  /**
   * Compresses the data of a state. `addedBytes` is the memory that this takes. Compression runs off the main thread. Calls
   * one after the other share the most pieces.
   */
  async put(set: PageSet): Promise<{ data: ColdData; addedBytes: number }> {
    const pack = { bytes: 0, deflated: new Uint8Array(0), inflated: null };
    const fresh = new Map<string, Piece>();
    const contents: Uint8Array[] = [];
    const data: Piece[] = [];
    let stretch = 0;
    for (const content of piecesOf(set)) {
      const hash = createHash("sha256").update(content).digest("base64");
      let piece = this.#pieces.get(hash)?.deref() ?? fresh.get(hash);
      if (!piece) {
        piece = { pack, at: pack.bytes, bytes: content.length };
        pack.bytes += content.length;
        contents.push(content);
        fresh.set(hash, piece);
      }
      data.push(piece);
      stretch += content.length;
      if (stretch < STRETCH_BYTES) continue;
      stretch = 0;
      await setImmediate();
    }
    pack.deflated = await compress(Buffer.concat(contents));
    for (const [hash, piece] of fresh) this.#remember(hash, piece);
    return { data, addedBytes: pack.deflated.length };
  }

  #remember(hash: string, piece: Piece): void {
    this.#pieces.set(hash, new WeakRef(piece));
    this.#forgotten.register(piece, hash);
  }
}

/** The data before compression. */
export async function takeOut(data: ColdData): Promise<Uint8Array> {
  const packs = [...new Set(data.map(({ pack }) => pack))];
  const inflated = await Promise.all(packs.map(inflatedOf));
  const contents = new Map(packs.map((pack, index) => [pack, inflated[index]]));
  const whole = new Uint8Array(data.reduce((sum, { bytes }) => sum + bytes, 0));
  let end = 0;
  for (const { pack, at, bytes } of data) {
    whole.set(contents.get(pack)?.subarray(at, at + bytes) ?? [], end);
    end += bytes;
  }
  return whole;
}

async function inflatedOf(pack: Pack): Promise<Uint8Array> {
  const known = pack.inflated?.deref();
  if (known) return known;
  const inflated = await decompress(pack.deflated, pack.bytes);
  pack.inflated = new WeakRef(inflated);
  return inflated;
}

/** Deflates off the main thread, at the fastest level. */
export async function compress(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = await promisify(deflateRaw)(bytes, { level: 1, chunkSize: outputBytes(bytes.length / 2) });
  // A copy, since the result may be a small part of a large buffer.
  return new Uint8Array(deflated);
}

/** Undoes `compress`. `bytes` is the length of the result. */
export async function decompress(deflated: Uint8Array, bytes: number): Promise<Uint8Array> {
  return await promisify(inflateRaw)(deflated, { chunkSize: outputBytes(bytes) });
}

/** A buffer size that holds the whole output, since each further chunk costs a turn of the event loop. */
function outputBytes(expected: number): number {
  return Math.max(1024, Math.ceil(expected) + 1);
}

function* piecesOf({ pages, data }: PageSet): Generator<Uint8Array> {
  const groupOf = (at: number) => Math.floor((pages[at] ?? 0) / PIECE_PAGES);
  for (let at = 0, end = 0; at < pages.length; at = end) {
    while (end < pages.length && groupOf(end) === groupOf(at)) end++;
    yield data.subarray(at * PAGE_BYTES, end * PAGE_BYTES);
  }
}
