import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { readRows } from "../../../datasets/rows/read-rows.ts";
import { type Row, type RowOptions, textField } from "../../../datasets/rows/row.ts";
import { DataError, UsageError } from "../../../src/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-rows-"));
afterAll(() => rmSync(folder, { recursive: true }));
const table = (name: string) => fileURLToPath(new URL(`../../data/tables/${name}`, import.meta.url));

describe("readRows", () => {
  it.each(["zstd", "snappy", "brotli"])(
    "reads parquet with %s as it reads the same rows in JSON Lines",
    async (codec) => {
      const lines = await fieldsOf(table("oolong.jsonl"));
      expect(lines).toHaveLength(12);
      expect(await fieldsOf(table(`oolong-${codec}.parquet`))).toEqual(lines);
    },
  );

  it("reads wanted columns of wanted rows, and asks once for each row", async () => {
    const asked: unknown[] = [];
    const keep = ({ fields }: Row) => asked.push(fields.id) > 3 && fields.dataset === "trec_coarse";
    const rows = await fieldsOf(table("oolong-zstd.parquet"), {
      columns: ["id", "question"],
      where: { columns: ["id", "dataset"], keep },
    });
    expect(rows.map(({ id }) => id)).toEqual([1003, 1008, 1009, 1010, 1011]);
    expect(Object.keys(rows[0] ?? {})).toEqual(["id", "question"]);
    expect(asked).toHaveLength(12);
  });

  it.each<[string, string, string | Buffer]>([
    ["a byte-order mark", "a.csv", "\ufefftext,label\nhello,ham\n"],
    ["line feeds in quotes", "b.csv", 'text,label\r\n"hello",ham\r\n'],
    ["tabs", "c.tsv", "text\tlabel\nhello\tham\n"],
    ["JSON Lines with empty lines", "d.jsonl", '\ufeff{"text":"hello","label":"ham"}\n\n'],
    ["an array", "e.json", '[ {"text":"hello","label":"ham"} ]'],
    ["a packed file", "f.jsonl.gz", gzipSync('{"text":"hello","label":"ham"}')],
    ["tabs, in a file without an ending", "h", "text\tlabel\nhello\tham\n"],
    ["commas, in a file without an ending", "i", "\ufefftext,label\nhello,ham\n"],
    ["JSON Lines, in a file without an ending", "j", '{"text":"hello","label":"ham"}'],
    ["an array, in a file without an ending", "k", '[{"text":"hello","label":"ham"}]'],
    ["a packed table", "g.csv.gz", gzipSync("text,label\nhello,ham\n")],
  ])("reads %s", async (_, name, content) => {
    expect(await fieldsOf(write(name, content))).toEqual([{ text: "hello", label: "ham" }]);
  });

  it("refuses a pipe without an ending, which cannot be looked at and then read, and says what to do", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await expect(fieldsOf(pipe)).rejects.toThrow(/pipe: expected a file.*such as rows\.jsonl/);
  });

  it("refuses a row of CSV that is longer than any, as behind an open quotation mark, before all of it is read", async () => {
    const file = write("long.csv", Buffer.concat([Buffer.from('a,b\n"'), Buffer.alloc(64_100_000, "x")]));
    await expect(fieldsOf(file)).rejects.toThrow(
      /long\.csv.*: a row of more than 64000000 bytes \(is a quotation mark open\?\)/,
    );
    const fits = write("fits.csv", Buffer.concat([Buffer.from("a,b\n1,"), Buffer.alloc(63_000_000, "x")]));
    expect((await fieldsOf(fits))[0]!.b).toHaveLength(63_000_000);
  });

  it.each([
    ["a quotation mark that goes on", 'a,b\n"x"y,1\n', /line 2: after the closing quotation mark of a field/],
    ["a quotation mark within", 'a,b\nx"y,1\n', /line 2: a quotation mark is inside a field/],
    ["a quotation mark that is open", 'a,b\n"xy,1\n', /a quotation mark.* is never closed/],
    ["a field too many", "a,b\nsecret,1,2\n", /line 2: expected 2 fields, as the header has, and found 3/],
    ["a column that is there twice", "a,b,a\n1,2,3\n", /the header names the column "a" twice/],
  ])("tells in words, and shows no bytes, of a CSV with %s", async (name, text, message) => {
    const file = join(folder, `${name.replaceAll(" ", "-")}.csv`);
    writeFileSync(file, text);
    const error = await fieldsOf(file).then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error).toBeInstanceOf(DataError);
    expect(error!.message).toMatch(message);
    expect(error!.message).not.toMatch(/Buffer|\[\d+,|<\w\w /);
  });

  it.each(["jsonl", "json"])(
    "names the column of a number that is not finite, used or not: %s",
    async (ending) => {
      const row = '{"text":"NaN stays","score":[1,NaN]}';
      const file = join(folder, `nan.${ending}`);
      writeFileSync(file, ending === "json" ? `[${row}]` : `{"text":"a"}\n${row}\n`);
      await expect(fieldsOf(file, { columns: ["text"] })).rejects.toThrow(
        `${file} ${ending === "json" ? "row 1" : "line 2"}: column "score": NaN and Infinity are not JSON`,
      );
    },
  );

  it.each([
    ["jsonl", '{"text":"'],
    ["json", '[{"text":"'],
  ])(
    "refuses a row of hundreds of megabytes in a packed file of kilobytes, by name: %s",
    async (ending, head) => {
      const file = join(folder, `bomb.${ending}.gz`);
      const member = gzipSync(Buffer.alloc(4_000_000, "x"));
      writeFileSync(file, Buffer.concat([gzipSync(head), ...Array.from({ length: 80 }, () => member)]));
      await expect(fieldsOf(file)).rejects.toThrow(/256000000 bytes/);
      const { maxRSS } = process.resourceUsage();
      expect(maxRSS).toBeLessThan(2_500_000);
    },
  );

  it("keeps line feeds, quotes, braces and bars inside fields", async () => {
    const text = 'a\n"b" {c} [d] \\ || e, \u{1f40b}';
    const json = JSON.stringify({ text });
    expect(await fieldsOf(write("h.json", `[${json},\n${json}]`))).toEqual([{ text }, { text }]);
    expect(await fieldsOf(write("i.csv", `text\n"${text.replaceAll('"', '""')}"\n`))).toEqual([{ text }]);
  });

  it("reads objects and lines that are longer than one read of the file", async () => {
    const text = `{"[${"x".repeat(300_000)}\\`;
    const json = JSON.stringify({ text });
    expect(await fieldsOf(write("j.json", `[${json},${json}]`))).toEqual([{ text }, { text }]);
    expect(await fieldsOf(write("k.jsonl", `${json}\n${json}`))).toEqual([{ text }, { text }]);
  });

  it.each<[string, string, string | Buffer, RegExp]>([
    ["an empty file", "l.jsonl", "", /l\.jsonl: the file is empty/],
    ["a row cut in half", "m.jsonl", '{"a":1}\n{"a":', /m\.jsonl line 2: expected a JSON object/],
    ["a row that is no object", "n.jsonl", "[1]", /n\.jsonl line 1: expected a JSON object/],
    ["an array cut in half", "o.json", '[{"a":1},{"a"', /o\.json: the last object is cut off/],
    ["an object in an array's place", "p.json", '{"a":1}', /p\.json: expected a JSON array/],
    [
      "broken UTF-8",
      "q.jsonl",
      Buffer.from('{"a":1}\n{"a":"\xff"}', "latin1"),
      /q\.jsonl line 2: column "a": .*UTF-8/,
    ],
    [
      "broken UTF-8 in a table",
      "r.csv",
      Buffer.from("a,b\n1,\xff\n", "latin1"),
      /r\.csv line 2: column "b": .*UTF-8/,
    ],
    ["broken UTF-8 in a header", "x.csv", Buffer.from("a\xff\n1\n", "latin1"), /x\.csv: the header: .*UTF-8/],
    ["a header alone", "y.csv", "a,b\n", /y\.csv: expected at least one row/],
    ["an empty array", "z.json", "[]", /z\.json: expected at least one row/],
    ["an empty table", "z.parquet", "", /z\.parquet: .*the file is empty/],
    ["a row with a field too many", "s.csv", "a,b\n1,2\n1,2,3\n", /s\.csv line 3/],
    [
      "a packed file cut in half",
      "t.jsonl.gz",
      gzipSync("x".repeat(9999)).subarray(0, 30),
      /t\.jsonl\.gz: cannot be read/,
    ],
    ["what is no parquet", "u.parquet", "PAR0", /u\.parquet: cannot be read/],
  ])("names the file and place of %s", async (_, name, content, message) => {
    const file = write(name, content);
    await expect(fieldsOf(file)).rejects.toThrow(DataError);
    await expect(fieldsOf(file)).rejects.toThrow(message);
  });

  it("names a missing file, a missing column and an unknown format", async () => {
    await expect(fieldsOf(join(folder, "none.csv"))).rejects.toThrow(UsageError);
    await expect(fieldsOf(join(folder, "none.parquet"))).rejects.toThrow(UsageError);
    await expect(fieldsOf(join(folder, "x.xlsx"))).rejects.toThrow(/x\.xlsx: unknown format/);
    await expect(fieldsOf(table("oolong-zstd.parquet"), { columns: ["query"] })).rejects.toThrow(
      /no column "query".*context_window_text/,
    );
    const row = { origin: "f line 1", fields: { a: null } };
    expect(() => textField(row, "a")).toThrow('f line 1: expected text in column "a", got null');
    expect(() => textField(row, "b")).toThrow('f line 1: expected text in column "b", got no such column');
  });

  it.each<[string, string | Buffer]>([
    ["v.jsonl", '{"a":"1"}\n{"a":\n{"a":"2"}'],
    ["w.csv", "a\n1\n1,2\n2\n"],
    ["w.json", '[{"a":"1"},{"a":"2"},{"a":"3'],
    ["x.csv", Buffer.from("a\n1\n\xfe\n2\n", "latin1")],
  ])("goes on past bad rows of %s where it is told to, and reports each", async (name, content) => {
    const bad: string[] = [];
    const rows = await fieldsOf(write(name, content), { onBadRow: ({ message }) => bad.push(message) });
    expect(rows).toEqual([{ a: "1" }, { a: "2" }]);
    expect(bad).toHaveLength(1);
  });

  it.each<[string, string[], (text: string) => string]>([
    ["y.jsonl.gz", [], (text) => JSON.stringify({ a: text })],
    ["y.csv.gz", ["a"], (text) => text],
  ])(
    "keeps the first rows of %s, which is cut off, and goes on with the next files",
    async (name, header, line) => {
      const texts = Array.from({ length: 99 }, (_, i) => createHash("md5").update(String(i)).digest("hex"));
      const packed = gzipSync([...header, ...texts.map(line)].join("\n"));
      const cut = write(name, packed.subarray(0, packed.length / 2));
      await expect(fieldsOf(cut)).rejects.toThrow(`${name}: cannot be read (unexpected end of file)`);
      const bad: string[] = [];
      const onBadRow = ({ message }: Error) => void bad.push(message);
      const rows: unknown[] = [];
      for await (const { fields } of readRows([cut, write("z.parquet", "PAR1"), write("z.tsv", "a\nlast")], {
        onBadRow,
      }))
        rows.push(fields.a);
      expect(rows.length).toBeGreaterThan(30);
      expect(rows).toEqual([...texts.slice(0, rows.length - 1), "last"]);
      expect(bad.at(-2)).toContain(`${name}: cannot be read`);
      expect(bad.at(-1)).toContain("z.parquet: cannot be read");
    },
  );

  it("reads TREC's classes by OOLONG's names, and names a line without a class", async () => {
    const file = write("z.label", "HUM:ind Who was he ?\nX:y What ?\n\nNUM:date When was it : then ?");
    await expect(fieldsOf(file)).rejects.toThrow(/z\.label line 2: expected COARSE:fine.*"X:y What \?"/);
    const bad: string[] = [];
    expect(await fieldsOf(file, { onBadRow: ({ message }) => bad.push(message) })).toEqual([
      { text: "Who was he ?", label: "human being", fine: "ind" },
      { text: "When was it : then ?", label: "numeric value", fine: "date" },
    ]);
    expect(bad).toHaveLength(1);
  });

  it("names row and column of broken UTF-8 in parquet, in lists too, and skips the row if told to", async () => {
    const file = join(folder, "broken.parquet");
    const cells = [Buffer.from("one"), Buffer.from([0xc3]), Buffer.from("三")];
    const element = { name: "element", type: "BYTE_ARRAY" as const, repetition_type: "OPTIONAL" as const };
    parquetWriteFile({
      filename: file,
      columnData: [
        { name: "a", data: cells },
        { name: "b", data: [[cells[0]], [cells[0]], [cells[0], cells[1]]] },
      ],
      schema: [
        { name: "root", num_children: 2 },
        { ...element, name: "a" },
        { name: "b", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        element,
      ],
    });
    await expect(fieldsOf(file)).rejects.toThrow(
      /broken\.parquet row 1: column "a": the bytes are not UTF-8/,
    );
    const bad: string[] = [];
    const rows = await fieldsOf(file, { onBadRow: ({ message }) => bad.push(message) });
    expect(rows).toEqual([{ a: "one", b: ["one"] }]);
    expect(bad).toEqual([
      expect.stringContaining('row 1: column "a"'),
      expect.stringContaining('row 2: column "b"'),
    ]);
    expect(await fieldsOf(file, { columns: ["c"], onBadRow: ({ message }) => bad.push(message) })).toEqual(
      [],
    );
    expect(bad.at(-1)).toMatch(/broken\.parquet: no column "c"/);
  });
});

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function fieldsOf(file: string, options: RowOptions = {}): Promise<Row["fields"][]> {
  const fields: Row["fields"][] = [];
  for await (const row of readRows([file], options)) fields.push(row.fields);
  return fields;
}
