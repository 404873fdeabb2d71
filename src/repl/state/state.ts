/** The state of an interpreter between two blocks: what it differs in from the floor every episode starts from. */

/** Pages of memory, in ascending order; page `i` of `pages` stands at `i * 1024` in `data`. */
export interface PageSet {
  readonly pages: Uint32Array<SharedArrayBuffer> | Uint32Array<ArrayBuffer>;
  readonly data: Uint8Array;
  readonly heapBytes: number;
  readonly stackPointer: number;
}

/** One file, directory, link or device, by inode number. */
export interface FileRecord {
  readonly id: number;
  readonly name: string;
  readonly parent: number;
  readonly mode: number;
  readonly device: number;
  readonly times: readonly [atime: number, mtime: number, ctime: number];
  /** False for a file that is open but has no name any more. */
  readonly named: boolean;
  readonly entries: readonly (readonly [name: string, id: number])[] | null;
  /** Null also for a file that holds what it held on the floor. */
  readonly bytes: Uint8Array | null;
  readonly link: string | null;
}

/** An open descriptor; `sharedWith` is a lower descriptor that has the same position. */
export interface StreamRecord {
  readonly fd: number;
  readonly node: number;
  readonly path: string | null;
  readonly flags: number;
  readonly position: number;
  readonly sharedWith: number | null;
}

/** The file system where it differs from the floor. */
export interface FilesState {
  readonly nodes: readonly FileRecord[];
  readonly streams: readonly StreamRecord[];
  readonly folder: string;
  readonly nextInode: number;
}

/** All there is of an interpreter: memory, files (null: as on the floor), clock and entropy. */
export interface InterpreterState {
  readonly memory: PageSet;
  readonly files: FilesState | null;
  readonly clockNs: bigint;
  /** What of the clock's time is not Python's own work: all before the beginning, and what it slept. */
  readonly idleNs: bigint;
  readonly chance: number;
}
