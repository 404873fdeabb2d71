/** Records of earlier rules: they play again byte for byte, and every format and the report still reads those of 0.1.0. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXPORT_DEFAULTS, type Exporter } from "../../src/export/exporter.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { validateFile } from "../../src/export/validate.ts";
import { writeExport } from "../../src/export/write.ts";
import { LanguagePools } from "../../src/languages/language-pools.ts";
import { replayedLanguage, replayEpisode } from "../../src/replay/replay.ts";
import { readEpisodes } from "../../src/report/read-episodes.ts";
import { reportOn } from "../../src/report/report.ts";
import { openRuns } from "../../src/runs/open-runs.ts";
import { readContext } from "../../src/runs/context-files.ts";
import { readTrajectories } from "../../src/runs/read-run.ts";
import type { Trajectory } from "../../src/trajectory.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
/** What each run of 0.1.0 shows; the `README.md` of a version says how its runs were made. */
const RUNS = ["browsecomp-like", "cases", "faults", "oolong", "s-niah"].map((run) => join("0.1.0", run));
const LATER_RUNS = ["0.2.0", "0.3.0", "0.4.0", "0.5.0"].flatMap((version) =>
  ["cases", "oolong", "s-niah"].map((run) => join(version, run)),
);

const pools = new LanguagePools();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rlm-gym-versions-"));
  await cp(FIXTURES, folder, { recursive: true });
  for (const run of [...RUNS, ...LATER_RUNS]) {
    const packed = await readFile(join(folder, run, "trajectories.jsonl.gz"));
    await writeFile(join(folder, run, "trajectories.jsonl"), gunzipSync(packed));
  }
});
afterAll(async () => {
  await pools.close();
  await rm(folder, { recursive: true });
});

async function recordsOf(run: string): Promise<Trajectory[]> {
  const records: Trajectory[] = [];
  for await (const record of readTrajectories(join(folder, run))) records.push(record);
  return records;
}

/** What the name of a file or folder of this format ends with. */
function ending({ output, jsonl }: Exporter): string {
  if (output !== "rows") return "";
  return jsonl ? ".jsonl" : ".parquet";
}

it.each([...RUNS, ...LATER_RUNS])("a record of the run %s plays again byte for byte", async (run) => {
  const differences: unknown[] = [];
  const records = await recordsOf(run);
  for (const record of records) {
    const context = await readContext(join(folder, run), record.task.context);
    const repls = pools.of(replayedLanguage(record));
    const { trajectory, difference } = await replayEpisode(record, context, { repls });
    if (trajectory === null || difference !== null) differences.push(difference ?? record.rolloutId);
  }
  expect(records.length).toBeGreaterThan(0);
  expect(differences).toEqual([]);
});

describe("a record of 0.1.0", () => {
  it.each(EXPORTERS.map((exporter) => [exporter.name, exporter] as const))(
    "is written as %s",
    async (name, exporter) => {
      const out = join(folder, `${name}${ending(exporter)}`);
      const { source, origins } = await openRuns(
        RUNS.map((run) => join(folder, run)),
        undefined,
      );
      const written = await writeExport({
        exporter,
        source,
        options: { ...EXPORT_DEFAULTS, goodFrom: 0.5, margin: 0.01 },
        filters: {},
        redaction: null,
        out,
        origin: { version: "0", sources: origins, flags: {} },
      });
      expect(written.counts.rows).toBeGreaterThan(0);
      if (exporter.output === "rows") expect((await validateFile(out, name)).faults).toEqual([]);
    },
  );

  it("stands in the report", async () => {
    const figures = [];
    for (const run of RUNS)
      for await (const episode of readEpisodes(join(folder, run), [])) figures.push(episode.figures);
    const reports = reportOn(figures, { seed: 0 });
    expect(reports.map(({ tasks }) => tasks).toSorted()).toMatchInlineSnapshot(`
      [
        "browsecomp-like 1000",
        "cases",
        "oolong 1000",
        "s-niah niah_single_2 500",
      ]
    `);
  });
});

it("the fixtures stay small", async () => {
  let bytes = 0;
  for (const file of await readdir(FIXTURES, { recursive: true, withFileTypes: true }))
    if (file.isFile()) bytes += (await readFile(join(file.parentPath, file.name))).length;
  expect(bytes).toBeLessThan(400_000);
});
