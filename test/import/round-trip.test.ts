/** Exports of hard episodes, imported again: the same records, apart from what `differences.ts` lists. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { expectSums } from "../../src/cost/totals.ts";
import { EXPORT_DEFAULTS, type Exporter, type ExportOptions } from "../../src/export/exporter.ts";
import { rlmLogger } from "../../src/export/formats/rlm-logger.ts";
import type { Counts } from "../../src/export/tally.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { wellFormedValue } from "../../src/export/well-formed.ts";
import { writeExport } from "../../src/export/write.ts";
import { nativeTrajectories } from "../../src/import/formats/native-rows.ts";
import { importFiles } from "../../src/import/read-files.ts";
import { importerNamed } from "../../src/import/registry.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { HARD_EPISODES, tree, twoBlocks } from "../export/hard-episodes.ts";
import { itemOf, rowsOf } from "../export/played.ts";
import { DIFFERENCES, EXPORT_ONLY, LEFT_OUT } from "./differences.ts";
import { importedRows } from "./read.ts";

const WHOLE = { children: true, subCalls: true };

async function thereAndBack(
  exporter: Exporter,
  options: Partial<ExportOptions>,
): Promise<{ counts: Counts; back: Map<string, Trajectory> }> {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-round-trip-"));
  const out = join(folder, exporter.output === "rows" ? "rows.jsonl" : "documents");
  const { counts } = await writeExport({
    exporter,
    source: async function* items() {
      for (const trajectory of HARD_EPISODES) yield itemOf(trajectory);
    },
    options: { ...EXPORT_DEFAULTS, ...options },
    filters: {},
    redaction: null,
    out,
    origin: { version: "0", sources: [], flags: {} },
  });
  const back = new Map<string, Trajectory>();
  for await (const { trajectory } of importFiles([out])) back.set(trajectory.rolloutId, trajectory);
  return { counts, back };
}

/** Files hold well-formed text alone, in every format. */
function formed(one: Trajectory): Trajectory {
  return wellFormedValue(one, () => {}) as Trajectory;
}

const ROUND = EXPORTERS.filter(({ name }) => name in DIFFERENCES).map(
  (exporter) => [exporter.name, exporter] as const,
);

describe.each(ROUND)("what is exported as %s and imported again", (name, exporter) => {
  const kept = HARD_EPISODES.filter(({ rolloutId }) => !(rolloutId in LEFT_OUT[name]!));
  let made: Awaited<ReturnType<typeof thereAndBack>>;
  beforeAll(async () => void (made = await thereAndBack(exporter, WHOLE)));

  it.each(kept.map((one) => [one.rolloutId, one] as const))("is the same record: %s", (_, before) => {
    const expected = DIFFERENCES[name]!.reduce((one, { without }) => without(one), formed(before));
    expect(made.back.get(before.rolloutId)).toEqual(expected);
  });

  it("has no other differences, and needs each that is listed", () => {
    expect([...made.back.keys()].toSorted()).toEqual(kept.map(({ rolloutId }) => rolloutId).toSorted());
    for (const { what, without } of DIFFERENCES[name]!) {
      const changed = kept.filter((one) => JSON.stringify(without(one)) !== JSON.stringify(one));
      expect([what, changed.length > 0]).toEqual([what, true]);
    }
  });

  it("counts what gives no row, with the reason", () => {
    const reasons = Object.values(LEFT_OUT[name]!);
    const expected = new Set(reasons);
    expect(made.counts.leftOut).toEqual(
      Object.fromEntries(
        [...expected].map((reason) => [reason, reasons.filter((one) => one === reason).length]),
      ),
    );
  });

  it("counts every call, also those whose texts are left out", async () => {
    const { back } = await thereAndBack(exporter, {});
    for (const before of kept) {
      const after = back.get(before.rolloutId)!;
      expect(after.totals).toEqual(before.totals);
      expect(() => expectSums(after)).not.toThrow();
    }
  });

  it("is refused by line and field where what was kept was changed", async () => {
    const { rows } = await rowsOf(exporter, [tree("r1")], WHOLE);
    const lines = rows.flatMap((row) => ("lines" in row ? (row["lines"] as unknown[]) : [row]));
    const text = JSON.stringify(lines).replace('"index":2', '"index":"two"');
    await expect(importedRows(importerNamed(name), JSON.parse(text) as unknown[])).rejects.toThrow(
      name === "jsonl" ? "log.jsonl:1: turns.2.index: " : /log\.jsonl:1: rlm_gym/,
    );
  });
});

it("every format is read again, or named as one that is only written", () => {
  expect([...Object.keys(DIFFERENCES), ...Object.keys(EXPORT_ONLY)].toSorted()).toEqual(
    EXPORTERS.map(({ name }) => name).toSorted(),
  );
});

it("a log has the calls of each block with that block", async () => {
  const [row] = (await rowsOf(rlmLogger, [twoBlocks])).rows;
  const [, iteration] = row!["lines"] as {
    code_blocks: { result: { rlm_calls: { prompt: string }[] } }[];
  }[];
  expect(iteration!.code_blocks.map(({ result }) => result.rlm_calls.map(({ prompt }) => prompt))).toEqual([
    ["of a"],
    ["of b"],
  ]);
});

it("native trajectories of a newer schema are refused by line", async () => {
  const rows = [tree("r1"), { ...tree("r2"), schemaVersion: 2 }];
  await expect(importedRows(nativeTrajectories, rows)).rejects.toThrow(
    "log.jsonl:2: schemaVersion 2 is newer than 1, which this version reads; update rlm-gym",
  );
});
