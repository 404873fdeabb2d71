/** Reads what a user gives so that one of RULER's files is made again: where sentences begin, and the sizes of its draws. */
import { z } from "zod";
import { DataError } from "../../src/errors.ts";
import { readJson } from "./json-file.ts";
import { essayWords } from "../s-niah/essay.ts";
import type { RulerSizes } from "../s-niah/fitting.ts";
import { type SentenceSplitter, splitAt } from "../s-niah/sentences.ts";

const startsSchema = z.array(z.number().int().nonnegative()).min(1);
const unitsSchema = z.number().int().positive();
const sizesSchema = z.strictObject({
  probes: z.array(unitsSchema).optional(),
  rows: z.array(z.union([unitsSchema, z.array(unitsSchema).min(1)])).min(1),
});
const fileSizesSchema = sizesSchema.extend({ example: sizesSchema.optional() });

/**
 * Splits a haystack where another tool found its sentences: the file is a JSON list of offsets in characters, as Python counts
 * them, of the text with its white space collapsed. Throws `UsageError` for a file that cannot be read, `DataError` for a bad one.
 */
export function readSentenceStarts(file: string, essay: string): SentenceSplitter {
  const starts = parsedFile(file, startsSchema, "a list of offsets, such as [0, 61, 94]");
  const bad = starts.findIndex((start, i) => (i === 0 ? start !== 0 : start <= starts[i - 1]!));
  if (bad >= 0)
    throw new DataError(
      `${file}: item ${bad}: expected offsets that begin with 0 and rise, got ${starts[bad]}`,
    );
  return splitAt(toUnits(starts, essayWords(essay).join(" ").trim()));
}

/** Offsets in JavaScript's units, in which a character beyond the first plane counts twice. */
function toUnits(starts: readonly number[], text: string): readonly number[] {
  if (!/[\ud800-\udbff]/.test(text)) return starts;
  const units: number[] = [];
  let [next, chars, unit] = [0, 0, 0];
  for (const char of text) {
    if (starts[next] === chars) {
      units.push(unit);
      next += 1;
    }
    chars += 1;
    unit += char.length;
  }
  return units;
}

/** The sizes of a file's draws, as in `{"probes": [25, 600, 300], "rows": [310, [310, 285]]}`; for vt also of its `example`. */
export function readSizes(file: string): RulerSizes & { readonly example?: RulerSizes } {
  const read = parsedFile(file, fileSizesSchema, 'sizes, such as {"probes": [25, 60], "rows": [50, 50]}');
  const { example, ...sizes } = read;
  return { ...given(sizes), ...(example && { example: given(example) }) };
}

function given({ probes, rows }: z.output<typeof sizesSchema>): RulerSizes {
  return { rows, ...(probes && { probes }) };
}

function parsedFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  expected: string,
): z.output<Schema> {
  const read = schema.safeParse(readJson(file));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new DataError(
    `${file}: expected ${expected}; ${issue!.path.join(".") || "the file"}: ${issue!.message}`,
  );
}
