/** Invented rows in BrowseComp's and BrowseComp-Plus' layouts, encrypted as the real ones are, in every format. */
import { writeFileSync } from "node:fs";
import { parquetWriteFile } from "hyparquet-writer";
import { encrypt } from "../../../src/data/encryption.ts";

export const CANARY = "test-canary";

export interface Doc {
  readonly docid: string;
  readonly text: string;
  readonly url: string;
}
export interface PlusRow {
  readonly query_id: string;
  readonly query: string;
  readonly answer: string;
  readonly gold_docs: readonly Doc[];
  readonly evidence_docs: readonly Doc[];
  readonly negative_docs: readonly Doc[];
}

export const doc = (number: number): Doc => ({
  docid: String(5000 + number),
  text: `---\ntitle: Page ${number}\n---\nThe "lighthouse", number ${number},\nstands — in the snow 🚀.`,
  url: `https://example.org/${number}`,
});

export const plusRow = (id: number): PlusRow => ({
  query_id: String(id),
  query: `Which lighthouse, of all, has the number ${id}?`,
  answer: `Page ${id}`,
  gold_docs: [doc(id)],
  evidence_docs: [doc(id), doc(id + 100)],
  negative_docs: [doc(id + 200), doc(id + 201)],
});

export const encryptedRow = (row: PlusRow, canary = CANARY): PlusRow =>
  JSON.parse(JSON.stringify(row), (key, value: unknown) =>
    typeof value === "string" && key !== "query_id" ? encrypt(value, canary) : value,
  ) as PlusRow;

export const corpusDocs = (count: number): Doc[] => Array.from({ length: count }, (_, i) => doc(i));

export function writeLines(file: string, rows: readonly object[]): string {
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  return file;
}

/** Lists of documents as the real files nest them. */
export function writePlusParquet(file: string, rows: readonly PlusRow[]): string {
  const lists = ["gold_docs", "evidence_docs", "negative_docs"] as const;
  const texts = ["query_id", "query", "answer"] as const;
  const text = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const;
  parquetWriteFile({
    filename: file,
    columnData: [...texts, ...lists].map((name) => ({ name, data: rows.map((row) => row[name]) })),
    schema: [
      { name: "root", num_children: 6 },
      ...texts.map((name) => ({ name, ...text })),
      ...lists.flatMap((name) => [
        { name, repetition_type: "OPTIONAL" as const, num_children: 1, converted_type: "LIST" as const },
        { name: "list", repetition_type: "REPEATED" as const, num_children: 1 },
        { name: "element", repetition_type: "OPTIONAL" as const, num_children: 3 },
        ...["docid", "text", "url"].map((inner) => ({ name: inner, ...text })),
      ]),
    ],
  });
  return file;
}

/** BrowseComp's own layout, each row with its canary. */
export function browseCompCsv(
  rows: readonly { problem: string; answer: string; canary?: string; key?: string }[],
): string {
  const line = ({ problem, answer, canary = CANARY, key = canary }: (typeof rows)[number]) =>
    [encrypt(problem, key), encrypt(answer, key), "Art", canary].join(",");
  return ["problem,answer,problem_topic,canary", ...rows.map(line)].join("\r\n");
}
