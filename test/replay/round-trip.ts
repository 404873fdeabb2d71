/** Writes a record in the formats that hold all of it, and reads it back from them. */
import { writeFile } from "node:fs/promises";
import { EXPORT_DEFAULTS } from "../../src/export/exporter.ts";
import { exporterNamed } from "../../src/export/registry.ts";
import { writeExport } from "../../src/export/write.ts";
import { importFiles } from "../../src/import/read-files.ts";
import { openRuns } from "../../src/runs/open-runs.ts";
import type { Trajectory } from "../../src/trajectory.ts";

/** The record as each format gives it back. @param file a path for the record; those of the formats begin with it */
export async function roundTrips(record: Trajectory, file: string): Promise<[string, Trajectory][]> {
  await writeFile(file, `${JSON.stringify(record)}\n`);
  const read: [string, Trajectory][] = [];
  for (const format of ["jsonl", "atif"]) {
    const out = `${file}.${format}${format === "jsonl" ? ".jsonl" : ""}`;
    const { source, origins } = await openRuns([file], undefined);
    await writeExport({
      exporter: exporterNamed(format),
      source,
      options: EXPORT_DEFAULTS,
      filters: {},
      redaction: null,
      out,
      origin: { version: "0", sources: origins, flags: {} },
    });
    for await (const { trajectory } of importFiles([out], format)) read.push([format, trajectory]);
  }
  return read;
}
