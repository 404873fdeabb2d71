/** Writes Parquet files from rows, one group of rows at a time, so that memory does not grow with their number. */
import type { SchemaElement } from "hyparquet";
import { fileWriter } from "hyparquet-writer";
import { INT, type Leaf, type ParquetField, type ParquetType } from "./columns.ts";
import type { Row } from "./exporter.ts";
import { ParquetGroups } from "./parquet-groups.ts";

/** A group ends at this many rows, or this many list items and characters: it is held in memory as a whole. */
const A_GROUP = { rows: 1000, weight: 4_000_000 };

/** Writes the file; every field may be null. Integers are 64 bits wide, which every trainer's reader accepts. */
export async function writeParquet(
  path: string,
  rows: AsyncIterable<Row>,
  columns: readonly ParquetField[],
  aGroup: typeof A_GROUP = A_GROUP,
): Promise<void> {
  const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.flatMap(([name, type]) => elementsOf(name, type)),
  ];
  const groups = new ParquetGroups(fileWriter(path), schema);
  const names = columns.map(([name]) => name);
  const makers = columns.map(([, type]) => cellOf(type));
  let cells: unknown[][] = columns.map(() => []);
  let weight = 0;
  for await (const row of rows) {
    for (const [index, name] of names.entries()) {
      const value = row[name];
      if (typeof value === "string" || Array.isArray(value)) weight += value.length;
      cells[index]!.push(makers[index]!(value));
    }
    if (cells[0]!.length < aGroup.rows && weight < aGroup.weight) continue;
    await groups.write(names, cells);
    cells = columns.map(() => []);
    weight = 0;
  }
  if (cells[0]!.length > 0) await groups.write(names, cells);
  await groups.finish();
}

type Cell = (value: unknown) => unknown;

/** Converts values to the writer's types: 64-bit integers to BigInt. */
function cellOf(type: ParquetType): Cell {
  if (type === INT)
    return (value) => (value === null || value === undefined ? null : BigInt(value as number));
  if (typeof type === "string") return (value) => value ?? null;
  if ("list" in type) {
    // Integers in lists are widened when they are written.
    if (typeof type.list === "string") return (value) => value ?? null;
    const item = cellOf(type.list);
    return (value) => (value === null || value === undefined ? null : (value as unknown[]).map(item));
  }
  const fields = type.struct.map(([name, field]) => [name, cellOf(field)] as const);
  return (value) => {
    if (value === null || value === undefined) return null;
    const row = value as Record<string, unknown>;
    return Object.fromEntries(fields.map(([name, field]) => [name, field(row[name])]));
  };
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
