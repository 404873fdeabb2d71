/** Parquet files out of rows, a group of rows at a time, so that memory does not grow with their number. */
import type { SchemaElement } from "hyparquet";
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import type { Row } from "./exporter.ts";

type Leaf = "text" | "int" | "double" | "bool";
export type ParquetType =
  | Leaf
  | { readonly list: ParquetType }
  | { readonly struct: readonly ParquetField[] };
/** A column, or a field of a struct. */
export type ParquetField = readonly [name: string, type: ParquetType];

export const TEXT = "text";
export const INT = "int";
export const DOUBLE = "double";
export const BOOL = "bool";

export function listOf(list: ParquetType): ParquetType {
  return { list };
}

export function structOf(...struct: readonly ParquetField[]): ParquetType {
  return { struct };
}

const ROWS_A_GROUP = 1000;

/** Writes the file at once; every field may be null. Integers are 64 bits wide, as every trainer's reader takes them. */
export async function writeParquet(
  path: string,
  rows: AsyncIterable<Row>,
  columns: readonly ParquetField[],
): Promise<void> {
  const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.flatMap(([name, type]) => elementsOf(name, type)),
  ];
  await parquetWriteRows({
    writer: fileWriter(path),
    rows: cells(rows, columns),
    columns: columns.map(([name]) => ({ name })),
    schema,
    rowGroupSize: ROWS_A_GROUP,
    statistics: false,
    createdBy: "rlm-gym",
  });
}

async function* cells(rows: AsyncIterable<Row>, columns: readonly ParquetField[]) {
  for await (const row of rows)
    yield Object.fromEntries(columns.map(([name, type]) => [name, cellOf(row[name], type)]));
}

/** A value as the writer wants it: 64-bit integers as BigInt. */
function cellOf(value: unknown, type: ParquetType): unknown {
  if (value === null || value === undefined) return null;
  if (type === INT) return BigInt(value as number);
  if (typeof type === "string") return value;
  if ("list" in type) return (value as unknown[]).map((item) => cellOf(item, type.list));
  const fields = value as Record<string, unknown>;
  return Object.fromEntries(type.struct.map(([name, field]) => [name, cellOf(fields[name], field)]));
}

function elementsOf(name: string, type: ParquetType): SchemaElement[] {
  if (typeof type === "string") return [{ name, repetition_type: "OPTIONAL", ...LEAVES[type] }];
  if ("struct" in type)
    return [
      { name, repetition_type: "OPTIONAL", num_children: type.struct.length },
      ...type.struct.flatMap(([field, of]) => elementsOf(field, of)),
    ];
  return [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...elementsOf("element", type.list),
  ];
}

const LEAVES: Record<Leaf, Pick<SchemaElement, "type" | "converted_type">> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  int: { type: "INT64" },
  double: { type: "DOUBLE" },
  bool: { type: "BOOLEAN" },
};
