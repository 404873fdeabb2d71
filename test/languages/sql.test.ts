import { sqlIn } from "../../src/languages/sql/language.ts";
import { describeLanguage } from "./language-contract.ts";

describeLanguage(sqlIn(), {
  state: {
    keep: "CREATE TABLE kept AS SELECT 20 AS x",
    print: "SELECT x + 1 AS y FROM kept",
    printed: "y\n21",
  },
  failure: {
    code: "CREATE TABLE before AS SELECT 1 AS x; SELECT missing_name; UPDATE before SET x = 2",
    says: /no such column: missing_name/,
    print: "SELECT x FROM before",
    printed: "x\n1",
  },
  contexts: [
    [
      "a text",
      "café \u{1f600}\nnext",
      "SELECT n, length(text) AS chars, text FROM lines",
      "n | chars | text\n1 | 6 | café \u{1f600}\n2 | 4 | next",
    ],
    ["a text as a whole", "a\nb", "SELECT text FROM context", "text\na\nb"],
    ["an empty text", "", "SELECT count(*) AS lines FROM lines", "lines\n1"],
    [
      "CSV",
      'name,age\n"Ann, B.",30\nBob,4',
      "SELECT name, age + 1 AS older FROM items",
      "name | older\nAnn, B. | 31\nBob | 5",
    ],
    [
      "JSON in a text",
      '[{"a": 1}, {"b": [2]}]',
      "SELECT n, a, b FROM items",
      "n | a | b\n1 | 1 | NULL\n2 | NULL | [2]",
    ],
    [
      "a list of texts",
      ["Ann\nsaid", "b"],
      "SELECT id, title, text FROM documents",
      "id | title | text\n1 | Ann | Ann\nsaid\n2 | b | b",
    ],
    [
      "a list of objects",
      [
        { a: "x", b: null },
        { a: "y", b: true },
      ],
      "SELECT a, b FROM items",
      "a | b\nx | NULL\ny | 1",
    ],
    [
      "an object",
      { k: "text", l: [1] },
      "SELECT title, text FROM documents",
      "title | text\nk | text\nl | [1]",
    ],
    ["a number", 4.5, "SELECT value FROM context", "value\n4.5"],
    ["bytes", new Uint8Array([0, 255]), "SELECT bytes FROM context", "bytes\nx'00ff'"],
    [
      "full-text search",
      "a dog\na cat\nthe dogs",
      "SELECT rowid FROM search WHERE search MATCH 'dog*' ORDER BY rowid",
      "rowid\n1\n3",
    ],
  ],
  ask: {
    one: "SELECT llm_query('a')",
    batch: "SELECT llm_query_batched(column1) FROM (VALUES ('b'), ('c'), ('b'))",
  },
  slips: [
    "SELECT llm_query('a', NULL, NULL, NULL)",
    "SELECT llm_query('a', NULL, '{\"modl\": 1}')",
    "SELECT llm_query(5)",
    "SELECT llm_query(NULL)",
    "SELECT llm_query()",
    "SELECT llm_query_batched('a', NULL, '{}')",
    "SELECT rlm_query('a', 'b', NULL, NULL, NULL)",
    "SELECT final()",
    "SELECT final(1, 2)",
  ],
  tool: "SELECT look_up('key', 2)",
  answers: [
    "SELECT final(42)",
    "INSERT INTO answer VALUES (42)",
    "CREATE TABLE x AS SELECT '42' AS v; SELECT final((SELECT * FROM x))",
  ],
  flood: "SELECT printf('%.*c', 100000, 'a') AS a",
  endless: "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c",
  greedy:
    "CREATE TABLE held AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 10000) SELECT n, zeroblob(1000000) AS held FROM c",
  chance: "SELECT random(), hex(randomblob(4)), datetime('now')",
  foreign: ["import re\nprint(1)", "const x = 1;", "(println 1)"],
});
