/** The file of an index: a head, and then a line for each record, in the order of the records' file. */
import { existsSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { decryptedLine } from "../data/encryption.ts";
import { AppendLog } from "../files/append-log.ts";
import { writeAtomically } from "../files/atomic-write.ts";
import { isNestedTooDeeply, MOST_LEVELS } from "../files/json-depth.ts";
import { linesFrom, type RangedLine } from "../files/lines-from.ts";
import { expectRecord } from "../record/expect-record.ts";
import type { Trajectory } from "../trajectory.ts";
import { type IndexEntry, lineHash, rowOf, SharedNames } from "./index-row.ts";

/** The index within a run's folder. */
export const INDEX_FILE = "index.jsonl";
/** An index of another version is built anew. */
const HEAD = { indexVersion: 1 } as const;
/** About the characters of an index that are written at once. */
const PIECE_CHARS = 256 * 1024;
/** Lines of the records that are compared with the index before it is believed. */
const COMPARED = 16;

/** Opens the index of a run that is written to, for one more entry at a time. Throws what the file system throws. */
export async function openIndexLog(folder: string): Promise<AppendLog> {
  const path = join(folder, INDEX_FILE);
  const isNew = !existsSync(path);
  // What a crash of the machine takes of it, readers take from the records.
  const log = await AppendLog.open(path, { sync: false });
  if (isNew) await log.append(HEAD);
  return log;
}

/** Writes a whole index. Throws what the file system throws. */
export async function writeIndex(path: string, entries: Iterable<IndexEntry>): Promise<void> {
  await writeAtomically(path, piecesOf(entries));
}

/** The text of an index in pieces: the whole may be longer than a text can be, and is not needed at once. */
function* piecesOf(entries: Iterable<IndexEntry>): Generator<string> {
  let piece = `${JSON.stringify(HEAD)}\n`;
  for (const entry of entries) {
    piece += `${JSON.stringify(entry)}\n`;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** What an index holds. `whole`: every line of it was used. */
export interface HeldIndex {
  readonly entries: IndexEntry[];
  readonly whole: boolean;
}

/**
 * The entries from the records' beginning on that an index has without a gap; none if it is missing, of another version, or
 * of other records than these.
 */
export async function readIndex(path: string, records: string): Promise<HeldIndex> {
  const none: HeldIndex = { entries: [], whole: false };
  const size = await sizeOf(path);
  if (size === 0) return none;
  const held: IndexEntry[] = [];
  let whole = true;
  let head = true;
  const shared = new SharedNames();
  for await (const { line } of linesFrom(path, 0, size)) {
    const value = parsedEntry(line, shared);
    if (head) {
      if ((value as { indexVersion?: unknown } | null)?.indexVersion !== HEAD.indexVersion) return none;
      head = false;
    } else if (value === null) whole = false;
    else held.push(value);
  }
  const ordered = held.toSorted((a, b) => a.start - b.start);
  const gap = ordered.findIndex(({ start }, i) => start !== (i === 0 ? 0 : endOf(ordered[i - 1]!)));
  const entries = gap === -1 ? ordered : ordered.slice(0, gap);
  if (!(await areOf(entries, records))) return none;
  return { entries, whole: whole && gap === -1 };
}

/** The position after an entry's line. */
export function endOf({ start, bytes }: IndexEntry): number {
  return start + bytes;
}

/** The entry of a line of the records: its row, or why it has none. */
export function entryOf({ line, start, bytes }: RangedLine, shared: SharedNames): IndexEntry {
  const hash = lineHash(line);
  const text = line.toString("utf8");
  if (text.trim() === "") return { start, bytes, hash, bad: "" };
  try {
    return shared.in(rowOf(recordIn(text, `the line at byte ${start}`), { start, bytes }, hash));
  } catch (error) {
    return { start, bytes, hash, bad: (error as Error).message };
  }
}

/** The record that a line holds, decrypted. Throws `DataError` that begins with `where`, and `SyntaxError` for what is no JSON. */
export function recordIn(line: string, where: string): Trajectory {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new SyntaxError(`${where}: expected one JSON object (${(error as Error).message.slice(0, 80)})`);
  }
  if (isNestedTooDeeply(value))
    throw new SyntaxError(`${where}: it is nested deeper than ${MOST_LEVELS} levels`);
  return expectRecord(decryptedLine(value, where), where);
}

/** The size of a file in bytes; 0 if there is none. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

function parsedEntry(line: Buffer, shared: SharedNames): IndexEntry | null {
  try {
    const entry = JSON.parse(line.toString("utf8")) as Record<string, unknown>;
    if (typeof entry.start !== "number" || typeof entry.bytes !== "number" || typeof entry.hash !== "string")
      return "indexVersion" in entry ? (entry as unknown as IndexEntry) : null;
    return shared.in(entry as unknown as IndexEntry);
  } catch {
    return null;
  }
}

/** Whether lines of the records, spread over them, have the hashes that the entries say. */
async function areOf(entries: readonly IndexEntry[], records: string): Promise<boolean> {
  if (entries.length === 0) return true;
  if ((await sizeOf(records)) < endOf(entries.at(-1)!)) return false;
  const file = await open(records, "r");
  try {
    const steps = Math.min(COMPARED, entries.length);
    for (let step = 0; step < steps; step += 1) {
      const at = steps === 1 ? 0 : Math.round((step * (entries.length - 1)) / (steps - 1));
      const { start, bytes, hash } = entries[at]!;
      const line = Buffer.alloc(bytes);
      const { bytesRead } = await file.read(line, 0, bytes, start);
      if (bytesRead !== bytes || line[bytes - 1] !== 0x0a) return false;
      if (lineHash(line.subarray(0, bytes - 1)) !== hash) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}
