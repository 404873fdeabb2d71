/** Reads rows as an importer gets them from a file. */
import type { Importer, Line, ReadEpisode } from "../../src/import/importer.ts";
import { nativeFrom } from "../../src/import/native.ts";
import type { Trajectory } from "../../src/trajectory.ts";

export async function readRows(importer: Importer, rows: readonly unknown[]): Promise<ReadEpisode[]> {
  async function* lines(): AsyncGenerator<Line> {
    for (const [index, value] of rows.entries()) yield { value, where: `log.jsonl:${index + 1}` };
  }
  const tell = (problem: Error) => {
    throw problem;
  };
  const read: ReadEpisode[] = [];
  for await (const episode of importer.read(lines(), "log", tell, () => null)) read.push(episode);
  return read;
}

export async function importedRows(importer: Importer, rows: readonly unknown[]): Promise<Trajectory[]> {
  return (await readRows(importer, rows)).map(({ record }) =>
    "schemaVersion" in record ? record : nativeFrom(record, (text) => text.length),
  );
}
