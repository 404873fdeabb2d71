import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXPORT_DEFAULTS, type Exporter } from "../../src/export/exporter.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { writeExport } from "../../src/export/write.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { HARD_EPISODES } from "./hard-episodes.ts";
import { itemOf, rowsOf, withTokens } from "./played.ts";

const failed = withTokens("failed", {
  status: "infra_error",
  error: { kind: "repl", message: "gone" },
  stopReason: "infra_error",
  reward: null,
});
const told = withTokens("told", { readsGold: true });
const better = withTokens("better", { opening: "Question: wer? 🦉" });
const worse: Trajectory = {
  ...withTokens("worse"),
  turns: withTokens().turns.slice(0, 2),
  calls: withTokens().calls.slice(0, 2),
  reward: { total: 0, score: 0, terms: {} },
};
const ALL = [failed, better, told, worse];

/** The lines that a row holds, for formats of documents. */
function linesOf(exporter: Exporter, row: Readonly<Record<string, unknown>>): readonly unknown[] {
  return exporter.output === "documents" ? (row["lines"] as unknown[]) : [row];
}

describe.each(EXPORTERS.map((exporter) => [exporter.name, exporter] as const))(
  "the format %s",
  (_, exporter) => {
    it("writes rows that its own schema takes", async () => {
      const { rows } = await rowsOf(exporter, ALL);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows)
        for (const line of linesOf(exporter, row))
          expect(exporter.row.safeParse(JSON.parse(JSON.stringify(line))).error).toBeUndefined();
    });

    it("counts every rollout once, as kept or as left out with a reason", async () => {
      const { rows, tally } = await rowsOf(exporter, ALL);
      const { read, kept, leftOut } = tally.counts;
      expect(read).toBe(4);
      expect(kept + Object.values(leftOut).reduce((sum, count) => sum + count, 0)).toBe(read);
      expect(kept).toBeLessThanOrEqual(rows.length * 2);
    });

    it("writes nothing for a rollout that failed or whose policy was told the gold", async () => {
      const { rows, tally } = await rowsOf(exporter, [failed, told]);
      expect(rows).toEqual([]);
      expect(tally.counts.leftOut).toEqual({
        "infrastructure fault": 1,
        "the policy was told the gold": 1,
      });
    });

    it("holds gold in its own field for it, or not at all", async () => {
      const { rows } = await rowsOf(exporter, ALL);
      expect(JSON.stringify(rows).includes("GOLD-ANSWER")).toBe(exporter.holdsGold);
    });

    it("holds nothing of what a judge was asked, in which the gold stands", async () => {
      // The record itself is lossless.
      if (exporter.name === "jsonl" || exporter.holdsGold) return;
      const { rows } = await rowsOf(exporter, HARD_EPISODES, { children: true, subCalls: true });
      expect(JSON.stringify(rows)).not.toContain("GOLD-ANSWER");
    });

    it("keeps text outside ASCII as it is", async () => {
      if (["segments", "transitions", "tensors"].includes(exporter.name)) return;
      const { rows } = await rowsOf(exporter, ALL);
      expect(JSON.stringify(rows)).toContain("🦉");
    });

    it("writes the same bytes again, with a manifest that has their hash", async () => {
      const folder = await mkdtemp(join(tmpdir(), "rlm-gym-export-"));
      const ending = exporter.jsonl ? ".jsonl" : exporter.output === "rows" ? ".parquet" : "";
      const write = (name: string) =>
        writeExport({
          exporter,
          source: async function* items() {
            for (const trajectory of ALL) yield itemOf(trajectory);
          },
          options: EXPORT_DEFAULTS,
          filters: {},
          redaction: null,
          out: join(folder, name + ending),
          origin: { version: "0", sources: [], flags: {} },
        });
      const first = await write("a");
      expect(await write("b")).toEqual(first);
      expect(first.files.every(({ sha256, bytes }) => sha256.length === 64 && bytes > 0)).toBe(true);
      await expect(write("a")).rejects.toThrow("exists");
      expect((await readdir(folder)).toSorted()).toEqual(
        ["a", "b"].flatMap((name) => ["", ".README.md", ".manifest.json"].map((end) => name + ending + end)),
      );
      const manifest = JSON.parse(
        await readFile(join(folder, `a${ending}.manifest.json`), "utf8"),
      ) as unknown;
      expect(manifest).toEqual(JSON.parse(JSON.stringify(first)));
    });
  },
);
