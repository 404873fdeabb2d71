/** What every format of export is: rows out of saved trajectories, with a reason for each rollout that gives none. */
import type { z } from "zod";
import type { Trajectory } from "../trajectory.ts";
import type { Context, Reference } from "../types.ts";
import type { Mended } from "./change-log.ts";
import type { ParquetField } from "./columns.ts";
import type { Tally } from "./tally.ts";

/** An episode as an exporter gets it. */
export interface ExportItem {
  readonly trajectory: Trajectory;
  /** The gold; null where it is not known. Only formats with a field for gold read it. */
  readonly reference: Reference | null;
  /** Where a scored file gives one. */
  readonly advantage: number | null;
  /** With which the rows of this episode are to be encrypted; absent or null where they are plain. */
  readonly canary?: string | null;
  /** What `--template repair` mended, in children too; absent where it mended nothing. */
  readonly repairs?: readonly Mended[];
  /** Null where the run does not hold the context. */
  readonly context: () => Promise<Context | null>;
}

/** Episodes that can be gone through more than once, always in the same order. */
export type ExportSource = () => AsyncIterable<ExportItem>;

/** What exporters take besides the rollouts; each format reads those that concern it. */
export interface ExportOptions {
  /** Child episodes give rows of their own. */
  readonly children: boolean;
  /** Plain sub-calls give rows of their own. */
  readonly subCalls: boolean;
  /** `trainable` on every message in place of `weight` (what Tinker reads). */
  readonly tinker: boolean;
  /** Least difference of reward between the two of a pair; pairs of equal reward are never made. */
  readonly margin: number;
  /** Pairs of one group at most. */
  readonly pairsPerGroup: number;
  /** Score from which an example is a good one. */
  readonly goodFrom: number;
  /** Tokens of the student's window; prompts and completions that are longer together give no row. */
  readonly windowTokens: number | null;
  /** The `split` that rows of verl and SkyRL name. */
  readonly split: string;
  /** The version of rlm-gym that the documents name. */
  readonly version: string;
}

/** The options of exporters where nobody gives others. */
export const EXPORT_DEFAULTS: ExportOptions = {
  children: false,
  subCalls: false,
  tinker: false,
  margin: 0.1,
  pairsPerGroup: 1,
  goodFrom: 0.5,
  windowTokens: null,
  split: "train",
  version: "unknown",
};

/** A JSON object. */
export type Row = Readonly<Record<string, unknown>>;

/** Recognises rows that have all of these keys. */
export function withKeys(...keys: readonly string[]): Exporter["recognises"] {
  return (row) => keys.every((key) => key in row);
}

/** A format. Pure: the same episodes and options give the same rows. Memory does not grow with the rows. */
export interface Exporter {
  readonly name: string;
  readonly describe: string;
  /** `rows`: one file; `documents`: a folder with a file an episode; `tensors`: a folder with numbers. */
  readonly output: "rows" | "documents" | "tensors";
  /** The columns of its Parquet file; null where it has none. */
  readonly columns: readonly ParquetField[] | null;
  /** Whether JSON Lines are written too. */
  readonly jsonl: boolean;
  /** Whether rows need the token ids that the engine sampled. */
  readonly needsTokens: boolean;
  /** Whether a field of the format holds gold. */
  readonly holdsGold: boolean;
  /** Whether it holds rollouts whose policy is not to be trained: it is for keeping or looking at, and says so of each. */
  readonly keepsUntrained?: boolean;
  /** Whether children are in its rows even where they were not asked for. */
  readonly holdsChildren?: boolean;
  /** Whether a file's first row looks like this format; the first format of the registry that says so is taken. */
  readonly recognises: (row: Row) => boolean;
  /** What each row, or each line of a document, has to be. */
  readonly row: z.ZodType;
  /** One yield is one row, or, for `documents`, one file: `{ lines }`. */
  rows(source: ExportSource, options: ExportOptions, tally: Tally): AsyncGenerator<Row>;
}

/** What a projection gives for one episode: rows, or why there are none. */
export type Projected = { readonly rows: readonly Row[] } | { readonly leftOut: string };

/** Makes the generator of a format whose rows come from one episode each. */
export function eachEpisode(
  project: (item: ExportItem, options: ExportOptions, tally: Tally) => Projected | Promise<Projected>,
): Exporter["rows"] {
  return async function* rows(source, options, tally) {
    for await (const item of source()) {
      const projected = await project(item, options, tally);
      if ("leftOut" in projected) tally.leaveOut(projected.leftOut);
      else {
        tally.keep(item.trajectory);
        yield* projected.rows;
      }
    }
  };
}
