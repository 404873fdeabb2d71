import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXPORT_DEFAULTS } from "../../src/export/exporter.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { perTurnSft } from "../../src/export/formats/per-turn-sft.ts";
import { validateFile } from "../../src/export/validate.ts";
import { validatePath } from "../../src/export/validate-folder.ts";
import { writeExport } from "../../src/export/write.ts";
import { itemOf, played, rowsOf, withTokens } from "./played.ts";

async function scratch(name: string): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "rlm-gym-validate-")), name);
}

describe("validate", () => {
  it.each(
    EXPORTERS.filter(({ output }) => output === "rows").flatMap(({ name, jsonl, columns }) => [
      ...(jsonl ? [[name, ".jsonl"]] : []),
      ...(columns ? [[name, ".parquet"]] : []),
    ]),
  )("knows a file of %s (%s) and finds nothing wrong with it", async (name, ending) => {
    const out = await scratch(`file${ending}`);
    const worse = withTokens("worse", {
      reward: { total: 0, score: 0, terms: {} },
      turns: withTokens().turns.slice(0, 1),
    });
    const { counts } = await writeExport({
      exporter: EXPORTERS.find((exporter) => exporter.name === name)!,
      source: async function* items() {
        for (const trajectory of [withTokens("better"), worse]) yield itemOf(trajectory);
      },
      options: EXPORT_DEFAULTS,
      filters: {},
      redaction: null,
      out,
      origin: { version: "0", sources: [], flags: {} },
    });
    const verdict = await validateFile(out, undefined);
    expect(verdict).toEqual({ format: name, rows: counts.rows, bad: 0, faults: [] });
  });

  it("names the line and the field of what is wrong, and of a line that is cut off", async () => {
    const file = await scratch("rows.jsonl");
    const good = { messages: [{ role: "user", content: "a" }] };
    const bad = { messages: [{ role: "robot", content: "a" }] };
    await writeFile(file, `${JSON.stringify(good)}\n${JSON.stringify(bad)}\n{"messages": [`);
    const { format, rows, bad: count, faults } = await validateFile(file, undefined);
    expect([format, rows, count]).toEqual(["trl-sft", 3, 2]);
    expect(faults.map(({ line }) => line)).toEqual([2, 3]);
    expect(faults[0]!.message).toContain("messages.0.role");
    await writeFile(file, '{"a": 1}\n');
    await expect(validateFile(file, undefined)).rejects.toThrow("rows.jsonl:1: is not in a known format");
  });
});

it("validates the trajectories of a run that it is given the folder of", async () => {
  const folder = await scratch("run");
  await mkdir(folder);
  await writeFile(join(folder, "attempts.jsonl"), "");
  await writeFile(join(folder, "trajectories.jsonl"), `${JSON.stringify(withTokens())}\n{"turns": 7}\n`);
  const { format, rows, faults } = await validatePath(folder, undefined);
  expect([format, rows, faults]).toEqual([
    "jsonl",
    2,
    [{ line: 2, message: expect.stringMatching(/^trajectories\.jsonl: schemaVersion/) as string }],
  ]);
});

describe("per-turn samples", () => {
  it("mend the template and say how, and leave out what the paper leaves out", async () => {
    const turns = [
      { text: "```repl\nresult = 41 + 1\n" },
      { text: "```repl\nprint(result)\n```\nFINAL(42)" },
      { text: "I have it.\nFINAL(result)" },
      { text: "no code here" },
    ];
    const made = played("r", turns);
    const [first, ...rest] = made.turns;
    const block = { ...made.turns[1]!.results[0]!, code: "result = 41 + 1" };
    const { rows, tally } = await rowsOf(perTurnSft, [
      { ...made, turns: [{ ...first!, results: [block] }, ...rest] },
      played("zero", turns, { reward: { total: 0, score: 0, terms: {} } }),
      played("single", turns.slice(0, 1)),
    ]);
    const said = rows.map((row) => (row["completion"] as [{ content: string }])[0].content);
    expect(said).toEqual([
      "```repl\nresult = 41 + 1\n```",
      "```repl\nprint(result)\n```",
      "I have it.\nFINAL_VAR(result)",
    ]);
    expect(tally.counts.changes).toEqual({
      "close-fence": 1,
      "final-beside-code": 1,
      "final-to-final-var": 1,
    });
    expect(tally.counts.leftOut).toEqual({ "score 0": 1, "a single turn": 1 });
    expect(tally.counts.turnsLeftOut).toEqual({ "cannot be read in its dialect": 1 });
  });
});
