/** What every loader makes of unusual but valid files, and how it reports bad ones: file, row and column. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { Corpus } from "../../datasets/browsecomp/corpus.ts";
import { loadBrowseComp } from "../../datasets/browsecomp/load.ts";
import { loadBrowseCompPlus } from "../../datasets/browsecomp/load-plus.ts";
import { loadCodeQa } from "../../datasets/code-qa/code-qa.ts";
import { readLabelled } from "../../datasets/oolong/labelled-file.ts";
import { loadOolong } from "../../datasets/oolong/load.ts";
import { loadOolongReal } from "../../datasets/oolong/real.ts";
import { loadOolongPairs } from "../../datasets/oolong-pairs/load.ts";
import type { RowOptions } from "../../datasets/rows/row.ts";
import { loadRuler } from "../../datasets/s-niah/load.ts";
import { rulerRows } from "../../datasets/s-niah/ruler.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import { encrypt } from "../../src/data/encryption.ts";
import type { Json, Problem } from "../../src/types.ts";
import { CANARY, corpusDocs, encryptedRow, plusRow } from "./browsecomp/plus-files.ts";
import { type Cell, ParquetWriter } from "../stress/parquet-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-loaders-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Fields = Readonly<Record<string, Json>>;
type Options = { readonly files: readonly string[] } & Pick<RowOptions, "onBadRow">;

interface Loader {
  readonly name: string;
  /** Everything read, as plain data. */
  readonly read: (options: Options) => Promise<unknown[]>;
  /** Rows of different ids. */
  readonly rows: readonly Fields[];
  /** A column that every row needs, and the column of ids if there is one. */
  readonly needed: string;
  readonly id?: string;
  /** How many things one row yields. */
  readonly yields?: number;
  /** Other gold for a row, if there is gold and tasks are read. */
  readonly otherGold?: (row: Fields) => Fields;
  /** Whether rows hold lists, which a table cannot. */
  readonly onlyJson?: true;
}

const WINDOW =
  'Some "lines", of a window.\n\nDate: Jan 06, 2023 || User: 10001 || Instance: Who, "really", wrote it?\n' +
  "Date: Feb 07, 2024 || User: 10002 || Instance: Where is it?\n\nRecall the lines.";
const oolongRow = (id: number): Fields => ({
  id,
  context_len: 1024,
  dataset: "trec_coarse",
  task_group: "counting",
  task: "TASK_TYPE.MOST_FREQ",
  context_window_id: id,
  context_window_text: WINDOW,
  context_window_text_with_labels: WINDOW.replace("it?", "it? || Label: human being").replace(
    "is it?",
    "is it? || Label: a || b",
  ),
  question: "Which label, of all,\nis the most common?",
  answer: "['a || b']",
  answer_type: "ANSWER_TYPE.LABEL",
});

const LOADERS: readonly Loader[] = [
  {
    name: "oolong",
    otherGold: () => ({ answer: "['human being']" }),
    read: (options) => all(loadOolong(options)),
    rows: [oolongRow(1), oolongRow(2)],
    needed: "question",
    id: "id",
  },
  {
    name: "oolong-pairs",
    otherGold: ({ context_window_text_with_labels: text }) => ({
      context_window_text_with_labels: (text as string).replace("Label: human being", "Label: location"),
    }),
    read: (options) => all(loadOolongPairs(options)),
    rows: [oolongRow(1), oolongRow(2)],
    needed: "context_window_text_with_labels",
    yields: 20,
  },
  {
    name: "oolong-real",
    otherGold: () => ({ answer: "Fireball, Mage Hand" }),
    read: (options) => all(loadOolongReal(options)),
    rows: ["a", "b"].map((id) => ({
      id,
      context_window_id: "w",
      context_window_text: 'Ann: "Seven,\nagain!"',
      question: "How many rolls, in all?",
      answer: "7",
      question_type: "singledoc_rolls",
    })),
    needed: "context_window_text",
    id: "id",
  },
  {
    name: "code-qa",
    otherGold: () => ({ answer: "A" }),
    read: (options) => all(loadCodeQa(options)),
    rows: ["q1", "q2"].map((_id) => ({
      _id,
      domain: "Code Repository Understanding",
      sub_domain: "Code repo QA",
      difficulty: "easy",
      length: "short",
      question: "What does main do?",
      choice_A: "prints, twice",
      choice_B: 'sorts "all"',
      choice_C: "waits\nfor ever",
      choice_D: "a || b",
      answer: "D",
      context: 'def main():\n    print("a, b")\n',
    })),
    needed: "choice_C",
    id: "_id",
  },
  {
    name: "ruler",
    otherGold: () => ({ outputs: ["1234567"] }),
    read: (options) => all(loadRuler(options)),
    rows: Array.from(rulerRows({ variant: "niah_single_1", length: 600, rows: 2 }), (row) => ({ ...row })),
    needed: "outputs",
    onlyJson: true,
  },
  {
    name: "browsecomp",
    otherGold: () => ({ answer: encrypt("another", CANARY) }),
    read: (options) => all(loadBrowseComp({ ...options, seed: 1 })),
    rows: ['Who, "of all",\nwas it?', "Where — 東京?"].map((problem) => ({
      problem: encrypt(problem, CANARY),
      answer: encrypt("a || b", CANARY),
      problem_topic: "Art, and more",
      canary: CANARY,
    })),
    needed: "answer",
    id: "problem",
  },
  {
    name: "browsecomp-plus",
    otherGold: () => ({ answer: encrypt("another", CANARY) }),
    read: (options) => all(loadBrowseCompPlus({ ...options, canary: CANARY, seed: 1 })),
    rows: [1, 2].map((id) => encryptedRow(plusRow(id)) as unknown as Fields),
    needed: "evidence_docs",
    id: "query_id",
    onlyJson: true,
  },
  {
    name: "a corpus",
    read: async ({ files, onBadRow }) => {
      const corpus = await Corpus.open({ files, ...(onBadRow && { onBadRow }) });
      return Array.from({ length: corpus.size }, (_, index) => corpus.read(index).text);
    },
    rows: corpusDocs(2).map((document) => ({ ...document })),
    needed: "text",
    id: "docid",
  },
  {
    name: "labelled texts",
    read: async ({ files, onBadRow }) => [
      ...(await readLabelled(files[0]!, onBadRow && { onBadRow })).examples,
    ],
    rows: [
      { text: 'Hello, "you"', label: "a || b", user: "17", date: "2023-01-06" },
      { text: "Bye", label: "ham", user: "18", date: "2023-01-07" },
    ],
    needed: "label",
  },
];

let files = 0;
function write(ending: string, content: string | Buffer): string {
  files += 1;
  const file = join(folder, `f${files}.${ending}`);
  writeFileSync(file, content);
  return file;
}
const lines = (rows: readonly Fields[]) => rows.map((row) => JSON.stringify(row)).join("\n");

function table(rows: readonly Fields[]): string {
  const cell = (value: Json) =>
    `"${(typeof value === "string" ? value : JSON.stringify(value)).replaceAll('"', '""')}"`;
  const columns = Object.keys(rows[0]!);
  const body = rows.map((row) => columns.map((column) => cell(row[column]!)).join(","));
  return [columns.join(","), ...body].join("\r\n");
}

/** Numbers as 64-bit integers, which arrive as BigInts. */
function parquet(rows: readonly Fields[]): string {
  files += 1;
  const file = join(folder, `f${files}.parquet`);
  const kinds = Object.entries(rows[0]!).map(
    ([name, value]) => [name, typeof value === "number" ? "int64" : "text"] as const,
  );
  const writer = new ParquetWriter(file, Object.fromEntries(kinds));
  writer.writeGroup(rows as readonly Readonly<Record<string, Cell>>[]);
  writer.close();
  return file;
}

describe.each(LOADERS)(
  "the loader of $name",
  ({ read, rows, needed, id, yields = 1, onlyJson, otherGold }) => {
    it("reads the same from every format, packed or not, with a byte-order mark or without", async () => {
      const expected = await read({ files: [write("jsonl", lines(rows))] });
      expect(expected).toHaveLength(2 * yields);
      const same = [
        write("json", JSON.stringify(rows)),
        write("jsonl", `\ufeff${lines(rows)}\n\n`),
        write("jsonl.gz", gzipSync(lines(rows))),
        ...(onlyJson ? [] : [write("csv", `\ufeff${table(rows)}\n`), parquet(rows)]),
      ];
      for (const file of same)
        expect(withoutNames(await read({ files: [file] }))).toEqual(withoutNames(expected));
    });

    if (otherGold)
      it("makes the same task from a row whatever its gold", async () => {
        const [a, b] = await Promise.all(
          [rows, rows.map((row) => ({ ...row, ...otherGold(row) }))].map(
            async (made) => (await read({ files: [write("jsonl", lines(made))] })) as Problem[],
          ),
        );
        expect(b!.map(({ reference }) => reference)).not.toEqual(a!.map(({ reference }) => reference));
        expect(withoutNames(b!.map(({ task }) => task))).toEqual(withoutNames(a!.map(({ task }) => task)));
      });

    it("names file, row and column of a column that is missing", async () => {
      const { [needed]: _, ...rest } = rows[1]!;
      const file = write("jsonl", lines([rows[0]!, rest]));
      await expect(read({ files: [file] })).rejects.toThrow(DataError);
      await expect(read({ files: [file] })).rejects.toThrow(
        new RegExp(`f${files}\\.jsonl line 2: .*"${needed}"`),
      );
    });

    it("names the row that is cut in half or not UTF-8, and an empty file", async () => {
      const cut = lines(rows).slice(0, -9);
      await expect(read({ files: [write("jsonl", cut)] })).rejects.toThrow(
        /jsonl line 2: expected a JSON object/,
      );
      const broken = Buffer.concat([
        Buffer.from(`${lines([rows[0]!])}\n{"id": "`),
        Buffer.from([0xff]),
        Buffer.from('"}'),
      ]);
      await expect(read({ files: [write("jsonl", broken)] })).rejects.toThrow(/jsonl line 2: .*UTF-8/);
      await expect(read({ files: [write("jsonl", "")] })).rejects.toThrow(/jsonl: the file is empty/);
    });

    if (id !== undefined)
      it("names the row whose id occurs twice", async () => {
        const file = write("jsonl", lines([rows[0]!, { ...rows[1]!, [id]: rows[0]![id]! }]));
        await expect(read({ files: [file] })).rejects.toThrow(/jsonl line 2: the id ".+" occurs twice/);
      });

    it("skips bad rows if told to, and reports each", async () => {
      const { [needed]: _, ...rest } = rows[1]!;
      const otherWindow = { ...rest, context_window_id: 3 };
      const bad: string[] = [];
      const file = write(
        "jsonl",
        `${lines([rows[0]!])}\n{"a":\n${lines([otherWindow])}\n${lines([rows[1]!])}`,
      );
      const kept = await read({ files: [file], onBadRow: ({ message }) => bad.push(message) });
      expect(kept).toHaveLength(2 * yields);
      expect(bad).toEqual([
        expect.stringContaining("line 2"),
        expect.stringMatching(`line 3: .*"${needed}"`),
      ]);
    });
  },
);

async function all(dataset: Dataset): Promise<unknown[]> {
  const problems: unknown[] = [];
  for await (const problem of dataset) problems.push(problem);
  return problems;
}

/** RULER's rows have no ids of their own and are named after their file. */
function withoutNames(read: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(read), (key, value: unknown) =>
    key === "id" || key === "taskId" ? undefined : value,
  );
}
