import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { rowFrom } from "../../src/export/columns.ts";
import { EXPORT_DEFAULTS, type ExportOptions } from "../../src/export/exporter.ts";
import { withMetadataColumn } from "../../src/export/metadata.ts";
import { EXPORTERS, exporterNamed } from "../../src/export/registry.ts";
import { validateFile } from "../../src/export/validate.ts";
import type { ExportManifest } from "../../src/export/manifest.ts";
import { writeExport } from "../../src/export/write.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { itemOf, played, rowsOf, withTokens } from "./played.ts";

const better = withTokens("better");
const worse = withTokens("worse", {
  turns: withTokens().turns.slice(0, 2),
  calls: withTokens().calls.slice(0, 2),
  reward: { total: 0.125, score: 0, terms: {} },
});
const native = played(
  "native",
  [
    { text: "I look.", toolArguments: '{"code":"print(1)","seconds":3}' },
    { text: "", toolArguments: '{"code":"FINAL(1)"}' },
  ],
  { dialect: "tool" },
);
const failed = withTokens("failed", {
  status: "infra_error",
  error: { kind: "repl", message: "gone" },
  reward: null,
});
const rowFormats = EXPORTERS.filter(({ output }) => output === "rows").map(({ name }) => name);

async function exported(
  format: string,
  ending: string,
  trajectories: readonly Trajectory[],
  options: Partial<ExportOptions> = {},
  part?: "held-out",
): Promise<{ out: string; manifest: ExportManifest }> {
  const out = join(await mkdtemp(join(tmpdir(), "rlm-gym-rows-")), `data${ending}`);
  const manifest = await writeExport({
    exporter: exporterNamed(format),
    source: async function* items() {
      for (const trajectory of trajectories) yield itemOf(trajectory);
    },
    options: { ...EXPORT_DEFAULTS, ...options },
    filters: part ? { part: { name: part, heldOut: 1, seed: 0 } } : {},
    redaction: null,
    out,
    origin: { version: "0", sources: [{ run: "a|b" }], flags: { format } },
  });
  return { out, manifest };
}

describe.each(rowFormats)("rows of %s", (format) => {
  it("are in Parquet what they are in JSON Lines, with tool calls and without", async () => {
    const exporter = exporterNamed(format);
    const all = [better, worse, ...(exporter.needsTokens ? [] : [native])];
    for (const withMetadata of [true, false]) {
      const { rows } = await rowsOf(exporter, all, { withMetadata });
      const { out } = await exported(format, ".parquet", all, { withMetadata });
      const cells = await parquetReadObjects({ file: await asyncBufferFromFile(out) });
      const read = rowFrom(withMetadataColumn(exporter.columns!, exporter.metadata));
      expect(plain(cells.map((row) => read(row)))).toEqual(plain(rows));
      expect(await validateFile(out, undefined)).toMatchObject({ format, rows: rows.length, bad: 0 });
    }
  });

  it("say with metadata which rollout they come from, its task, policy, score and reward", async () => {
    const exporter = exporterNamed(format);
    const { rows } = await rowsOf(exporter, [better, worse], { withMetadata: true });
    const of = ({ rolloutId, task, policy, reward }: Trajectory) => ({
      rollout: rolloutId,
      task: task.id,
      policy,
      score: reward!.score,
      reward: reward!.total,
    });
    expect(rows.length).toBeGreaterThan(0);
    const told = [of(better), of(worse)];
    if (exporter.metadata === "pair")
      expect(rows.map(({ metadata }) => metadata)).toEqual([{ chosen: told[0], rejected: told[1] }]);
    else if (exporter.metadata === "rollout")
      for (const { metadata } of rows) expect(told).toContainEqual(metadata);
    else
      for (const [index, row] of rows.entries())
        for (const value of Object.values(told[index]!)) expect(leavesOf(row)).toContain(value);
    if (exporter.jsonl) {
      const { out } = await exported(format, ".jsonl", [better, worse], { withMetadata: true });
      expect(await validateFile(out, undefined)).toMatchObject({ format, bad: 0 });
    }
  });
});

it("refuses metadata that lack a field, and names it", async () => {
  const { out } = await exported("trl-sft", ".parquet", [better], { withMetadata: true });
  expect((await validateFile(out, undefined)).bad).toBe(0);
  const { rows } = await rowsOf(exporterNamed("trl-sft"), [better], { withMetadata: true });
  const file = `${out}.jsonl`;
  await writeFile(file, JSON.stringify({ ...rows[0], metadata: { rollout: "r" } }));
  const { faults } = await validateFile(file, undefined);
  expect(faults[0]!.message).toMatch(/^metadata\.task: /);
});

describe("the dataset card", () => {
  it("has a head that the Hub reads, and leaves the licence to the publisher", async () => {
    const { out } = await exported("trl-sft", ".parquet", [better, worse], {}, "held-out");
    const card = await readFile(`${out}.README.md`, "utf8");
    const [, head = "", body = ""] = card.split(/^---$/m);
    expect(parse(head)).toEqual({
      pretty_name: "data.parquet",
      tags: ["rlm-gym", "recursive-language-models"],
      size_categories: ["n<1K"],
      configs: [{ config_name: "default", data_files: [{ split: "test", path: "data.parquet" }] }],
    });
    expect(head).toContain("# license:");
    expect(body).toContain("2 rows of 2 rollouts in the format `trl-sft`");
  });

  it("names runs, environments, policies, what was left out and what is simulated", async () => {
    const { out, manifest } = await exported("transitions", ".jsonl", [better, worse, failed]);
    const { environment, policy } = better;
    expect(manifest.policies).toEqual([{ environment, policy, rollouts: 2 }]);
    expect(manifest.kinds.reduce((sum, { rollouts }) => sum + rollouts, 0)).toBe(2);
    for (const { kind, rollouts } of manifest.kinds)
      expect(await readFile(`${out}.README.md`, "utf8")).toContain(
        `| ${environment} | ${kind} | ${rollouts} |`,
      );
    const card = await readFile(`${out}.README.md`, "utf8");
    for (const part of [
      `| ${environment} | ${policy} | 2 |`,
      String.raw`| a\|b | {} |`,
      "| 1 | infrastructure fault |",
      ...manifest.rules,
    ])
      expect(card).toContain(part);
    expect(card.includes("**Simulated:**")).toBe(better.simulated);
    const { out: other } = await exported("transitions", ".jsonl", [
      { ...better, simulated: !better.simulated },
    ]);
    expect((await readFile(`${other}.README.md`, "utf8")).includes("**Simulated:**")).toBe(!better.simulated);
  });
});

/** Without absent fields and with plain numbers. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item)),
  );
}

function leavesOf(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}
