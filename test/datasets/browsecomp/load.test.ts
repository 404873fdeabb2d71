/** How BrowseComp's and BrowseComp-Plus' files are read: their rows, the documents of a context, and the errors of bad files. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";
import { formedAnswer, questionAlone } from "../../../datasets/browsecomp/answer-form.ts";
import { Corpus } from "../../../datasets/browsecomp/corpus.ts";
import { loadBrowseComp } from "../../../datasets/browsecomp/load.ts";
import { loadBrowseCompPlus } from "../../../datasets/browsecomp/load-plus.ts";
import { exactMatch, lenientMatch, trainingMatch } from "../../../datasets/browsecomp/scorer.ts";
import { browseCompLike } from "../../../datasets/browsecomp-like/browsecomp-like.ts";
import { browseCompLikeRows } from "../../../datasets/browsecomp-like/publish.ts";
import { type Dataset, take } from "../../../src/data/dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import type { JsonObject, Problem } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { sharedFile } from "../shared-data.ts";
import { partsOf } from "../text-of.ts";
import * as made from "./plus-files.ts";

const { CANARY } = made;
const folder = mkdtempSync(join(tmpdir(), "rlm-gym-browsecomp-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const path = (ending: string) => join(folder, `f${(files += 1)}.${ending}`);
const lines = (rows: readonly object[]) => made.writeLines(path("jsonl"), rows);
const csv = (rows: Parameters<typeof made.browseCompCsv>[0]) => {
  const file = path("csv");
  writeFileSync(file, `${made.browseCompCsv(rows)}\r\n`);
  return file;
};
async function read(dataset: Dataset, count = 99): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of take(dataset, count)) problems.push(problem);
  return problems;
}

const QUESTIONS = [
  { problem: 'Which river, "of all",\nruns through the city?', answer: "Isar" },
  { problem: "Who wrote it — and where?", answer: "Ada, of 東京", canary: "another canary" },
];
const corpus = lines(made.corpusDocs(400));
const encrypted = [1, 2, 3].map((id) => made.encryptedRow(made.plusRow(id)));
const plus = (options: object = {}) =>
  loadBrowseCompPlus({
    files: [lines(encrypted)],
    canary: CANARY,
    corpus: [corpus],
    documents: 30,
    seed: 1,
    ...options,
  });
const gold = ({ answers: [answer = ""] }: { answers: readonly string[] }) => formedAnswer(answer);
const scorers = [exactMatch, lenientMatch, trainingMatch];

describe("browsecomp over a corpus", () => {
  const file = csv(QUESTIONS);
  datasetContract({
    open: () => loadBrowseComp({ files: [file], corpus: [corpus], documents: 20, seed: 1 }),
    scorers,
    gold,
  });
});

describe("browsecomp-plus over a corpus", () => {
  const file = lines(encrypted);
  datasetContract({ open: () => plus({ files: [file] }), scorers, gold });
});

describe("browsecomp-plus over the documents of its rows", () => {
  const file = lines(encrypted);
  datasetContract({
    open: () => loadBrowseCompPlus({ files: [file], canary: CANARY, seed: 1 }),
    scorers,
    gold,
  });
});

describe("browsecomp", () => {
  it("decrypts each row with its own canary, and keeps the canary in the task, so that a run can be encrypted", async () => {
    const problems = await read(loadBrowseComp({ files: [csv(QUESTIONS)], seed: 1 }));
    expect(problems.map(({ task }) => questionAlone(task.question))).toEqual(
      QUESTIONS.map(({ problem }) => problem),
    );
    expect(problems.map(({ reference }) => reference.answers)).toEqual([["Isar"], ["Ada, of 東京"]]);
    expect(problems.map(({ task }) => task.metadata.canary)).toEqual([CANARY, "another canary"]);
    expect(problems.map(({ task }) => task.context)).toEqual([[], []]);
  });

  it("gives a row the same id at any position, and filters by topic", async () => {
    const ids = async (rows: typeof QUESTIONS) =>
      (await read(loadBrowseComp({ files: [csv(rows)], seed: 1 }))).map(({ task }) => task.id);
    expect(await ids(QUESTIONS.toReversed())).toEqual((await ids(QUESTIONS)).toReversed());
    const none = loadBrowseComp({ files: [csv(QUESTIONS)], seed: 1, topics: ["Sport"] });
    expect(await read(none)).toEqual([]);
  });

  it("names file, row and column of a wrong canary, and skips such a row if told to", async () => {
    const file = csv([QUESTIONS[0]!, { ...QUESTIONS[1]!, canary: CANARY, key: "other" }]);
    const wrong = new RegExp(`f${files}\\.csv line \\d+: column "problem": .*encrypted with this canary`);
    await expect(read(loadBrowseComp({ files: [file], seed: 1 }))).rejects.toThrow(wrong);
    const bad: string[] = [];
    const onBadRow = ({ message }: Error) => void bad.push(message);
    expect(await read(loadBrowseComp({ files: [file], seed: 1, onBadRow }))).toHaveLength(1);
    expect(bad).toEqual([expect.stringMatching(wrong)]);
  });

  const shared = sharedFile("synthetic_browse_comp_test_set.csv");
  it.skipIf(shared === null)(
    "reads invented rows in the real layout (skipped without the shared file)",
    async () => {
      const problems = await read(loadBrowseComp({ files: [shared!], seed: 1 }));
      expect(problems.length).toBeGreaterThan(0);
      for (const { reference } of problems) expect(exactMatch(gold(reference), reference)).toBe(1);
    },
  );
});

describe("browsecomp-plus", () => {
  it("reads the same from encrypted parquet, encrypted jsonl and decrypted jsonl, packed or not", async () => {
    const rows = [1, 2, 3].map(made.plusRow);
    const packed = path("jsonl.gz");
    writeFileSync(packed, gzipSync(`\ufeff${rows.map((row) => JSON.stringify(row)).join("\r\n")}`));
    const parquet = made.writePlusParquet(path("parquet"), encrypted);
    const expected = await read(plus());
    expect(expected).toHaveLength(3);
    for (const file of [parquet, lines(rows), packed])
      expect(await read(plus({ files: [file] }))).toEqual(expected);
  });

  it("has all gold and evidence in the context, each once, and fills it with others of the corpus up to the number asked for", async () => {
    for (const { task, reference } of await read(plus())) {
      const ids = partsOf(task).map((part) => /^docid: (.+)$/m.exec(part)![1]!);
      expect(ids).toHaveLength(30);
      expect(new Set(ids).size).toBe(30);
      const { gold: golds, evidence } = reference.metadata as { gold: string[]; evidence: string[] };
      expect(evidence).toHaveLength(2);
      for (const id of [...golds, ...evidence]) expect(ids).toContain(id);
    }
  });

  it("draws other documents for another question or seed, the same for the same", async () => {
    const contexts = async (seed: number) => (await read(plus({ seed }))).map(({ task }) => task.context);
    const [first, again, other] = [await contexts(1), await contexts(1), await contexts(2)];
    expect(again).toEqual(first);
    const key = (context: unknown) => JSON.stringify((context as string[]).toSorted());
    expect(new Set([...first, ...other].map(key)).size).toBe(6);
  });

  it("puts the evidence as often into the first half of the context as into the second", async () => {
    let before = 0;
    const file = lines(encrypted);
    for (let seed = 0; seed < 60; seed += 1) {
      const [problem] = await read(plus({ files: [file], seed, documents: 20 }), 1);
      const { evidence } = problem!.reference.metadata as { evidence: string[] };
      for (const [i, part] of partsOf(problem!.task).entries())
        if (evidence.some((id) => part.startsWith(`docid: ${id}\n`)) && i < 10) before += 1;
    }
    expect(before).toBeGreaterThan(40);
    expect(before).toBeLessThan(80);
  });

  it("draws every other document of the corpus about as often as any", async () => {
    const small = lines(made.corpusDocs(40));
    const times = new Map<string, number>();
    const file = lines([made.plusRow(1)]);
    for (let seed = 0; seed < 200; seed += 1) {
      const [problem] = await read(plus({ files: [file], corpus: [small], documents: 12, seed }));
      for (const part of partsOf(problem!.task)) {
        const id = /^docid: (.+)$/m.exec(part)![1]!;
        times.set(id, (times.get(id) ?? 0) + 1);
      }
    }
    const needed = ["5001", "5101"];
    expect(needed.map((id) => times.get(id))).toEqual([200, 200]);
    for (const [id, count] of times) if (!needed.includes(id)) expect(count).toBeGreaterThan(25);
    expect(times.size).toBe(41);
  });

  it("says that a canary is missing, wrong (with file, row and column), or a corpus too small", async () => {
    const file = lines(encrypted);
    await expect(read(plus({ files: [file], canary: undefined }))).rejects.toThrow(UsageError);
    await expect(read(plus({ files: [file], canary: undefined }))).rejects.toThrow(/line 1: column "query"/);
    await expect(read(plus({ files: [file], canary: "wrong" }))).rejects.toThrow(
      new RegExp(`${file} line 1: column "query": .*this canary`),
    );
    await expect(read(plus({ documents: 500 }))).rejects.toThrow("the corpus holds 400 documents");
    const { docid: _, ...rest } = made.doc(1);
    const bad = lines([{ ...made.plusRow(1), gold_docs: [rest] }]);
    await expect(read(plus({ files: [bad] }))).rejects.toThrow(/line 1, gold_docs 0: .*"docid"/);
    const twice = lines([made.doc(1), made.doc(1)]);
    await expect(read(plus({ corpus: [twice] }))).rejects.toThrow(/line 2: the id "5001" occurs twice/);
  });

  it("plays generated questions that were written in its layout, over the same documents", async () => {
    const options = { length: 3000, seed: 4 };
    const rows = [...browseCompLikeRows(options, 2)];
    const read2 = await read(loadBrowseCompPlus({ files: [lines(rows)], seed: 1 }));
    const like = await read(browseCompLike(options), 2);
    for (const [i, { task, reference }] of read2.entries()) {
      expect(reference.answers).toEqual(like[i]!.reference.answers);
      expect(partsOf(task)).toHaveLength(partsOf(like[i]!.task).length);
      expect(questionAlone(task.question)).toBe(questionAlone(like[i]!.task.question));
    }
  });

  const shared = sharedFile("synthetic_browsecomp_plus_obfuscated.jsonl");
  const vectors = sharedFile("xor_vectors.json");
  it.skipIf(shared === null || vectors === null)(
    "reads invented rows in the real layout (skipped without the shared file)",
    async () => {
      const keys = JSON.parse(readFileSync(vectors!, "utf8")) as { sha256_key_hex: JsonObject };
      const canary = Object.keys(keys.sha256_key_hex).find((key) => key.startsWith("BENCHMARK"))!;
      const problems = await read(loadBrowseCompPlus({ files: [shared!], canary, seed: 1 }));
      expect(problems.length).toBeGreaterThan(0);
      for (const { task, reference } of problems) {
        expect(reference.answers).toEqual(["Isar"]);
        expect(partsOf(task).length).toBeGreaterThan(2);
      }
    },
  );
});

describe("a corpus", () => {
  it("returns each document as it was read, and leaves no file behind", async () => {
    const temporary = join(folder, "tmp");
    mkdirSync(temporary);
    vi.stubEnv("TMPDIR", temporary);
    const docs = fc.uniqueArray(
      fc.record({
        docid: fc.stringMatching(/^[a-z0-9]{1,8}$/),
        text: fc.string({ unit: "grapheme" }),
        url: fc.webUrl(),
      }),
      { minLength: 1, selector: ({ docid }) => docid },
    );
    await fc.assert(
      fc.asyncProperty(docs, async (rows) => {
        const held = await Corpus.open({ files: [lines(rows)] });
        expect(held.size).toBe(rows.length);
        for (const { docid, text } of rows.toReversed()) {
          const found = held.read(held.find(docid)!);
          expect(found.docid).toBe(docid);
          expect(found.text.endsWith(`\n${text}`)).toBe(true);
        }
      }),
      { numRuns: 8 },
    );
    vi.unstubAllEnvs();
    expect(readdirSync(temporary)).toEqual([]);
  });
});
