// @ts-check
/** What a statement of a policy may do, and how a refusal reads. */

/** What SQLite asks about: see its list of authorizer actions. */
const [PRAGMA, ATTACH, DETACH, FUNCTION] = [19, 24, 25, 31];
const CHANGES = new Map([
  [9, "DELETE"],
  [11, "DROP TABLE"],
  [17, "DROP VIEW"],
  [18, "INSERT"],
  [23, "UPDATE"],
]);
const ALTER_TABLE = 26;
const CREATE_TRIGGER = 7;
const PRAGMAS = new Set([
  "table_info",
  "table_xinfo",
  "table_list",
  "index_list",
  "index_info",
  "data_version",
]);
const CLOSED_FUNCTIONS = new Set([
  "load_extension",
  "readfile",
  "writefile",
  "edit",
  "fts3_tokenizer",
  "sqlite_dbpage",
]);
const CLOSED_TABLES = new Set(["sqlite_dbpage", "sqlite_dbptr"]);
const CONTEXT_TABLES = new Set(["lines", "documents", "items", "context"]);
const NOT_ALLOWED =
  "there is one database, in memory, and no file: ATTACH, DETACH, PRAGMA settings and changes of the context's tables are not allowed; copy into a table of your own with CREATE TABLE … AS SELECT";

/** @param {number} action @param {string} first @param {string} second */
export function mayDo(action, first, second) {
  if (action === ATTACH || action === DETACH) return false;
  if (action === PRAGMA) return PRAGMAS.has(first.toLowerCase());
  if (action === FUNCTION) return !CLOSED_FUNCTIONS.has(second.toLowerCase());
  if (action === ALTER_TABLE || action === CREATE_TRIGGER) return !CONTEXT_TABLES.has(second.toLowerCase());
  if (CLOSED_TABLES.has(first.toLowerCase())) return false;
  return !(CHANGES.has(action) && CONTEXT_TABLES.has(first.toLowerCase()));
}

/** @param {unknown} error */
export function messageOf(error) {
  const message = error instanceof Error ? error.message : String(error);
  const isRefused = /^(?:not authorized|authorization denied|access to .* is prohibited)$/.test(message);
  return `SQL error: ${isRefused ? `${message}: ${NOT_ALLOWED}` : message}`;
}
