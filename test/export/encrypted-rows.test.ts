/** Exports of encrypted sets: no text of theirs is in the file, in any format, and every row can be had back. */
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decryptedRows } from "../../datasets/browsecomp/decrypted-rows.ts";
import { EXPORT_DEFAULTS, type Exporter } from "../../src/export/exporter.ts";
import { EXPORTERS, exporterNamed } from "../../src/export/registry.ts";
import { validateFile } from "../../src/export/validate.ts";
import { writeExport } from "../../src/export/write.ts";
import { isEncrypted, decryptedLine } from "../../src/data/encryption.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { itemOf, rowsOf, withTokens } from "./played.ts";

const CANARIES: Readonly<Record<string, string | null>> = { t: "canary one", u: "canary two", v: null };

/** Two rollouts of each task, so that formats of pairs have rows too. */
function rollouts(...tasks: readonly string[]): Trajectory[] {
  return tasks.flatMap((id) => {
    const { task, turns, calls } = withTokens();
    const own = { task: { ...task, id }, groupId: id };
    const worse = { turns: turns.slice(0, 2), calls: calls.slice(0, 2) };
    return [
      withTokens(`${id}-better`, own),
      withTokens(`${id}-worse`, { ...own, ...worse, reward: { total: 0, score: 0, terms: {} } }),
    ];
  });
}

async function exported(exporter: Exporter, ending: string, trajectories: readonly Trajectory[]) {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-encrypted-"));
  const out = join(folder, `file${ending}`);
  const manifest = await writeExport({
    exporter,
    source: async function* items() {
      for (const trajectory of trajectories)
        yield { ...itemOf(trajectory), canary: CANARIES[trajectory.task.id]! };
    },
    options: EXPORT_DEFAULTS,
    filters: {},
    redaction: null,
    out,
    origin: { version: "0", sources: [], flags: {} },
  });
  return { out, manifest };
}

async function linesOf(out: string, exporter: Exporter): Promise<unknown[]> {
  if (out.endsWith(".parquet")) return [];
  const names = exporter.output === "rows" ? [""] : await readdir(out);
  const texts = await Promise.all(names.map((name) => readFile(join(out, name), "utf8")));
  return texts.flatMap((text) => text.trim().split("\n")).map((line) => JSON.parse(line) as unknown);
}

const plainLines = async (exporter: Exporter, trajectories: readonly Trajectory[]) => {
  const { rows } = await rowsOf(exporter, trajectories);
  const lines = rows.flatMap((row) =>
    exporter.output === "documents" ? (row["lines"] as unknown[]) : [row],
  );
  return JSON.parse(JSON.stringify(lines)) as unknown[];
};
const sorted = (lines: readonly unknown[]) => lines.map((line) => JSON.stringify(line)).toSorted();

describe.each(EXPORTERS.filter(({ output }) => output !== "tensors").map((one) => [one.name, one] as const))(
  "an encrypted export of the format %s",
  (_, exporter) => {
    it.skipIf(!exporter.jsonl && exporter.output === "rows")(
      "holds each row under its own set's canary, and rows of other sets in plain",
      async () => {
        const trajectories = rollouts("t", "u", "v");
        const { out, manifest } = await exported(exporter, exporter.jsonl ? ".jsonl" : "", trajectories);
        const lines = await linesOf(out, exporter);
        const secret = lines.filter(isEncrypted);
        expect(new Set(secret.map(({ canary }) => canary))).toEqual(new Set(["canary one", "canary two"]));
        const opened = lines.map((line) => decryptedLine(line, ""));
        expect(sorted(opened)).toEqual(sorted(await plainLines(exporter, trajectories)));
        expect(sorted(lines.filter((line) => !isEncrypted(line)))).toEqual(
          sorted(await plainLines(exporter, rollouts("v"))),
        );
        for (const { sealed, ...rest } of secret) {
          expect(Object.keys(rest)).toEqual(["canary"]);
          expect(sealed).toMatch(/^[A-Za-z0-9+/]+=*$/);
        }
        const units = exporter.output === "documents" ? (await readdir(out)).length : lines.length;
        expect(manifest.encryptedRows).toBe((units * 2) / 3);
      },
    );

    it.skipIf(exporter.columns === null)("is a table of canary and ciphertext as Parquet", async () => {
      const { out } = await exported(exporter, ".parquet", rollouts("t", "u"));
      const rows: unknown[] = [];
      for await (const row of decryptedRows(out)) rows.push(row);
      expect(sorted(rows)).toEqual(sorted(await plainLines(exporter, rollouts("t", "u"))));
      await expect(exported(exporter, ".parquet", rollouts("t", "v"))).rejects.toThrow(
        /export them separately/,
      );
      await expect(exported(exporter, ".parquet", rollouts("v", "t"))).rejects.toThrow(
        /export them separately/,
      );
    });
  },
);

describe("validate", () => {
  it("checks encrypted rows as what they hold, and names one that is damaged", async () => {
    const { out } = await exported(exporterNamed("trl-sft"), ".jsonl", rollouts("t", "v"));
    expect(await validateFile(out, undefined)).toEqual({
      format: "trl-sft",
      rows: 4,
      bad: 0,
      encrypted: 2,
      faults: [],
    });
    const { out: table } = await exported(exporterNamed("segments"), ".parquet", rollouts("t"));
    expect(await validateFile(table, undefined)).toMatchObject({ format: "segments", bad: 0 });
    await writeFile(out, (await readFile(out, "utf8")).replace("canary one", "another"));
    expect(await validateFile(out, undefined)).toMatchObject({
      bad: 1,
      faults: [{ line: 1, message: expect.stringMatching(/^sealed: .*the row's canary/) as unknown }],
    });
  });
});
