/** Pages put away: deflated, and equal pieces held once, whichever states they are of. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import type { PageSet } from "./state.ts";

const PAGE_BYTES = 1024;
/** A piece is what there is of so many neighbouring pages: states of one context differ in few of them. */
const PIECE_PAGES = 32;
/** Hashed at a stretch on the main thread, which takes about a millisecond. */
const STRETCH_BYTES = 1 << 20;

/** Pieces that came together, deflated as one. */
interface Pack {
  readonly bytes: number;
  readonly deflated: Uint8Array;
  /** What it holds, as long as nobody needs the room: many states share a pack. */
  inflated: WeakRef<Uint8Array> | null;
}

interface Piece {
  readonly pack: Pack;
  readonly at: number;
  readonly bytes: number;
}

/** The data of a `PageSet`, put away; whoever holds it keeps its packs in memory. */
export type ColdData = readonly Piece[];

export class ColdPages {
  /** By the hash of what they hold; a piece that no state holds any more is collected with its pack. */
  readonly #pieces = new Map<string, WeakRef<Piece>>();
  readonly #forgotten = new FinalizationRegistry<string>((hash) => {
    if (!this.#pieces.get(hash)?.deref()) this.#pieces.delete(hash);
  });

  /**
   * Puts the data of a state away, and says by how many bytes what is held has grown. Compression runs off the main thread;
   * one call at a time shares best.
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

/** The data as it was before it was put away. */
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

/** Deflates off the main thread, fast rather than well. */
export async function compress(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = await promisify(deflateRaw)(bytes, { level: 1, chunkSize: outputBytes(bytes.length / 2) });
  // A copy, since what comes may be a small part of a large buffer.
  return new Uint8Array(deflated);
}

/** Undoes `compress`; `bytes` is the length of what comes. */
export async function decompress(deflated: Uint8Array, bytes: number): Promise<Uint8Array> {
  return await promisify(inflateRaw)(deflated, { chunkSize: outputBytes(bytes) });
}

/** Output in one piece: each further one is a turn of the event loop. */
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
