/** Writes Parquet files from rows, one group of rows at a time, so that memory does not grow with their number. */
import type { SchemaElement } from "hyparquet";
import { fileWriter } from "hyparquet-writer";
import { cellsOf, type Leaf, type ParquetField, type ParquetType } from "./columns.ts";
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
  const made = cellsOf(columns);
  let cells: unknown[][] = columns.map(() => []);
  let weight = 0;
  for await (const row of rows) {
    for (const [index, cell] of made(row).entries()) {
      weight += weightOf(cell);
      cells[index]!.push(cell);
    }
    if (cells[0]!.length < aGroup.rows && weight < aGroup.weight) continue;
    await groups.write(names, cells);
    cells = columns.map(() => []);
    weight = 0;
  }
  if (cells[0]!.length > 0) await groups.write(names, cells);
  await groups.finish();
}

/** Characters and list items; a long list of numbers is not walked through. */
function weightOf(cell: unknown): number {
  if (typeof cell === "string") return cell.length;
  if (typeof cell !== "object" || cell === null) return 0;
  if (Array.isArray(cell) && typeof cell[0] !== "object" && typeof cell[0] !== "string") return cell.length;
  return Object.values(cell).reduce<number>((sum, item) => sum + weightOf(item), 1);
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
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  rest: { type: "BYTE_ARRAY", converted_type: "UTF8" },
};
