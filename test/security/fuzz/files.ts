/** A fuzz of data files: whatever their bytes are, readers and loaders end in time, with rows or with a named error. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { loadSpec } from "../../../scripts/input/load-spec.ts";
import { readRows } from "../../../datasets/rows/read-rows.ts";
import { columnBytes } from "../../../datasets/rows/parquet.ts";
import { readWheels } from "../../../src/repl/engine/wheels.ts";
import { LOADERS } from "../../datasets/all-loaders.ts";
import { wheelFiles, zipOf } from "../../repl/wheel-fixture.ts";
import { changedBytes, changedJson } from "./hostile-json.ts";
import { mayRefuse, TrialFolder, tryFor } from "./trial.ts";

interface FileTrial {
  readonly name: string;
  readonly bytes: Buffer;
  /** Who reads it: all rows, a data set, a reward's spec or the wheels of a folder. */
  readonly as: string;
}

const TABLES = new URL("../../data/tables/", import.meta.url);
const SPEC = `name: frugal
price: 0.5
terms:
  score: { type: score, weight: 1 }
  cost: &cost { type: cost, weight: -0.1, unit: tokens }
other: *cost
`;
/** Aliases within aliases, as a bomb has them. */
const BOMB = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
  .split("")
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(",")}]`)
  .join("\n")}\n`;

function packed(name: string, bytes: Buffer): FileTrial {
  return { name: `${name}.gz`, bytes: gzipSync(bytes), as: "rows" };
}

/** Whole files, of which the fuzz makes others. */
function wholeFiles(): FileTrial[] {
  const files: FileTrial[] = [];
  for (const name of [
    "oolong-snappy.parquet",
    "oolong-zstd.parquet",
    "oolong-brotli.parquet",
    "oolong.jsonl",
  ])
    files.push({ name, bytes: readFileSync(new URL(name, TABLES)), as: "rows" });
  for (const { name, rows } of LOADERS) {
    const lines = rows.map((row) => JSON.stringify(row)).join("\n");
    files.push({ name: "rows.jsonl", bytes: Buffer.from(lines), as: name });
    files.push({ name: "rows.json", bytes: Buffer.from(JSON.stringify(rows)), as: name });
    files.push(packed("rows.jsonl", Buffer.from(lines)));
  }
  const table = 'a,b\r\n1,"x, ""y""\nz"\r\n2,w\r\n';
  files.push(
    { name: "rows.csv", bytes: Buffer.from(table), as: "rows" },
    packed("rows.csv", Buffer.from(table)),
  );
  files.push({ name: "rows.tsv", bytes: Buffer.from("a\tb\n1\t2\n"), as: "rows" });
  files.push({
    name: "questions.label",
    bytes: Buffer.from("NUM:date When was it ?\nLOC:city Where ?\n"),
    as: "rows",
  });
  for (const text of [SPEC, BOMB]) files.push({ name: "spec.yaml", bytes: Buffer.from(text), as: "spec" });
  files.push({
    name: "demo-1.0-py3-none-any.whl",
    bytes: zipOf(wheelFiles("demo", { "demo.py": "x = 1" })),
    as: "wheels",
  });
  files.push({
    name: "bomb.jsonl.gz",
    bytes: gzipSync(Buffer.alloc(300_000_000, 120), { level: 1 }),
    as: "rows",
  });
  files.push({ name: "raw.json", bytes: deflateRawSync("[{}]"), as: "rows" });
  files.push({ name: "raw.csv", bytes: brotliCompressSync("a,b"), as: "rows" });
  return files;
}

/** A file in which bytes, or values of its rows, are others. */
function trials(): fc.Arbitrary<FileTrial> {
  const whole = wholeFiles();
  return fc.constantFrom(...whole).chain((file) => {
    const broken = changedBytes(file.bytes).map((bytes) => ({ ...file, bytes }));
    const loader = LOADERS.find(({ name }) => name === file.as);
    if (!loader) return broken;
    const hostile = changedJson(loader.rows).map((rows) => {
      const text = file.name.endsWith(".json")
        ? JSON.stringify(rows)
        : (Array.isArray(rows) ? rows : [rows]).map((row) => JSON.stringify(row)).join("\n");
      return { ...file, bytes: Buffer.from(text) };
    });
    return fc.oneof({ weight: 1, arbitrary: broken }, { weight: 3, arbitrary: hostile });
  });
}

async function read({ name, as }: FileTrial, folder: string): Promise<void> {
  const file = join(folder, name);
  if (as === "spec") return void (await mayRefuse(() => loadSpec(file)));
  if (as === "wheels") return void (await mayRefuse(() => readWheels(folder)));
  const loader = LOADERS.find((one) => one.name === as);
  for (const options of [{}, { onBadRow: () => {} }]) {
    if (loader) await mayRefuse(() => loader.read({ files: [file], ...options }));
    else
      await mayRefuse(async () => {
        for await (const row of readRows([file], options))
          if (typeof row.fields !== "object") throw new Error("no row");
      });
  }
  if (name.endsWith(".parquet")) await mayRefuse(() => columnBytes(file));
}

/** Tries files for so long, and returns how many. Throws with the one that brought something to light. */
export async function fuzzFiles(seconds: number, seed: number): Promise<number> {
  const place = new TrialFolder();
  try {
    return await tryFor(
      { seconds, seed },
      trials(),
      async (trial) => {
        place.clear();
        writeFileSync(join(place.folder, trial.name), trial.bytes);
        await read(trial, place.folder);
        place.expectClean();
      },
      ({ name, as, bytes }) =>
        `${name} read as ${as}, ${bytes.length} bytes: ${bytes.subarray(0, 3000).toString("base64")}`,
    );
  } finally {
    place.remove();
  }
}
