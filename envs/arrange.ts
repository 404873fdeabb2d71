/** Options that every environment over a data file shares: which problems are played, and in which order. */
import { z } from "zod";
import { dataFiles } from "../datasets/rows/data-files.ts";
import { type Dataset, filter, shuffle, take } from "../src/data/dataset.ts";
import { split } from "../src/data/split.ts";
import { withCursor } from "../src/data/cursor.ts";
import { type DataError, UsageError } from "../src/errors.ts";

/** Which files and rows to read. */
export const fileOptions = {
  split: z
    .string()
    .optional()
    .describe("in a folder, only files whose names begin with this, such as validation"),
  ids: z.string().optional().describe("ids of the wanted rows, separated by commas"),
  "skip-bad-rows": z.boolean().default(false).describe("leave out rows that cannot be read, and count them"),
};

const share = z.coerce.number().gt(0).lt(1).optional();
const DEFAULT_HELD_OUT = 0.2;

/** Which problems to play, from files and generators alike. */
export const partOptions = {
  part: z
    .enum(["all", "train", "held-out"])
    .default("all")
    .describe("which part of the problems to play; the two parts share no context"),
  "held-out": share.describe("share of the contexts that go to part held-out (default: 0.2)"),
  holdout: share.describe("the old name of held-out"),
  take: z.coerce.number().int().positive().optional().describe("at most this many problems"),
};

export const shuffleOption = {
  shuffle: z.coerce.number().int().nonnegative().optional().describe("seed that shuffles the problems"),
};

/** A shuffle holds this many problems of a file at once; contexts may be megabytes long. */
const SHUFFLED_PROBLEMS = 1000;
/** Belongs to the data, not to a run: training with one seed and testing with another must not share contexts. */
const SPLIT_SEED = 0;

/** The problems of a dataset that the options ask for, in the order they ask for. */
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

/** The options that a loader takes: files, and what to do with bad rows. */
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

/** Throws `UsageError` for an option that only makes sense with files. `option`: the option that names the files. */
export function refuseWithoutFile(environment: string, given: object, option = "file"): void {
  const inVain = ["dataset", "split", "ids", "shuffle"].find((name) => name in given);
  if (inVain !== undefined)
    throw new UsageError(`${environment}: option ${inVain} is for files; name them with ${option}`);
}

/** Throws `UsageError` for an option that says what to make, where files are read. */
export function refuseWithFile<Given extends object>(
  environment: string,
  given: Given,
  names: readonly (keyof Given & string)[],
): void {
  const inVain = names.find((name) => given[name] !== undefined);
  if (inVain !== undefined)
    throw new UsageError(`${environment}: option ${inVain} says what to make; leave it out with file`);
}
