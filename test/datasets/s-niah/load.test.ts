import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadRuler } from "../../../datasets/s-niah/load.ts";
import { rulerRows } from "../../../datasets/s-niah/ruler.ts";
import { variantNamed, VARIANTS, type VariantName } from "../../../datasets/s-niah/variants.ts";
import { stringMatchAll, trainingScore } from "../../../datasets/s-niah/scorer.ts";
import { problemAt } from "../../../src/data/dataset.ts";
import { datasetContract } from "../dataset-contract.ts";
import { textOf } from "../text-of.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-ruler-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = [...rulerRows({ variant: "niah_multikey_2", length: 1500, rows: 3 })];
mkdirSync(join(folder, "niah_multikey_2"));
const file = join(folder, "niah_multikey_2", "validation.jsonl");
writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

describe("loadRuler", () => {
  datasetContract({ open: () => loadRuler({ files: [file] }), scorers: [stringMatchAll, trainingScore] });

  it("separates the context from the lines around it", async () => {
    const { task, reference } = await problemAt(loadRuler({ files: [file] }), 2);
    expect(task.id).toBe("niah_multikey_2-validation-3");
    expect(rows[2]?.input).toContain(`afterwards.\n${textOf(task)}\n${task.question}`);
    expect(task.question).toMatch(
      /^What is the special magic number for \S+ mentioned in the provided text\?$/,
    );
    expect(reference.answers).toEqual(rows[2]?.outputs);
  });

  it("reads inputs inside a chat template", async () => {
    const chat = join(folder, "chat.jsonl");
    writeFileSync(chat, JSON.stringify({ ...rows[0], input: `[INST] ${rows[0]?.input} [/INST]` }));
    const [plain, inside] = [
      await problemAt(loadRuler({ files: [file] }), 0),
      await problemAt(loadRuler({ files: [chat] }), 0),
    ];
    expect(inside.task.context).toBe(plain.task.context);
    expect(inside.task.question).toBe(plain.task.question);
  });

  it.each(Object.keys(VARIANTS) as VariantName[])(
    "reads %s as --remove_newline_tab writes it, in one line",
    async (variant) => {
      const options = variantNamed(variant).haystack === "essay" ? { essay: "One.\n\nTwo words. " } : {};
      const [row] = [...rulerRows({ variant, length: 1500, rows: 1, ...options })];
      const oneLine = (text: string) => text.split(/\s+/).join(" ").trim();
      const place = mkdtempSync(join(folder, "one-"));
      const files = [row!.input, `[INST] ${row!.input} [/INST]`].flatMap((input, index) =>
        [input, oneLine(input)].map((text, side) => {
          const path = join(place, `${index}-${side}.jsonl`);
          writeFileSync(path, JSON.stringify({ ...row, input: text }));
          return path;
        }),
      );
      const [lines, line, chatLines, chatLine] = await Promise.all(
        files.map(async (path) => (await problemAt(loadRuler({ files: [path] }), 0)).task),
      );
      expect(line!.context).toBe(oneLine(textOf(lines!)));
      expect([line, chatLines, chatLine].map((task) => task!.question)).toEqual(
        Array.from({ length: 3 }, () => lines!.question),
      );
      expect(chatLine!.context).toBe(line!.context);
    },
  );

  it("names the row whose input is no needle task", async () => {
    const other = join(folder, "vt.jsonl");
    writeFileSync(other, JSON.stringify({ ...rows[0], input: "Memorize and track the chain" }));
    await expect(problemAt(loadRuler({ files: [other] }), 0)).rejects.toThrow(/vt\.jsonl line 1: .*"input"/);
  });
});
