/** The contract of export formats: rows out of saved trajectories, and a reason for each rollout that gives none. */
import type { z } from "zod";
import type { Trajectory } from "../trajectory.ts";
import type { Context, Reference } from "../types.ts";
import type { Mended } from "./choice/change-log.ts";
import type { ParquetField } from "./columns.ts";
import { METADATA_KEY, type MetadataKind, metadataOf } from "./metadata.ts";
import { keptFacts, type Tally } from "./tally.ts";

/** An episode as an exporter receives it. */
export interface ExportItem {
  readonly trajectory: Trajectory;
  /** The gold; null if it is not known. Only formats with a field for gold read it. */
  readonly reference: Reference | null;
  /** From a scored file; null without one. */
  readonly advantage: number | null;
  /** The canary with which to encrypt the rows of this episode; absent or null for plain rows. */
  readonly canary?: string | null;
  /** What `--template repair` repaired, in children too; absent if it repaired nothing. */
  readonly repairs?: readonly Mended[];
  /** Resolves to null if the run does not hold the context. */
  readonly context: () => Promise<Context | null>;
}

/** Episodes that can be iterated more than once, always in the same order. */
export type ExportSource = () => AsyncIterable<ExportItem>;

/** The options of exporters; each format reads those that concern it. */
export interface ExportOptions {
  /** Child episodes get their own rows. */
  readonly children: boolean;
  /** Plain sub-calls get their own rows. */
  readonly subCalls: boolean;
  /** `trainable` on every message instead of `weight` (Tinker reads it). */
  readonly tinker: boolean;
  /** Smallest difference in reward between the two of a pair; pairs of equal reward are never made. */
  readonly margin: number;
  /** The most pairs of one group. */
  readonly pairsPerGroup: number;
  /** Examples with at least this score count as good. */
  readonly goodFrom: number;
  /** Tokens of the student's window; a prompt and completion that are longer together give no row. */
  readonly windowTokens: number | null;
  /** The value of `split` in rows of verl and SkyRL. */
  readonly split: string;
  /** Rows say which rollout they come from, of which task and policy, with its score and reward. */
  readonly withMetadata: boolean;
  /** The version of rlm-gym to name in documents. */
  readonly version: string;
}

/** The default options of exporters. */
export const EXPORT_DEFAULTS: ExportOptions = {
  children: false,
  subCalls: false,
  tinker: false,
  margin: 0.1,
  pairsPerGroup: 1,
  goodFrom: 0.5,
  windowTokens: null,
  split: "train",
  withMetadata: false,
  version: "unknown",
};

/** A JSON object. */
export type Row = Readonly<Record<string, unknown>>;

/** Recognizes rows that have all of these keys. */
export function withKeys(...keys: readonly string[]): Exporter["recognises"] {
  return (row) => keys.every((key) => key in row);
}

/** A format. Pure: the same episodes and options give the same rows. Memory does not grow with the number of rows. */
export interface Exporter {
  readonly name: string;
  readonly describe: string;
  /** `rows`: one file; `documents`: a folder with one file per episode; `tensors`: a folder of numbers. */
  readonly output: "rows" | "documents" | "tensors";
  /** The columns of its Parquet file, without the one of metadata; null if it has no rows. */
  readonly columns: readonly ParquetField[] | null;
  /** What `withMetadata` adds to its rows; absent if the format holds all of that in fields of its own. */
  readonly metadata?: MetadataKind;
  /** Whether the format can be written as JSON Lines. */
  readonly jsonl: boolean;
  /** Whether rows need the token ids that the engine sampled. */
  readonly needsTokens: boolean;
  /** Whether a field of the format holds gold. */
  readonly holdsGold: boolean;
  /** Whether it accepts rollouts whose policy must not be trained: such a format is for storing or viewing, and marks each. */
  readonly keepsUntrained?: boolean;
  /** Whether its rows include children even if they are not asked for. */
  readonly holdsChildren?: boolean;
  /** Whether a file's first row looks like this format; the first matching format of the registry is taken. */
  readonly recognises: (row: Row) => boolean;
  /** The schema of each row, or of each line of a document. */
  readonly row: z.ZodType;
  /** Each yield is one row or, for `documents`, one file: `{ lines }`. */
  rows(source: ExportSource, options: ExportOptions, tally: Tally): AsyncGenerator<Row>;
}

/** The rows of one episode, or the reason why there are none. */
export type Projected = { readonly rows: readonly Row[] } | { readonly leftOut: string };

/** Makes the generator of a format whose rows each come from one episode. */
export function eachEpisode(
  project: (item: ExportItem, options: ExportOptions, tally: Tally) => Projected | Promise<Projected>,
): Exporter["rows"] {
  return async function* rows(source, options, tally) {
    for await (const item of source()) {
      const projected = await project(item, options, tally);
      if ("leftOut" in projected) tally.leaveOut(projected.leftOut);
      else {
        tally.keep(keptFacts(item.trajectory));
        yield* projected.rows;
      }
    }
  };
}

/** As `eachEpisode`, with the rollout's metadata in each row if it is asked for. */
export function rowsOfEach(
  project: (item: ExportItem, options: ExportOptions, tally: Tally) => Projected | Promise<Projected>,
): Exporter["rows"] {
  return eachEpisode(async (item, options, tally) => {
    const projected = await project(item, options, tally);
    if ("leftOut" in projected || !options.withMetadata) return projected;
    const metadata = metadataOf(item.trajectory);
    return { rows: projected.rows.map((row) => ({ ...row, [METADATA_KEY]: metadata })) };
  });
}
