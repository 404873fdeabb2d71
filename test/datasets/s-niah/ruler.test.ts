import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { defaultEssay, essayWords } from "../../../datasets/s-niah/essay.ts";
import { countTokens } from "../../../src/cost/tokens.ts";
import { type RulerOptions, rulerRows } from "../../../datasets/s-niah/ruler.ts";
import { splitAt } from "../../../datasets/s-niah/sentences.ts";
import type { VariantName } from "../../../datasets/s-niah/variants.ts";

/** What RULER's `niah.py` wrote from the package's word lists and essay with the tokenizer and splitter below. */
interface RulerFile {
  variant: VariantName;
  length: number;
  rows: number;
  probes: number[];
  units: number;
  outputs: string[][];
  lengths: number[];
  sha256: string;
}
const fixture = fileURLToPath(new URL("../../data/ruler-files.json", import.meta.url));
const { files } = JSON.parse(readFileSync(fixture, "utf8")) as { files: RulerFile[] };

const SENTENCE_START = /(?<=[.!?]) (?=[A-Z])/;
const likeRuler: Pick<RulerOptions, "sentences" | "countTokens"> = {
  sentences: (text) => text.split(SENTENCE_START),
  countTokens: (text) => text.match(/[A-Za-z]+|[0-9]|[^\sA-Za-z0-9]/g)?.length ?? 0,
};

describe("rulerRows", () => {
  it.each(files)("writes RULER's $variant file of $length tokens, row for row", (file) => {
    const rows = [...rulerRows({ ...file, ...likeRuler })];
    expect(rows.map((row) => row.outputs)).toEqual(file.outputs);
    expect(rows.map((row) => row.length)).toEqual(file.lengths);
    expect(sha256(rows.map((row) => JSON.stringify(row)).join("\n"))).toBe(file.sha256);
  });

  it("writes the same rows from the sizes alone, without the file's tokenizer or splitter", () => {
    const file = files.find(({ variant, length }) => variant === "niah_single_2" && length === 4096);
    if (!file) throw new Error("the fixture lacks niah_single_2 at 4096");
    const rows = rulerRows({
      variant: file.variant,
      length: file.length,
      sentences: splitAt(sentenceStarts(essayWords(defaultEssay()).join(" "))),
      sizes: { probes: [500, ...file.probes], rows: file.outputs.map(() => file.units) },
    });
    const texts = Array.from(rows, ({ input, outputs }) => ({ input, outputs }));
    const fitted = [...rulerRows({ ...file, ...likeRuler })].map(({ input, outputs }) => ({
      input,
      outputs,
    }));
    expect(texts).toEqual(fitted);
  });

  it("spends the draws of rows that were too long", () => {
    const file = files.find(({ variant, length }) => variant === "niah_single_3" && length === 4096);
    if (!file) throw new Error("the fixture lacks niah_single_3 at 4096");
    const { probes, units, lengths, ...options } = file;
    // A row that ended 500 words shorter than the others was too long at first.
    const attempts = lengths.map((length) => (length < 3600 ? [units, units - 500] : units));
    const sizes = { probes: [500, ...probes], rows: attempts };
    const rows = [...rulerRows({ ...options, ...likeRuler, sizes })];
    expect(sha256(rows.map((row) => JSON.stringify(row)).join("\n"))).toBe(file.sha256);
  });

  it.each(["niah_single_1", "niah_single_3", "niah_multikey_2", "niah_multivalue"] as const)(
    "finds the size of %s without counting every text as it finds it by counting",
    (variant) => {
      const options = { variant, length: 40_000, rows: 2, seed: 5 };
      const counted = [...rulerRows({ ...options, countTokens: (text) => countTokens(text) })];
      expect([...rulerRows(options)]).toEqual(counted);
    },
  );

  it("says so if nothing fits", () => {
    const rows = rulerRows({ variant: "niah_single_1", length: 40, ...likeRuler });
    expect(() => rows.next()).toThrow(/40 tokens is too short/);
  });
});

function sentenceStarts(text: string): number[] {
  let start = 0;
  return text.split(SENTENCE_START).map((sentence) => {
    const at = start;
    start += sentence.length + 1;
    return at;
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
