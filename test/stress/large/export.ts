/**
 * Exports a run of episodes of ten turns and 20 KB each to Parquet with the verb, once as token segments and once as
 * transitions, and reads the files' own counts back. Prints one line of figures a format; exits with 1 where a row is
 * missing, or a bound is passed.
 *
 *   tsx test/stress/large/export.ts [episodes = 100000] [max seconds of each = 120] [max GB = 2]
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { writeExport } from "../../../src/export/write.ts";
import { EXPORT_DEFAULTS } from "../../../src/export/exporter.ts";
import { exporterNamed } from "../../../src/export/registry.ts";
import { openRuns } from "../../../src/runs/open-runs.ts";
import { writeTenTurnRun } from "./ten-turn-run.ts";

const [episodes = 100_000, maxSeconds = 120, maxGigabytes = 2] = process.argv.slice(2).map(Number);
const ROWS_OF_AN_EPISODE = { segments: 1, transitions: 10 };

for (const [format, rowsOfOne] of Object.entries(ROWS_OF_AN_EPISODE)) {
  const folder = mkdtempSync(join(tmpdir(), "rlm-gym-export-many-"));
  try {
    await writeTenTurnRun(folder, { episodes, tokens: format === "segments" });
    const gigabytes = statSync(join(folder, "trajectories.jsonl")).size / 1e9;
    const out = join(folder, "out.parquet");
    const started = performance.now();
    const { source, origins } = await openRuns([folder], undefined);
    const { counts } = await writeExport({
      exporter: exporterNamed(format),
      source,
      options: EXPORT_DEFAULTS,
      filters: {},
      redaction: null,
      out,
      origin: { version: "0", sources: origins, flags: {} },
    });
    const seconds = (performance.now() - started) / 1000;
    const peak = process.resourceUsage().maxRSS / 2 ** 20;
    const file = await asyncBufferFromFile(out);
    const metadata = await parquetMetadataAsync(file);
    const rowStart = episodes * rowsOfOne - 1;
    const [last] = await parquetReadObjects({ file, metadata, rowStart, rowEnd: rowStart + 1 });
    const expected = `task-${Math.floor((episodes - 1) / 8)}/${(episodes - 1) % 8}`;
    const isWhole =
      counts.kept === episodes &&
      Number(metadata.num_rows) === episodes * rowsOfOne &&
      last!["rollout_id"] === expected &&
      (JSON.parse(readFileSync(`${out}.manifest.json`, "utf8")) as { counts: { rows: number } }).counts
        .rows ===
        episodes * rowsOfOne;
    console.log(
      `${episodes} episodes in ${gigabytes.toFixed(2)} GB as ${format}: ${counts.rows} rows, ` +
        `${(statSync(out).size / 1e9).toFixed(2)} GB of Parquet in ${seconds.toFixed(1)} s, ${peak.toFixed(2)} GB at most`,
    );
    if (!isWhole || seconds > maxSeconds || peak > maxGigabytes) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
