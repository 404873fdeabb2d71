import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXPORT_DEFAULTS } from "../../src/export/exporter.ts";
import type { Filters } from "../../src/export/choice/filters.ts";
import { exporterNamed, EXPORTERS } from "../../src/export/registry.ts";
import { validateFile } from "../../src/export/validate.ts";
import { writeExport } from "../../src/export/write.ts";
import { importFiles } from "../../src/import/read-files.ts";
import { openRuns } from "../../src/runs/open-runs.ts";
import { played, withTokens } from "./played.ts";

const bare = played("bare", [{ text: "FINAL(1)" }]);

async function fileOf(...lines: readonly (object | string)[]): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-bad-"));
  const file = join(folder, "t.jsonl");
  await writeFile(
    file,
    lines.map((line) => (typeof line === "string" ? line : `${JSON.stringify(line)}\n`)).join(""),
  );
  return { folder, file };
}

async function exported(file: string, format: string, filters: Filters = {}, ending = ".jsonl") {
  const { source, origins } = await openRuns([file], undefined);
  return writeExport({
    exporter: exporterNamed(format),
    source,
    options: EXPORT_DEFAULTS,
    filters,
    redaction: null,
    out: `${file}.out${ending}`,
    origin: { version: "0", sources: origins, flags: {} },
  });
}

describe("an export", () => {
  it.each(
    EXPORTERS.map(({ name, jsonl, output }) => [
      name,
      output === "rows" ? (jsonl ? ".jsonl" : ".parquet") : "",
    ]),
  )(
    "as %s of a run that was cut off in the middle of a line names the line, and leaves nothing behind",
    async (format, ending) => {
      const { folder, file } = await fileOf(withTokens("a"), JSON.stringify(withTokens("b")).slice(0, 500));
      await expect(exported(file, format, {}, ending)).rejects.toThrow(
        /t\.jsonl:2: the last line is cut off/,
      );
      expect(await readdir(folder)).toEqual(["t.jsonl"]);
    },
  );

  it("of a trajectory of a newer schema says what is too old to read it", async () => {
    const { folder, file } = await fileOf(bare, { ...bare, rolloutId: "b", schemaVersion: 2 });
    await expect(exported(file, "trl-sft")).rejects.toThrow(
      "t.jsonl:2: schemaVersion 2 is newer than 1, which this version reads; update rlm-gym",
    );
    expect(await readdir(folder)).toEqual(["t.jsonl"]);
  });

  it("of which no rows are left says why each rollout was left out", async () => {
    const { folder, file } = await fileOf(bare, {
      ...bare,
      rolloutId: "b",
      status: "infra_error",
      reward: null,
    });
    await expect(exported(file, "trl-sft", { minScore: 2 })).rejects.toThrow(
      "no rows are left of 2 rollouts (1: infrastructure fault; 1: score out of bounds)",
    );
    expect(await readdir(folder)).toEqual(["t.jsonl"]);
  });

  it("to an output that exists touches nothing of it", async () => {
    const { file } = await fileOf(bare);
    await writeFile(`${file}.out.jsonl`, "mine");
    await expect(exported(file, "trl-sft")).rejects.toThrow(/t\.jsonl\.out\.jsonl exists; name a new one/);
  });

  it("as token segments of a run without token ids says how to collect them", async () => {
    const { folder, file } = await fileOf(bare);
    await expect(exported(file, "segments")).rejects.toThrow(
      "the format segments needs token ids, and no rollout holds any; collect with --token-ids",
    );
    await expect(exported(file, "segments", {}, ".parquet")).rejects.toThrow("needs token ids");
    expect(await readdir(folder)).toEqual(["t.jsonl"]);
  });

  it("of a line that is not a trajectory, or a rollout that occurs twice, names the line", async () => {
    const { file } = await fileOf(bare, "7\n");
    await expect(exported(file, "trl-sft")).rejects.toThrow("t.jsonl:2: expected a trajectory");
    const twice = await fileOf(bare, bare);
    await expect(exported(twice.file, "trl-sft")).rejects.toThrow("t.jsonl:2: the rollout bare occurs twice");
  });
});

it("a Parquet file whose pages are not what they were is refused by its rows", async () => {
  const { file } = await fileOf(withTokens("a"), withTokens("b"));
  const { files } = await exported(file, "transitions", {}, ".parquet");
  const bytes = await readFile(`${file}.out.parquet`);
  await writeFile(`${file}.bad.parquet`, bytes.fill(255, 40, Math.floor(files[0]!.bytes / 3)));
  await expect(validateFile(`${file}.bad.parquet`, undefined)).rejects.toThrow(
    /t\.jsonl\.bad\.parquet: rows 1 to 6 cannot be read/,
  );
});

describe("an import", () => {
  const read = async (path: string) => {
    for await (const _ of importFiles([path]));
  };

  it("names file and line of what it cannot read, and the keys of what it does not know", async () => {
    const cut = await fileOf(
      '{"type":"metadata","root_model":"m","max_depth":1,"max_iterations":3}\n{"type":"iter',
    );
    await expect(read(cut.file)).rejects.toThrow(/t\.jsonl:2: the last line is cut off/);
    const other = await fileOf({ a: 1, b: 2 });
    await expect(read(other.file)).rejects.toThrow(/t\.jsonl:1: is not in a format .+its keys: a, b/);
    const empty = await fileOf("");
    await expect(read(empty.file)).rejects.toThrow("t.jsonl: is empty");
    await expect(read(join(empty.folder, "none"))).rejects.toThrow("cannot be read");
  });
});
