/** The state of an interpreter between two blocks: its differences from the floor, the state every episode starts from. */

/** Pages of memory by number, in ascending order. The page at index `i` of `pages` is at byte `i * 1024` of `data`. */
export interface PageSet {
  readonly pages: Uint32Array<SharedArrayBuffer> | Uint32Array<ArrayBuffer>;
  readonly data: Uint8Array;
  readonly heapBytes: number;
  readonly stackPointer: number;
  /** Further pages, whose content is elsewhere in shared memory: those of a large context, in a layer alone. */
  readonly spans?: readonly Span[];
}

const PAGE_BYTES = 1024;

/** One file, directory, link or device, by inode number. */
export interface FileRecord {
  readonly id: number;
  readonly name: string;
  readonly parent: number;
  readonly mode: number;
  readonly device: number;
  readonly times: readonly [atime: number, mtime: number, ctime: number];
  /** False for a file that is open but was unlinked. */
  readonly named: boolean;
  readonly entries: readonly (readonly [name: string, id: number])[] | null;
  /** Null also for a file with the same content as on the floor. */
  readonly bytes: Uint8Array | null;
  readonly link: string | null;
}

/** An open descriptor. `sharedWith` is a lower descriptor that shares its position. */
export interface StreamRecord {
  readonly fd: number;
  readonly node: number;
  readonly path: string | null;
  readonly flags: number;
  readonly position: number;
  readonly sharedWith: number | null;
}

/** The file system when it differs from the floor. */
export interface FilesState {
  readonly nodes: readonly FileRecord[];
  readonly streams: readonly StreamRecord[];
  readonly folder: string;
  readonly nextInode: number;
}

/** A run of whole pages `[from, to)` in addresses, whose content is in shared memory: at `at` in `bytes`. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** The whole state of an interpreter: memory, files (null: as on the floor), clock and entropy. */
export interface InterpreterState {
  readonly memory: PageSet;
  readonly files: FilesState | null;
  readonly clockNs: bigint;
  /** The part of the clock's time in which Python did not work: all before the episode, and what it slept. */
  readonly idleNs: bigint;
  readonly chance: number;
}

/** The same memory with the content of its spans among its pages. */
export function withoutSpans(set: PageSet): PageSet {
  const { spans = [], ...plain } = set;
  if (spans.length === 0) return plain;
  const held = [...set.pages].map((page, at) => ({ page, bytes: set.data, at: at * PAGE_BYTES }));
  for (const { from, to, bytes, at } of spans)
    for (let address = from; address < to; address += PAGE_BYTES)
      held.push({ page: address / PAGE_BYTES, bytes, at: at + address - from });
  held.sort((one, other) => one.page - other.page);
  const data = new Uint8Array(held.length * PAGE_BYTES);
  for (const [index, { bytes, at }] of held.entries())
    data.set(bytes.subarray(at, at + PAGE_BYTES), index * PAGE_BYTES);
  return { ...plain, pages: Uint32Array.from(held, ({ page }) => page), data };
}
