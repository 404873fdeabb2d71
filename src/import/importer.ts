/** What every importer is: native trajectories out of the rows of a file that another program wrote. */
import type { z } from "zod";
import { DataError } from "../errors.ts";
import type { KeptRecord } from "../export/kept.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, JsonObject, Reference } from "../types.ts";
import type { ForeignEpisode } from "./native.ts";

/** A line of a file, or a whole JSON document. */
export interface Line {
  readonly value: unknown;
  /** File and number of the line, for errors. */
  readonly where: string;
  /** Why the line cannot be read, such as half a line at the end of a file; `value` is undefined then. */
  readonly problem?: string;
}

/** Is told what could not be read, and throws it where a file is to be taken whole or not at all. */
export type Tell = (problem: DataError) => void;

/** An episode as it was read, with what else the file told. */
export interface ReadEpisode {
  /** A record of ours that was put together again, or what another program recorded. */
  readonly record: Trajectory | ForeignEpisode;
  /** The gold, where the file holds it apart. */
  readonly reference: Reference | null;
  readonly context: Context | null;
}

/** Reads the records of one foreign format as episodes. */
export interface Importer {
  readonly name: string;
  readonly describe: string;
  /** Whether the first row of a file looks like this format. */
  readonly recognises: (row: Readonly<Record<string, unknown>>) => boolean;
  /**
   * `name`: the file's, for episodes that have no id of their own. Tells each line that it cannot read, by name and field, and
   * goes on with the next episode.
   */
  read(lines: AsyncIterable<Line>, name: string, tell: Tell): AsyncGenerator<ReadEpisode>;
}

/** The row as its schema gives it. Throws `DataError` that names line and field. */
export function parsedLine<T extends z.ZodType>(schema: T, { value, where, problem }: Line): z.output<T> {
  if (problem !== undefined) throw new DataError(`${where}: ${problem}`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DataError(`${where}: ${issue!.path.map(String).join(".") || "the row"}: ${issue!.message}`);
}

/** Reads a format that has an episode, or several, in each line. */
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

/** What an exporter of ours kept beside the format; null in files that others wrote. */
export function keptIn(holder: unknown): KeptRecord | null {
  const kept: unknown = (holder as { rlm_gym?: unknown } | null | undefined)?.rlm_gym;
  return isKept(kept) ? kept : null;
}

/** Its lists are there; the rest is checked once the record is whole. */
function isKept(value: unknown): value is KeptRecord {
  const { turns, calls, children } = (value ?? {}) as Partial<KeptRecord>;
  return Array.isArray(turns) && Array.isArray(calls) && Array.isArray(children) && children.every(isKept);
}

/** What other records an imported one belongs with: those of the other agents of the same episode. */
export interface Bond {
  /** The episode's id, and its group's where it had one. */
  readonly id: string;
  readonly group: string | null;
}

/**
 * The mark of a task that was imported: from what, and what of its record is not known but stands at a default, or could not
 * be kept.
 */
export function importedFrom(format: string, unknown: readonly string[], bond?: Bond): JsonObject {
  return { imported: { format, unknown, ...(bond && { episode: { ...bond } }) } };
}
