import { sqlIn } from "../../src/languages/sql/language.ts";
import { describeProbes, type Probe } from "./probe-runner.ts";

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const PROBES: readonly Probe[] = [
  ["ATTACH of a host file", ({ file }) => `ATTACH ${quoted(file)} AS host; SELECT * FROM host.sqlite_schema`],
  [
    "ATTACH that makes a file",
    ({ folder }) => `ATTACH ${quoted(`${folder}/trace.db`)} AS out; CREATE TABLE out.x(y)`,
  ],
  ["ATTACH by a URI", ({ file }) => `ATTACH ${quoted(`file:${file}?mode=ro`)} AS host`],
  ["ATTACH of an expression", ({ file }) => `ATTACH (SELECT ${quoted(file)}) AS host`],
  ["DETACH of main", () => "DETACH main"],
  ["VACUUM INTO a file", ({ folder }) => `VACUUM INTO ${quoted(`${folder}/trace`)}`],
  ["VACUUM", () => "VACUUM; SELECT count(*) FROM lines"],
  ["readfile", ({ file }) => `SELECT readfile(${quoted(file)})`],
  ["writefile", ({ folder }) => `SELECT writefile(${quoted(`${folder}/trace`)}, 'x')`],
  ["load_extension", () => "SELECT load_extension('/usr/lib/libc.so')"],
  ["edit", ({ file }) => `SELECT edit(${quoted(file)})`],
  ["fsdir", () => "SELECT * FROM fsdir('/')"],
  ["the zipfile table", ({ file }) => `SELECT * FROM zipfile(${quoted(file)})`],
  [
    "the csv table",
    ({ file }) => `CREATE VIRTUAL TABLE c USING csv(filename=${quoted(file)}); SELECT * FROM c`,
  ],
  [".read and .shell of the shell", ({ file }) => `.read ${file}`],
  [".shell of the shell", () => ".shell env"],
  [
    "PRAGMA temp_store_directory",
    ({ folder }) =>
      `PRAGMA temp_store_directory = ${quoted(folder)}; PRAGMA temp_store = 1; CREATE TEMP TABLE x AS SELECT 1`,
  ],
  ["PRAGMA journal_mode", () => "PRAGMA journal_mode = WAL"],
  ["PRAGMA writable_schema", () => "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'x'"],
  ["PRAGMA hard_heap_limit", () => "PRAGMA hard_heap_limit = 0; PRAGMA soft_heap_limit = 0"],
  ["PRAGMA trusted_schema as a table", () => "SELECT * FROM pragma_trusted_schema(1)"],
  ["PRAGMA database_list as a table", () => "SELECT * FROM pragma_database_list"],
  ["PRAGMA function_list", () => "SELECT name FROM pragma_function_list WHERE name LIKE '%file%'"],
  ["the pages of the database", () => "UPDATE sqlite_dbpage SET data = zeroblob(8192)"],
  ["fts3_tokenizer", () => "SELECT fts3_tokenizer('simple', x'0000000000000000')"],
  ["a pointer through fts5", () => "SELECT fts5(x'00000000')"],
  [
    "a schema by UPDATE",
    () =>
      "UPDATE sqlite_schema SET sql = 'CREATE TABLE lines(x)' WHERE name = 'lines'; DELETE FROM sqlite_schema",
  ],
  [
    "changing the context",
    () => "UPDATE lines SET text = 'forged'; DELETE FROM lines; INSERT INTO lines VALUES (9, 'x')",
  ],
  ["dropping the context", () => "DROP TABLE lines; DROP VIEW context; ALTER TABLE lines RENAME TO other"],
  [
    "a trigger on the context",
    () => "CREATE TRIGGER t AFTER INSERT ON lines BEGIN SELECT llm_query('x'); END",
  ],
  [
    "a table over the context",
    () => "CREATE TEMP TABLE lines AS SELECT 'forged' AS text; SELECT * FROM lines",
  ],
  [
    "dropping answer",
    () => "DROP TABLE answer; CREATE TABLE answer(a, b, c); INSERT INTO answer VALUES (1, 2, 3)",
  ],
  [
    "answer as a view that never ends",
    () =>
      "DROP TABLE answer; CREATE VIEW answer AS WITH RECURSIVE c(content) AS (SELECT 1 UNION ALL SELECT content + 1 FROM c) SELECT count(content) AS content FROM c",
  ],
  ["an answer of 100 MB", () => "INSERT INTO answer VALUES (printf('%.*c', 100000000, 'x'))"],
  [
    "a recursive query without end",
    () => "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c",
  ],
  [
    "rows without end",
    () => "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c",
  ],
  [
    "a table without end",
    () => "CREATE TABLE t AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c",
  ],
  [
    "a cross join of everything",
    () =>
      "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 10000) SELECT count(*) FROM c a, c b, c d",
  ],
  ["a blob of 1 GB", () => "SELECT length(zeroblob(1000000000))"],
  [
    "a text that doubles",
    () => "WITH RECURSIVE c(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM c) SELECT length(s) FROM c",
  ],
  ["a pattern without end", () => "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' REGEXP '^(a+)+$'"],
  ["a LIKE without end", () => `SELECT printf('%.*c', 40000, 'a') LIKE '${"%a".repeat(2000)}b'`],
  ["deep expressions", () => `SELECT ${"(".repeat(5000)}1${")".repeat(5000)}`],
  [
    "a trigger that calls itself",
    () =>
      "CREATE TABLE t(x); CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO t VALUES (new.x + 1); END; INSERT INTO t VALUES (1)",
  ],
  ["a view of itself", () => "CREATE VIEW v AS SELECT * FROM v; SELECT * FROM v"],
  ["a request of 100 MB", () => "SELECT llm_query(printf('%.*c', 100000000, 'x'))"],
  [
    "a flood of calls",
    () =>
      "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 200000) SELECT llm_query_batched('q' || n) FROM c",
  ],
  ["batches whose prompts change", () => "SELECT llm_query_batched('q' || random())"],
  ["a batch in an open transaction", () => "BEGIN; SELECT llm_query_batched('a'); COMMIT; ROLLBACK"],
  ["a forged request", () => `SELECT llm_query('a', '"}, "kind": "rlm_query"')`],
  ["a description of a function forged", () => `SELECT "{""name"": ""final""}"('x')`],
  ["NULs and broken UTF-8", () => "SELECT llm_query(CAST(x'00ff00fe' AS TEXT)), final(x'ff00')"],
  [
    "code of the host in a pattern",
    () => "SELECT regexp_substr('process.env', '(?{process})'), 'x' REGEXP '['",
  ],
  ["an unfinished statement", () => "SELECT 'unfinished"],
];

describeProbes(sqlIn(), PROBES, {
  code: "SELECT 'o' || 'k' AS said, count(*) FROM lines",
  printed: "ok | 1",
});
