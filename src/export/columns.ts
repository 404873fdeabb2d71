/** The columns of a Parquet file, as a format names them, and how the values of rows stand in their cells. */

/** A column of single values: text, 64-bit integers, 64-bit floats, booleans, and JSON text for what has no fixed shape. */
export type Leaf = "text" | "int" | "double" | "bool" | "json" | "rest";
/** What a column holds; lists and structs may be nested. */
export type ParquetType =
  | Leaf
  | { readonly list: ParquetType }
  | { readonly struct: readonly ParquetField[] };
/** A column, or a field of a struct. Where an optional one is null, the row lacks it. */
export type ParquetField = readonly [name: string, type: ParquetType, presence?: "optional"];

/** UTF-8 text. */
export const TEXT = "text";
/** Integers of 64 bits. */
export const INT = "int";
/** Floats of 64 bits. */
export const DOUBLE = "double";
/** True or false. */
export const BOOL = "bool";
/** JSON text, for values whose fields differ from row to row. */
export const JSON_TEXT = "json";
/** JSON text of an object with the fields of the row that have no column of their own; null if there are none. */
export const REST = "rest";
/** Marks a field that rows may lack. */
export const OPTIONAL = "optional";

/** The type of a list with items of this type. */
export function listOf(list: ParquetType): ParquetType {
  return { list };
}

/** The type of an object with these fields. */
export function structOf(...struct: readonly ParquetField[]): ParquetType {
  return { struct };
}

type Fields = Readonly<Record<string, unknown>>;
type Made = (value: unknown) => unknown;

/** Makes the cells of rows in the writer's types: 64-bit integers are BigInts, save in lists, where they are widened later. */
export function cellsOf(columns: readonly ParquetField[]): (row: Fields) => unknown[] {
  const names = new Set(columns.map(([name]) => name));
  const makers = columns.map(([name, type]) => {
    if (type === REST) return (row: Fields) => restOf(row, names);
    const made = cellOf(type);
    return (row: Fields) => made(row[name]);
  });
  return (row) => makers.map((make) => make(row));
}

function restOf(row: Fields, names: ReadonlySet<string>): string | null {
  const rest = Object.entries(row).filter(([name, value]) => !names.has(name) && value !== undefined);
  return rest.length === 0 ? null : JSON.stringify(Object.fromEntries(rest));
}

function cellOf(type: ParquetType): Made {
  if (type === JSON_TEXT) return (value) => (value === undefined ? null : JSON.stringify(value));
  if (type === INT) return ifAny((value) => BigInt(value as number));
  if (typeof type === "string") return (value) => value ?? null;
  if ("list" in type) {
    if (typeof type.list === "string") return (value) => value ?? null;
    const item = cellOf(type.list);
    return ifAny((value) => (value as unknown[]).map(item));
  }
  const fields = type.struct.map(([name, field]) => [name, cellOf(field)] as const);
  return ifAny((value) =>
    Object.fromEntries(fields.map(([name, field]) => [name, field((value as Fields)[name])])),
  );
}

/**
 * Turns what a reader found in a file's row back into the row, as JSON Lines hold it. Keeps columns that are not named, and values
 * of other types than the column's, for a schema to refuse.
 */
export function rowFrom(columns: readonly ParquetField[]): (cells: Fields) => Fields {
  const names = new Set(columns.map(([name]) => name));
  const fields = columns.map(([name, type, presence]) => ({ name, type, presence, read: valueOf(type) }));
  return (cells) => {
    const row: Record<string, unknown> = {};
    for (const { name, type, presence, read } of fields) {
      const value = read(cells[name] ?? null);
      if (type === REST) Object.assign(row, value);
      else if (presence !== OPTIONAL || (cells[name] ?? null) !== null) row[name] = value;
    }
    for (const [name, value] of Object.entries(cells)) if (!names.has(name)) row[name] = value;
    return row;
  };
}

function valueOf(type: ParquetType): Made {
  if (type === JSON_TEXT || type === REST) return parsed;
  if (typeof type === "string") return (value) => value;
  if ("list" in type) {
    const item = valueOf(type.list);
    return (value) => (Array.isArray(value) ? value.map(item) : value);
  }
  const read = rowFrom(type.struct);
  return (value) => (typeof value === "object" && value !== null ? read(value as Fields) : value);
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function ifAny(make: Made): Made {
  return (value) => (value === null || value === undefined ? null : make(value));
}
