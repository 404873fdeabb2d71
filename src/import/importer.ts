/** The contract of importers: native trajectories out of the rows of a file that another program wrote. */
import type { z } from "zod";
import { DataError } from "../errors.ts";
import { schemaProblem } from "../files/schema-problem.ts";
import type { KeptRecord } from "../export/kept.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, JsonObject, Reference } from "../types.ts";
import type { ForeignEpisode } from "./native.ts";

/** A line of a file, or a whole JSON document. */
export interface Line {
  readonly value: unknown;
  /** File and line number, for errors. */
  readonly where: string;
  /** Why the line cannot be read, for example half a line at the end of a file; `value` is then undefined. */
  readonly problem?: string;
}

/** Receives what could not be read; throws it if a file must be read completely or not at all. */
export type Tell = (problem: DataError) => void;

/** An episode as read, with the file's other facts about it. */
export interface ReadEpisode {
  /** One of our own records, restored, or another program's record. */
  readonly record: Trajectory | ForeignEpisode;
  /** The gold, if the file holds it separately. */
  readonly reference: Reference | null;
  readonly context: Context | null;
}

/**
 * Opens another file of the recording, by its path from the folder of the file that is read; null if there is none. Throws
 * `DataError` for one that cannot be read.
 */
export type Beside = (path: readonly string[]) => AsyncGenerator<Line> | null;

/** Reads the records of one foreign format as episodes. */
export interface Importer {
  readonly name: string;
  readonly describe: string;
  /** Whether the first row of a file looks like this format. */
  readonly recognises: (row: Readonly<Record<string, unknown>>) => boolean;
  /**
   * `name`: the file's, for episodes without an id. `beside`: for recordings of several files. Reports each line that it cannot read, by name and field, and
   * continues with the next episode.
   */
  read(lines: AsyncIterable<Line>, name: string, tell: Tell, beside: Beside): AsyncGenerator<ReadEpisode>;
}

/** The row as its schema parses it. Throws `DataError` that names line and field. */
export function parsedLine<T extends z.ZodType>(schema: T, { value, where, problem }: Line): z.output<T> {
  if (problem !== undefined) throw new DataError(`${where}: ${problem}`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DataError(`${where}: ${schemaProblem(parsed.error, "the row")}`);
}

/** Reads a format that has one or several episodes in each line. */
export async function* eachLine(
  lines: AsyncIterable<Line>,
  tell: Tell,
  episodesOf: (line: Line) => Iterable<ReadEpisode>,
): AsyncGenerator<ReadEpisode> {
  for await (const line of lines) {
    let episodes: ReadEpisode[] = [];
    try {
      episodes = [...episodesOf(line)];
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      tell(error);
    }
    yield* episodes;
  }
}

/** What one of our exporters stored beside the format; null in files that others wrote. */
export function keptIn(holder: unknown): KeptRecord | null {
  const kept: unknown = (holder as { rlm_gym?: unknown } | null | undefined)?.rlm_gym;
  return isKept(kept) ? kept : null;
}

/** Checks only that its lists exist; the rest is checked once the record is complete. */
function isKept(value: unknown): value is KeptRecord {
  const { turns, calls, children } = (value ?? {}) as Partial<KeptRecord>;
  return Array.isArray(turns) && Array.isArray(calls) && Array.isArray(children) && children.every(isKept);
}

/** The records that an imported one belongs to: those of the other agents of the same episode. */
export interface Bond {
  /** The episode's id, and its group's if it had one. */
  readonly id: string;
  readonly group: string | null;
}

/**
 * Marks a task as imported: from which format, and which parts of its record are unknown and have defaults, or could not
 * be kept.
 */
export function importedFrom(format: string, unknown: readonly string[], bond?: Bond): JsonObject {
  return { imported: { format, unknown, ...(bond && { episode: { ...bond } }) } };
}
