/** Options that every environment of a data file shares: which problems are played, and in which order. */
import { z } from "zod";
import { dataFiles } from "../datasets/rows/data-files.ts";
import { type Dataset, filter, shuffle, split, take } from "../src/data/dataset.ts";
import { withCursor } from "../src/data/cursor.ts";
import { type DataError, UsageError } from "../src/errors.ts";

/** Which files and rows are read. */
export const fileOptions = {
  split: z.string().optional().describe("of a folder, the files whose names begin so, such as validation"),
  ids: z.string().optional().describe("ids of the rows wanted, with commas between"),
  "skip-bad-rows": z.boolean().default(false).describe("leave out rows that cannot be read, and count them"),
};

const share = z.coerce.number().gt(0).lt(1).optional();
const DEFAULT_HELD_OUT = 0.2;

/** Which problems are played, of files and generators alike. */
export const partOptions = {
  part: z
    .enum(["all", "train", "held-out"])
    .default("all")
    .describe("a part of the problems; no context is in both"),
  "held-out": share.describe(
    "share of the contexts that part held-out has and part train lacks (default: 0.2)",
  ),
  holdout: share.describe("the old name of held-out"),
  take: z.coerce.number().int().positive().optional().describe("no more than so many problems"),
};

export const shuffleOption = {
  shuffle: z.coerce.number().int().nonnegative().optional().describe("seed of another order of the problems"),
};

/** A shuffle holds so many problems of a file at once; contexts may be megabytes long. */
const SHUFFLED_PROBLEMS = 1000;
/** Part of the data, not of a run: training with one seed and testing with another must not share contexts. */
const SPLIT_SEED = 0;

/** The problems of a dataset that are asked for, in the order asked for. */
export function arrange(
  dataset: Dataset,
  options: {
    readonly part: "all" | "train" | "held-out";
    readonly "held-out"?: number | undefined;
    readonly holdout?: number | undefined;
    readonly take?: number | undefined;
    readonly ids?: string | undefined;
    readonly shuffle?: number | undefined;
  },
): Dataset {
  const heldOut = options["held-out"] ?? options.holdout ?? DEFAULT_HELD_OUT;
  let arranged = partOf(dataset, options.part, heldOut);
  const ids = options.ids?.split(",");
  if (ids) arranged = filter(arranged, ({ task }) => ids.includes(task.id));
  if (options.shuffle !== undefined) arranged = shuffle(arranged, options.shuffle, SHUFFLED_PROBLEMS);
  if (options.take !== undefined) arranged = take(arranged, options.take);
  return withCursor(arranged);
}

function partOf(dataset: Dataset, part: "all" | "train" | "held-out", heldOut: number): Dataset {
  if (part === "all") return dataset;
  const parts = split(dataset, { heldOut, seed: SPLIT_SEED });
  return part === "train" ? parts.train : parts.heldOut;
}

/** What a loader is given of the options: files, and where bad rows go. */
export function fileSource(
  options: {
    file: string;
    split?: string | undefined;
    "skip-bad-rows": boolean;
  },
  badRows: Set<string>,
): { files: string[]; onBadRow?: (error: DataError) => void } {
  const { file, split: name } = options;
  return {
    files: dataFiles(file, name),
    ...(options["skip-bad-rows"] && { onBadRow: ({ message }: DataError) => void badRows.add(message) }),
  };
}

/** Throws `UsageError` for an option that only files have a use for. `option`: the one that names the files. */
export function refuseWithoutFile(environment: string, given: object, option = "file"): void {
  const inVain = ["dataset", "split", "ids", "shuffle"].find((name) => name in given);
  if (inVain !== undefined)
    throw new UsageError(`${environment}: option ${inVain} is for files; name them with ${option}`);
}
