import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSentenceStarts, readSizes } from "../../../datasets/ruler/given.ts";
import { pythonJson, type RulerFileOptions, rulerFileRows } from "../../../datasets/ruler/publish.ts";
import { readQaSet } from "../../../datasets/ruler/qa-files.ts";
import type { RulerName } from "../../../datasets/ruler/variants.ts";
import { byCodePoint, ownWordLists, readWordLists } from "../../../datasets/ruler/word-lists.ts";
import { sharedFile } from "../shared-data.ts";
import { HOTPOT, SQUAD } from "./qa-files.ts";

/** What RULER's own scripts wrote. */
interface Vectors {
  tokenizer: string;
  files: {
    variant: RulerName;
    length: number;
    rows: number;
    seed: number;
    words: "package" | "wonderwords";
    sha256: string;
  }[];
}
const { files } = JSON.parse(readFileSync(new URL("ruler-files.json", import.meta.url), "utf8")) as Vectors;

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-ruler-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: unknown) => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};
const nouns = sharedFile("wonderwords/nounlist.txt");
const questions = {
  qa_1: readQaSet("squad", file("squad.json", SQUAD)),
  qa_2: readQaSet("hotpotqa", file("hotpot.json", HOTPOT)),
};
const sentences = (text: string) => text.split(/(?<=[.!?]) (?=[A-Z])/);

const sha256 = (options: RulerFileOptions) => {
  const lines = Array.from(rulerFileRows(options), (row) => `${pythonJson(row)}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
};

describe("a file of RULER's", () => {
  it.each(files)(
    "$variant of $length tokens, seed $seed, is written byte for byte",
    ({ words, sha256: expected, ...options }) => {
      if (words === "wonderwords" && nouns === null) return;
      const lists = words === "package" ? ownWordLists() : readWordLists(dirname(nouns!));
      const asked = options.variant === "qa_1" || options.variant === "qa_2" ? options.variant : null;
      const made = { ...options, sentences, words: lists, ...(asked && { questions: questions[asked] }) };
      expect(sha256(made)).toBe(expected);
    },
  );

  it("is written from the sizes in its log, without its tokenizer", () => {
    const options: RulerFileOptions = { variant: "vt", length: 1024, rows: 4, seed: 42 };
    const sizes = readSizes(
      file("sizes.json", {
        example: { probes: [5, 19, 11, 15, 17, 16], rows: [16] },
        probes: [5, 35, 19, 11, 15, 17, 16],
        rows: [15, 15, 15, 15],
      }),
    );
    const inputs = (given: RulerFileOptions) => Array.from(rulerFileRows(given), ({ input }) => input);
    expect(inputs({ ...options, sizes, countTokens: () => 7 })).toEqual(inputs(options));
  });

  it("has the sentences that are given by their offsets, which count characters as Python does", () => {
    const essay = "😀 One. two three. Four   five.\nSix.";
    const starts = file("starts.json", [0, 7, 18]);
    expect(readSentenceStarts(starts, essay)("😀 One. two three. Four five. Six.")).toEqual([
      "😀 One.",
      "two three.",
      "Four five. Six.",
    ]);
  });

  it("sorts texts as Python does", () => {
    const texts = ["\uffee", "😀", "a", "", "ab", "\ue000", "😀a"];
    expect(texts.toSorted(byCodePoint)).toEqual(["", "a", "ab", "\ue000", "\uffee", "😀", "😀a"]);
  });

  it("says so if nothing fits", () => {
    for (const variant of ["vt", "cwe", "fwe", "qa_1", "qa_2"] as const)
      expect(() => [
        ...rulerFileRows({
          variant,
          length: 60,
          rows: 1,
          ...(variant.startsWith("qa") && { questions: questions[variant as "qa_1"] }),
        }),
      ]).toThrow(/60 tokens is too short for/);
    const rows = rulerFileRows({ variant: "qa_2", length: 4096, rows: 31, questions: questions.qa_2 });
    expect(() => [...rows]).toThrow(/qa_2 has 30 questions; expected fewer rows/);
  });
});

describe("what a user gives for it", () => {
  const broken = (value: unknown) => () => readQaSet("squad", file("broken.json", value));

  it.each<[string, () => unknown, RegExp]>([
    ["no JSON", broken("{"), /broken\.json: expected JSON/],
    [
      "another layout",
      broken({ data: [{ title: "a" }] }),
      /broken\.json: expected the layout of SQuAD v2; data\[0\]\.paragraphs/,
    ],
    [
      "an answer of another type",
      broken({
        data: [
          {
            paragraphs: [
              { context: "c", qas: [{ question: "q", is_impossible: false, answers: [{ text: 7 }] }] },
            ],
          },
        ],
      }),
      /data\[0\]\.paragraphs\[0\]\.qas\[0\]\.answers\[0\]\.text/,
    ],
    [
      "a question without an answer",
      broken({
        data: [
          { paragraphs: [{ context: "c", qas: [{ question: "Who?", is_impossible: false, answers: [] }] }] },
        ],
      }),
      /expected an answer to the question "Who\?"/,
    ],
    [
      "SQuAD in HotpotQA's place",
      () => readQaSet("hotpotqa", file("s.json", SQUAD)),
      /layout of HotpotQA; the file/,
    ],
    ["a missing file", () => readQaSet("squad", join(folder, "none.json")), /none\.json: cannot be read/],
    ["sizes without rows", () => readSizes(file("z.json", { probes: [1] })), /z\.json: expected sizes.*rows/],
    [
      "offsets that fall",
      () => readSentenceStarts(file("o.json", [0, 9, 4]), "a"),
      /o\.json: item 2: .* got 4/,
    ],
    ["a folder without words", () => readWordLists(folder), /adjectivelist\.txt: cannot be read/],
  ])("is refused with %s", (_, read, message) => expect(read).toThrow(message));

  it("names the second list where the first one is too short for the common words", () => {
    for (const name of ["adjectivelist.txt", "nounlist.txt"]) file(name, "one\ntwo\nthree\n");
    const rows = () => [
      ...rulerFileRows({ variant: "cwe", length: 5000, rows: 1, words: readWordLists(folder) }),
    ];
    expect(rows).toThrow(/40 words are needed, and .* has 3; add RULER's english_words\.json/);
    file("english_words.json", { 1: "four" });
    expect(rows).toThrow(/40 words are needed, and .* has 1$/);
  });
});
