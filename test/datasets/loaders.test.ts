/** What every loader makes of unusual but valid files, and how it reports bad ones: file, row and column. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../../src/errors.ts";
import type { Json, Problem } from "../../src/types.ts";
import { type Fields, LOADERS } from "./all-loaders.ts";
import { type Cell, ParquetWriter } from "../stress/large/parquet-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-loaders-"));
afterAll(() => rmSync(folder, { recursive: true }));

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

/** RULER's rows have no ids of their own and are named after their file. */
function withoutNames(read: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(read), (key, value: unknown) =>
    key === "id" || key === "taskId" ? undefined : value,
  );
}
