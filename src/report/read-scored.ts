/** Reads a scored file beside a run. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { DataError } from "../errors.ts";
import type { ScoredRow } from "../rewards/score-episodes.ts";

const term = z.object({
  raw: z.number(),
  weighted: z.number(),
  unit: z.enum(["dollars", "tokens"]).exactOptional(),
});
const row = z.object({
  rolloutId: z.string(),
  environment: z.string().exactOptional(),
  groupId: z.string(),
  simulated: z.literal(true).exactOptional(),
  reward: z.object({ total: z.number(), score: z.number(), terms: z.record(z.string(), term) }).nullable(),
  advantage: z.number().nullable(),
});

/** Whether a name is that of a scored file rather than of a run or a spec. */
export function isScoredFile(name: string): boolean {
  return name.endsWith(".jsonl");
}

/** One row at a time, in the order of the file. Throws `DataError` that names file, line and field. */
export async function* readScored(file: string): AsyncGenerator<ScoredRow> {
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      line += 1;
      if (text.trim() !== "") yield rowOf(text, `${file}:${line}`);
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${file}: cannot be read (${(error as Error).message})`, { cause: error });
  }
}

function rowOf(text: string, where: string): ScoredRow {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${where}: expected JSON (${(error as Error).message})`, { cause: error });
  }
  const parsed = row.safeParse(given);
  if (parsed.success) return parsed.data;
  if (typeof given === "object" && given !== null && "turns" in given)
    throw new DataError(
      `${where}: expected a row of a scored file, found a trajectory; import FILE --out FOLDER makes a run of it`,
    );
  const [issue] = parsed.error.issues;
  throw new DataError(
    `${where}: expected a row of a scored file: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "unreadable"}`,
  );
}
