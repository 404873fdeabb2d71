/** Reads and writes the files of checkpoints: JSON with packed rows of numbers, replaced as a whole, and checked when read. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { TrainingError } from "../errors.ts";
import { writeAtomically } from "../files/atomic-write.ts";
import type { AdamState } from "./adam.ts";

/** A row of numbers as base64 of little-endian 32-bit floats. */
export const packedNumbers = z.string().transform((text) => {
  const bytes = Buffer.from(text, "base64");
  const whole = bytes.byteLength - (bytes.byteLength % Float32Array.BYTES_PER_ELEMENT);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole));
});
export const packedAdam = z.object({
  steps: z.number().int().nonnegative(),
  first: packedNumbers,
  second: packedNumbers,
});

export function packed(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

/** The state as `packedAdam` reads it. */
export function packAdam({ steps, first, second }: AdamState): Readonly<Record<string, number | string>> {
  return { steps, first: packed(first), second: packed(second) };
}

/** Replaces the file in one step, so that a reader finds either the old content or the new one. */
export async function writeCheckpointFile(path: string, content: object): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(content)}\n`);
}

/** Throws `TrainingError` that names file and field if the version or the shape is another one. */
export function readCheckpointFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { format, version }: { readonly format: string; readonly version: number },
): z.output<Schema> {
  const parsed = schema.safeParse(jsonOf(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TrainingError(
    `${path}: field ${issue?.path.join(".")}: ${issue?.message}; expected version ${version} of ${format}`,
  );
}

/** Throws `TrainingError` if a row has another number of values, or one that is not finite. */
export function expectNumbers(
  path: string,
  count: number,
  rows: Readonly<Record<string, Float32Array>>,
): void {
  for (const [name, values] of Object.entries(rows)) {
    if (values.length !== count)
      throw new TrainingError(`${path}: expected ${count} numbers in ${name}, got ${values.length}`);
    const broken = values.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0)
      throw new TrainingError(
        `${path}: expected finite numbers in ${name}, got ${values[broken]} at ${broken}`,
      );
  }
}

/** The error to throw when training stops. For a loss that is not a number it names the last good checkpoint; any other error stays as it is. */
export function stoppedAfter(error: unknown, update: number, folder: string): unknown {
  if (!(error instanceof TrainingError)) return error;
  return new TrainingError(
    `update ${update + 1}: ${error.message}; the checkpoint of update ${update} is kept in ${folder}`,
    { cause: error },
  );
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new TrainingError(`${path}: expected one JSON object`, { cause: error });
  }
}
