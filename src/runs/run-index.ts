/** The records of a run by number: holds the figures of all of them, and reads each whole record from the file when it is asked for. */
import { createHash } from "node:crypto";
import { mkdir, open, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../errors.ts";
import { AppendLog } from "../files/append-log.ts";
import { linesFrom } from "../files/lines-from.ts";
import type { Trajectory } from "../trajectory.ts";
import { endOf, entryOf, INDEX_FILE, readIndex, recordIn, sizeOf, writeIndex } from "./index-file.ts";
import { type BadLine, type IndexEntry, type IndexRow, isRow, lineHash, SharedNames } from "./index-row.ts";
import { readManifest } from "./read-run.ts";

/** Records without an index beside them are worth a file in the cache from so many bytes on. */
const WORTH_KEEPING = 4 * 1024 * 1024;

/** Where an index may be kept that is not beside its records, and who is told how far the building of one is. */
export interface IndexOptions {
  /** A folder of the user's; without it nothing is kept. */
  readonly cache?: string;
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

/** Everything that is read of a run stays as it is: nothing in the folder is written. */
export class RunIndex {
  readonly folder: string;
  /** In the order of the file. */
  readonly rows: IndexRow[] = [];
  /** Lines that are not records. */
  readonly badLines: BadLine[] = [];
  readonly #records: string;
  readonly #shared = new SharedNames();
  /** The position after the last whole line that was read. */
  #end = 0;
  #inode = 0;
  #size = 0;

  private constructor(folder: string) {
    this.folder = folder;
    this.#records = join(folder, "trajectories.jsonl");
  }

  /**
   * Starts from the index beside the records or from the one in the cache, whichever covers more records, and reads the rest.
   * Throws `DataError` if the folder does not hold a run.
   */
  static async open(folder: string, options: IndexOptions = {}): Promise<RunIndex> {
    await readManifest(folder);
    const index = new RunIndex(folder);
    await index.#load(options);
    return index;
  }

  /** False if the folder has a manifest, but no file of records. */
  get hasRecords(): boolean {
    return this.#inode !== 0;
  }

  /** True if the file ends in a line without its end: it is being written, or was cut off. */
  get isCutOff(): boolean {
    return this.#size > this.#end;
  }

  /** Reads what was written since the last call, and returns how many rows are new: all of them if the file was replaced. */
  async refresh(): Promise<number> {
    const found = await stat(this.#records).catch(() => null);
    if (found !== null && (found.ino !== this.#inode || found.size < this.#end)) {
      this.rows.length = 0;
      this.badLines.length = 0;
      this.#end = 0;
      await this.#load({});
      return this.rows.length;
    }
    const before = this.rows.length;
    await this.#readOn();
    return this.rows.length - before;
  }

  /** The whole record of a row. Throws `DataError` if the file has another line there by now. */
  async read(row: IndexRow): Promise<Trajectory> {
    const where = `${this.#records}: the record ${row.rolloutId}`;
    const line = Buffer.alloc(row.bytes);
    const file = await open(this.#records, "r").catch((error: Error) => {
      throw new DataError(`${where} cannot be read (${error.message})`, { cause: error });
    });
    try {
      const { bytesRead } = await file.read(line, 0, row.bytes, row.start);
      const text = line.subarray(0, row.bytes - 1);
      if (bytesRead !== row.bytes || lineHash(text) !== row.hash)
        throw new DataError(
          `${where} is not where the index has it: the file was changed; open the run again`,
        );
      return recordIn(text.toString("utf8"), where);
    } finally {
      await file.close();
    }
  }

  /** The first row of a rollout. Throws `DataError` if there is none, and names a similar one. */
  rowNamed(rolloutId: string): IndexRow {
    const found = this.rows.find((row) => row.rolloutId === rolloutId);
    if (found) return found;
    const like = this.rows.find((row) => row.rolloutId.includes(rolloutId));
    const advice = like ? `; there is ${like.rolloutId}` : ` among ${this.rows.length}`;
    throw new DataError(`${this.folder}: there is no rollout ${JSON.stringify(rolloutId)}${advice}`);
  }

  async #load({ cache, onProgress }: IndexOptions): Promise<void> {
    const found = await stat(this.#records).catch(() => null);
    this.#inode = found?.ino ?? 0;
    const beside = await readIndex(join(this.folder, INDEX_FILE), this.#records);
    const size = await sizeOf(this.#records);
    const path = cache === undefined ? null : await cachePath(cache, this.folder);
    let best = beside.entries;
    if (path !== null && size - lastEnd(best) >= WORTH_KEEPING) {
      const kept = await readIndex(path, this.#records);
      if (lastEnd(kept.entries) > lastEnd(best)) best = kept.entries;
    }
    this.#take(best);
    const [before, total] = [this.#end, size];
    await this.#readOn(onProgress && ((end) => onProgress(end - before, total - before)), best);
    if (path !== null && this.#end - before >= WORTH_KEEPING) await keep(path, best);
  }

  /** @param all takes every new entry, for whoever writes them down */
  async #readOn(onProgress?: (end: number) => void, all?: IndexEntry[]): Promise<void> {
    this.#size = await sizeOf(this.#records);
    for await (const line of linesFrom(this.#records, this.#end, this.#size)) {
      const entry = entryOf(line, this.#shared);
      all?.push(entry);
      this.#take([entry]);
      onProgress?.(this.#end);
    }
  }

  #take(entries: readonly IndexEntry[]): void {
    for (const entry of entries) {
      if (isRow(entry)) this.rows.push(entry);
      else if (entry.bad !== "") this.badLines.push(entry);
      this.#end = endOf(entry);
    }
  }
}

/**
 * Puts the index beside the records of a run that is to be written to right: what it lacks is added, and one of other records is
 * built anew. Throws what the file system throws.
 */
export async function repairIndex(folder: string): Promise<void> {
  const [path, records] = [join(folder, INDEX_FILE), join(folder, "trajectories.jsonl")];
  const { entries, whole } = await readIndex(path, records);
  const before = entries.length;
  const shared = new SharedNames();
  for await (const line of linesFrom(records, lastEnd(entries), await sizeOf(records)))
    entries.push(entryOf(line, shared));
  if (!whole || entries.length > before) await writeIndex(path, entries);
  // A last line that a crash cut off goes as it does from the records.
  await (await AppendLog.open(path)).close();
}

function lastEnd(entries: readonly IndexEntry[]): number {
  const last = entries.at(-1);
  return last === undefined ? 0 : endOf(last);
}

async function cachePath(cache: string, folder: string): Promise<string> {
  const name = createHash("sha256")
    .update(await realpath(folder))
    .digest("hex")
    .slice(0, 32);
  return join(cache, `${name}.jsonl`);
}

/** A cache that cannot be written costs the next look its time, and nothing else. */
async function keep(path: string, entries: readonly IndexEntry[]): Promise<void> {
  try {
    await mkdir(join(path, ".."), { recursive: true });
    await writeIndex(path, entries);
  } catch {
    // Nothing depends on it.
  }
}
