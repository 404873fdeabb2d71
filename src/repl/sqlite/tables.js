// @ts-check
/** The context as tables, which a policy can read and not change. */

/** @typedef {import("./sqlite.js").SqlValue} SqlValue */
/** @typedef {Awaited<ReturnType<typeof import("./sqlite.js").openSqlite>>} Sqlite */

/** Larger contexts are indexed when the policy asks for it. */
const MOST_INDEXED_CHARS = 8_000_000;
const MOST_COLUMNS = 200;
const TITLE_CHARS = 100;
/** Rows that are looked at to decide whether a text is CSV. */
const LOOKED_AT = 1000;

/** Binds a context. @param {Sqlite} sqlite @param {unknown} context - text, bytes, or a value of JSON */
export function bindTables(sqlite, context) {
  sqlite.rows("BEGIN");
  if (context instanceof Uint8Array) {
    sqlite.rows("CREATE TABLE context(bytes BLOB)");
    sqlite.insert("INSERT INTO context VALUES (?)", [[context]]);
  } else if (typeof context === "string") bindText(sqlite, context);
  else if (isRecords(context)) bindRecords(sqlite, context);
  else if (Array.isArray(context))
    bindDocuments(
      sqlite,
      context.map((item) => [null, item]),
    );
  else if (typeof context === "object" && context !== null) bindDocuments(sqlite, Object.entries(context));
  else {
    sqlite.rows("CREATE TABLE context(value)");
    sqlite.insert("INSERT INTO context VALUES (?)", [[valueOf(context)]]);
  }
  sqlite.rows("COMMIT");
}

/** @param {Sqlite} sqlite @param {string} text */
function bindText(sqlite, text) {
  sqlite.rows("CREATE TABLE lines(n INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  sqlite.insert(
    "INSERT INTO lines VALUES (?, ?)",
    text.split("\n").map((line, at) => [at + 1, line]),
  );
  sqlite.rows(
    "CREATE VIEW context AS SELECT group_concat(text, char(10)) AS text FROM (SELECT text FROM lines ORDER BY n)",
  );
  index(sqlite, { table: "lines", id: "n", columns: ["text"], chars: text.length });
  const records = recordsIn(text);
  if (records) bindRecords(sqlite, records);
}

/** @param {Sqlite} sqlite @param {(readonly [string | null, unknown])[]} entries */
function bindDocuments(sqlite, entries) {
  sqlite.rows("CREATE TABLE documents(id INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL)");
  const rows = entries.map(([title, item], at) => {
    const text = typeof item === "string" ? item : JSON.stringify(item);
    return [at + 1, title ?? text.trimStart().split("\n", 1)[0]?.slice(0, TITLE_CHARS) ?? "", text];
  });
  sqlite.insert("INSERT INTO documents VALUES (?, ?, ?)", rows);
  const chars = rows.reduce((sum, [, , text]) => sum + String(text).length, 0);
  index(sqlite, { table: "documents", id: "id", columns: ["title", "text"], chars });
}

/** Full-text search over a table of the context. @param {Sqlite} sqlite @param {{ table: string, id: string, columns: string[], chars: number }} over */
function index(sqlite, { table, id, columns, chars }) {
  sqlite.rows(
    `CREATE VIRTUAL TABLE search USING fts5(${columns.join(", ")}, content='${table}', content_rowid='${id}')`,
  );
  if (chars <= MOST_INDEXED_CHARS) sqlite.rows("INSERT INTO search(search) VALUES ('rebuild')");
}

/** @param {Sqlite} sqlite @param {readonly Record<string, unknown>[]} records */
function bindRecords(sqlite, records) {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))].slice(0, MOST_COLUMNS);
  const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`);
  const distinct = new Set(names.map((name) => name.toLowerCase()));
  if (
    distinct.size < names.length ||
    distinct.has("n") ||
    names.some((name) => name === "" || name.includes("\0"))
  )
    return bindDocuments(
      sqlite,
      records.map((record) => [null, record]),
    );
  sqlite.rows(`CREATE TABLE items(n INTEGER PRIMARY KEY${quoted.map((name) => `, ${name}`).join("")})`);
  sqlite.insert(
    `INSERT INTO items VALUES (?${", ?".repeat(names.length)})`,
    records.map((record, at) => [at + 1, ...names.map((name) => valueOf(record[name]))]),
  );
}

/** @param {unknown} value @returns {SqlValue} */
function valueOf(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string" || typeof value === "number") return value;
  return JSON.stringify(value);
}

/** @param {unknown} value @returns {value is readonly Record<string, unknown>[]} */
function isRecords(value) {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (item) =>
        typeof item === "object" && item !== null && !Array.isArray(item) && Object.keys(item).length > 0,
    )
  );
}

/** The records of a text that is JSON or CSV as a whole; null for any other. @param {string} text */
function recordsIn(text) {
  if (/^\s*\[\s*\{/.test(text)) {
    try {
      const value = JSON.parse(text);
      return isRecords(value) ? value : null;
    } catch {
      return null;
    }
  }
  return recordsOfCsv(text);
}

/** @param {string} text */
function recordsOfCsv(text) {
  const [head = ""] = text.split("\n", 1);
  const names = head
    .replace(/\r$/, "")
    .split(",")
    .map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  const isHead = names.length > 1 && names.every((name) => /^[A-Za-z_][\w -]{0,40}$/.test(name));
  if (!isHead || new Set(names).size < names.length) return null;
  const rows = csvRows(text).slice(1);
  if (rows.length < 2 || rows.slice(0, LOOKED_AT).some((row) => row.length !== names.length)) return null;
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, numberOr(row[at] ?? "")])));
}

/** @param {string} field */
function numberOr(field) {
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(field) ? Number(field) : field;
}

/** RFC 4180: fields may stand in quotes, which are doubled in them. @param {string} text */
function csvRows(text) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  for (const [whole, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n\r]*))(,|\r?\n|$)/g)) {
    if (whole === "" && row.length === 0) break;
    row.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}
