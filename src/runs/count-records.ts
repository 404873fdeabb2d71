/** How many episodes of a run have ended: the manifest of a run that goes on, or that was killed, does not know. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { DataError } from "../errors.ts";

const LINE_END = 0x0a;

/**
 * The whole lines of a run's records; 0 if there is no such file. Nothing is parsed, so that gigabytes take seconds. Throws
 * `DataError` for a file that cannot be read, such as a folder of its name.
 */
export async function countRecords(folder: string): Promise<number> {
  let lines = 0;
  const path = join(folder, "trajectories.jsonl");
  const pieces = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    for await (const piece of pieces as AsyncIterable<Buffer>)
      for (let at = piece.indexOf(LINE_END); at >= 0; at = piece.indexOf(LINE_END, at + 1)) lines += 1;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new DataError(`${path}: cannot be read (${message})`, { cause: error });
  }
  return lines;
}
