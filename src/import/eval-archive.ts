/** An `.eval` archive of Inspect, as the lines that its JSON log would have with one sample in each. */
import { readFile } from "node:fs/promises";
import { DataError } from "../errors.ts";
import { type ZipEntry, zipEntries } from "../files/zip.ts";
import type { Line } from "./importer.ts";

/** Its header stands last in the archive; what a log begins with does where the evaluation has not ended. */
const HEADERS = ["header.json", "_journal/start.json"];

/** `parse` reads the text of an entry; null for what is not JSON. Throws `DataError` for an archive without a header. */
export async function* evalLines(
  file: string,
  parse: (text: string, where: string) => Line | null,
): AsyncGenerator<Line> {
  const entries = zipEntries(file, await readFile(file));
  const read = (entry: ZipEntry): Line => {
    const where = `${file}: ${entry.name}`;
    try {
      const line = parse(Buffer.from(entry.read()).toString("utf8"), where);
      return line ?? { value: undefined, where, problem: "is not JSON (is it cut off?)" };
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      return { value: undefined, where, problem: error.message.replace(`${where}: `, "") };
    }
  };
  const found = HEADERS.map((name) => entries.find((entry) => entry.name === name)).find(Boolean);
  if (!found) throw new DataError(`${file}: expected an entry header.json, as Inspect's logs have it`);
  const header = read(found);
  if (header.problem !== undefined) {
    yield header;
    return;
  }
  // An evaluation without samples is told by its header alone.
  const samples = entries.filter(({ name }) => /^samples\/.*\.json$/.test(name));
  if (samples.length === 0) yield { ...header, value: { ...(header.value as object), samples: [] } };
  for (const entry of samples) {
    const line = read(entry);
    const whole = { ...(header.value as object), samples: [line.value] };
    yield line.problem === undefined ? { ...line, value: whole } : line;
  }
}
