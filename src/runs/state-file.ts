/** Reads a small file of state in a run's folder, which is complete at every moment. */
import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { DataError } from "../errors.ts";

/** Null if the file is not there. Throws `DataError` that names the file and the field. */
export async function readState<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new DataError(`${file}: cannot be read (${error.message})`, { cause: error });
  });
  if (text === null) return null;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${file}: expected JSON (${(error as Error).message})`, { cause: error });
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DataError(`${file}: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "unreadable"}`);
}
