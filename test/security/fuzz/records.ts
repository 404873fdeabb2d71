/** A fuzz of records: whatever stands in a run's folder or in logs of others, all that reads it ends in time, by name, and writes where it was told. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { EXPORTERS } from "../../../src/export/registry.ts";
import { validatePath } from "../../../src/export/validate-folder.ts";
import { importFiles } from "../../../src/import/read-files.ts";
import { writeImportedRun } from "../../../src/import/write-run.ts";
import type { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { recordingOf } from "../../../src/replay/recording-of-record.ts";
import { changedBytes as changesOf, replayEpisode } from "../../../src/replay/replay.ts";
import { readEpisodes } from "../../../src/report/read-episodes.ts";
import { reportOn } from "../../../src/report/report.ts";
import { summarise } from "../../../src/report/summary.ts";
import { readContext } from "../../../src/runs/context-files.ts";
import { exportRuns } from "../../../src/runs/export-runs.ts";
import { readReferences, readTrajectories } from "../../../src/runs/read-run.ts";
import { readStatus } from "../../../src/runs/run-status.ts";
import { changedBytes, changedJson } from "./hostile-json.ts";
import { mayRefuse, TrialFolder, tryFor } from "./trial.ts";

const FIXTURES = join(import.meta.dirname, "../../replay/fixtures/0.1.0");
const RUNS = ["browsecomp-like", "cases", "faults", "oolong", "s-niah"];
const IMPORTED = ["native-jsonl", "rlm-logger", "atif", "verifiers-v1"];

interface RecordTrial {
  readonly run: string;
  /** Which file is another one, and its content; a text that begins with `->` is a link to there. */
  readonly file: string;
  readonly content: string | Buffer;
  readonly exporter: string;
  readonly replays: boolean;
}

function recordsOf(run: string): unknown[] {
  const text = gunzipSync(readFileSync(join(FIXTURES, run, "trajectories.jsonl.gz"))).toString("utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

function trials(): fc.Arbitrary<RecordTrial> {
  const records = new Map(RUNS.map((run) => [run, recordsOf(run)]));
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
  return fc.constantFrom(...RUNS).chain((run) => {
    const all = records.get(run)!;
    const contexts = readdirSync(join(FIXTURES, run, "contexts")).map((name) => `contexts/${name}`);
    const changedRecord = fc
      .nat({ max: all.length - 1 })
      .chain((at) => changedJson(all[at]).map((changed) => lines([all[(at + 1) % all.length], changed])))
      .map((content) => ({ file: "trajectories.jsonl", content }));
    const twice = fc.constant({ file: "trajectories.jsonl", content: lines([all[0], all[0]]) });
    const broken = (file: string) =>
      changedBytes(
        file === "trajectories.jsonl"
          ? Buffer.from(lines(all.slice(0, 2)))
          : readFileSync(join(FIXTURES, run, file)),
      ).map((content) => ({ file, content }));
    const json = (file: string) => {
      const text = readFileSync(join(FIXTURES, run, file), "utf8");
      const whole: unknown = JSON.parse(file.endsWith(".jsonl") ? text.split("\n")[0]! : text);
      return changedJson(whole).map((value) => ({ file, content: JSON.stringify(value) }));
    };
    const linked = fc
      .tuple(
        fc.constantFrom("trajectories.jsonl", "contexts", "manifest.json", "references.jsonl", ...contexts),
        fc.constantFrom("canary", "contexts", "nowhere", "given"),
      )
      .map(([file, target]) => ({
        file,
        content: `->${"../".repeat(file.startsWith("contexts/") ? 5 : 4)}${target}`,
      }));
    const change = fc.oneof(
      { weight: 6, arbitrary: changedRecord },
      { weight: 1, arbitrary: twice },
      {
        weight: 2,
        arbitrary: fc
          .constantFrom("trajectories.jsonl", "manifest.json", "references.jsonl", ...contexts)
          .chain(broken),
      },
      { weight: 2, arbitrary: fc.constantFrom("manifest.json", "references.jsonl").chain(json) },
      { weight: 1, arbitrary: linked },
    );
    return fc
      .record({
        run: fc.constant(run),
        change,
        exporter: fc.constantFrom(...EXPORTERS.map(({ name }) => name)),
        replays: fc.boolean(),
      })
      .map(({ change: { file, content }, ...rest }) => ({ ...rest, file, content }));
  });
}

/** Lays the run into the folder, with the one file that is another. */
function lay({ run, file, content }: RecordTrial, folder: string): string {
  const place = join(folder, "run");
  cpSync(join(FIXTURES, run), place, { recursive: true });
  writeFileSync(
    join(place, "trajectories.jsonl"),
    recordsOf(run)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(""),
  );
  const target = join(place, file);
  if (typeof content === "string" && content.startsWith("->")) {
    rmSync(target, { recursive: true, force: true });
    symlinkSync(content.slice(2), target);
  } else writeFileSync(target, content);
  return place;
}

async function readAll(trial: RecordTrial, folder: string, pool: PyodideReplPool): Promise<void> {
  const run = lay(trial, folder);
  await mayRefuse(() => readStatus(run));
  await mayRefuse(async () => {
    const figures = [];
    for await (const { figures: one } of readEpisodes(run, [])) figures.push(one);
    summarise(figures);
    reportOn(figures, { seed: 0 });
  });
  await mayRefuse(() => validatePath(join(run, "trajectories.jsonl"), undefined, 5));
  const exporter = EXPORTERS.find(({ name }) => name === trial.exporter)!;
  const ending = exporter.output !== "rows" ? "" : exporter.jsonl ? ".jsonl" : ".parquet";
  const out = join(folder, `out${ending}`);
  await mayRefuse(() => exportRuns([run], { format: exporter.name, out }));
  if (existsSync(out)) {
    await mayRefuse(() => validatePath(out, undefined, 5));
    if (IMPORTED.includes(exporter.name)) await mayRefuse(() => importAll(out, join(folder, "again")));
  }
  await mayRefuse(() => importAll(join(run, "trajectories.jsonl"), join(folder, "imported")));
  if (trial.replays) await mayRefuse(() => replayAll(run, pool));
}

async function importAll(file: string, out: string): Promise<void> {
  const run = join(out, "..", "run");
  const episodes = async function* () {
    for await (const { trajectory, reference, context } of importFiles([file])) {
      const held = await mayRefuse(() => readContext(run, trajectory.task.context));
      yield { trajectory, reference, context: context ?? held };
    }
  };
  await writeImportedRun(out, episodes(), { version: "0", formats: () => [] });
}

async function replayAll(run: string, pool: PyodideReplPool): Promise<void> {
  await readReferences(run);
  for await (const record of readTrajectories(run)) {
    await mayRefuse(() => recordingOf(record));
    await mayRefuse(() => changesOf(record));
    const context = await readContext(run, record.task.context);
    await mayRefuse(() => replayEpisode(record, context, { repls: pool }));
  }
}

/** Tries records for so long, and returns how many. Throws with the one that brought something to light. */
export async function fuzzRecords(pool: PyodideReplPool, seconds: number, seed: number): Promise<number> {
  const place = new TrialFolder();
  try {
    return await tryFor(
      { seconds, seed },
      trials(),
      async (trial) => {
        place.clear();
        mkdirSync(join(place.folder), { recursive: true });
        await readAll(trial, place.folder, pool);
        place.expectClean();
      },
      ({ content, ...trial }) => `${JSON.stringify(trial)} ${content.toString("utf8").slice(0, 8000)}`,
    );
  } finally {
    place.remove();
  }
}
