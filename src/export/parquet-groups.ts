/** Writes groups of rows to a Parquet file; columns of lists of single values take a fast path around the library's encoder. */
import type { ColumnChunk, SchemaElement, SchemaTree } from "hyparquet";
import { ParquetWriter } from "hyparquet-writer";
import { writeColumn } from "hyparquet-writer/src/column.js";
import { writeDataPageV2 } from "hyparquet-writer/src/datapage.js";
import { writeDictionaryPage } from "hyparquet-writer/src/dictionary.js";
import { encodeNestedValues } from "hyparquet-writer/src/dremel.js";
import { schemaPathResolver } from "hyparquet-writer/src/schema.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";

type Writer = ConstructorParameters<typeof ParquetWriter>[0]["writer"];
type PageData = ReturnType<typeof encodeNestedValues>;

/** Writes group after group, and then the end of the file. */
export class ParquetGroups {
  readonly #file: ParquetWriter;
  readonly #pathTo: (path: string[]) => SchemaTree[];

  constructor(writer: Writer, schema: SchemaElement[]) {
    this.#file = new ParquetWriter({ writer, schema, createdBy: "rlm-gym" });
    this.#pathTo = schemaPathResolver(schema);
  }

  /** Cells in the library's form, one list per column. */
  async write(names: readonly string[], columns: readonly (readonly unknown[])[]): Promise<void> {
    const { writer, row_groups: groups, pendingIndexes } = this.#file;
    const start = writer.offset;
    const chunks: ColumnChunk[] = [];
    for (const [index, name] of names.entries())
      for (const path of leavesOf(this.#pathTo([name]))) {
        const schemaPath = path.map((node) => node.element);
        const element = schemaPath.at(-1)!;
        const columnName = schemaPath
          .slice(1)
          .map((part) => part.name)
          .join(".");
        const facts = { columnName, element, schemaPath, codec: "SNAPPY" as const, stats: false };
        const rest = { compressors: { SNAPPY: snappyCompress }, columnIndex: false, offsetIndex: false };
        const column = { ...facts, ...rest, pageSize: 0 };
        const result = writeCells(writer, path, column, columns[index]!);
        chunks.push(result.chunk);
        pendingIndexes.push(result);
      }
    const size = BigInt(columns[0]?.length ?? 0);
    const bytes = chunks.map(({ meta_data: facts }) => facts?.total_uncompressed_size ?? 0n);
    this.#file.num_rows += size;
    groups.push({
      columns: chunks,
      total_byte_size: bytes.reduce((sum, one) => sum + one, 0n),
      num_rows: size,
      total_compressed_size: BigInt(writer.offset - start),
    });
    await writer.flush?.();
  }

  async finish(): Promise<void> {
    await this.#file.finish();
  }
}

function leavesOf(path: SchemaTree[]): SchemaTree[][] {
  const { children } = path.at(-1)!;
  return children.length === 0 ? [path] : children.flatMap((child) => leavesOf([...path, child]));
}

type Column = Parameters<typeof writeColumn>[0]["column"];
type Written = ReturnType<typeof writeColumn>;

function writeCells(writer: Writer, path: SchemaTree[], column: Column, cells: readonly unknown[]): Written {
  const isListOfValues = path.length === 4 && path[2]!.element.repetition_type === "REPEATED";
  if (!isListOfValues) {
    const pageData = encodeNestedValues(path, cells as unknown[]);
    return writeColumn({ writer, column, pageData });
  }
  const pageData = listPage(cells as (readonly unknown[] | null)[]);
  const isInteger = column.element.type === "INT64";
  const integers = isInteger ? dictionaryOf(pageData.values as (number | undefined)[]) : null;
  if (integers) return writeIntegers(writer, column, pageData, integers);
  const { values } = pageData;
  const wide = isInteger
    ? (values as (number | undefined)[]).map((value) => (value === undefined ? undefined : BigInt(value)))
    : values;
  return writeColumn({ writer, column, pageData: { ...pageData, values: wide } });
}

interface Dictionary {
  readonly values: readonly number[];
  readonly indexes: (number | undefined)[];
}

/** Integers within a range of this size, such as token ids, are looked up in a list by their distance from the smallest. */
const LISTED_RANGE = 1 << 21;

/** Null if most values occur only once, so that a dictionary would not save space. */
function dictionaryOf(values: readonly (number | undefined)[]): Dictionary | null {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === undefined) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const range = greatest - least + 1;
  // 0 means that the value has no index yet.
  const listed = range > 0 && range <= LISTED_RANGE ? new Int32Array(range) : null;
  const mapped = new Map<number, number>();
  const dictionary: number[] = [];
  const most = values.length / 2;
  const indexes: (number | undefined)[] = [];
  for (const value of values) {
    if (value === undefined) {
      indexes.push(undefined);
      continue;
    }
    let position = (listed ? listed[value - least]! : (mapped.get(value) ?? 0)) - 1;
    if (position === -1) {
      position = dictionary.length;
      if (position > most) return null;
      dictionary.push(value);
      if (listed) listed[value - least] = position + 1;
      else mapped.set(value, position + 1);
    }
    indexes.push(position);
  }
  return { values: dictionary, indexes };
}

/** Does what the library does for integers, but only turns those of the dictionary into BigInts. */
function writeIntegers(
  writer: Writer,
  column: Column,
  pageData: PageData,
  { values, indexes }: Dictionary,
): Written {
  const { element, schemaPath, codec } = column;
  const start = writer.offset;
  const dictionaryBytes = writeDictionaryPage(writer, column, values.map(BigInt));
  const dataStart = writer.offset;
  const encoding = "RLE_DICTIONARY";
  const dataBytes = writeDataPageV2({ writer, column, encoding, pageData: { ...pageData, values: indexes } });
  return {
    chunk: {
      meta_data: {
        type: element.type!,
        encodings: ["PLAIN", encoding],
        path_in_schema: schemaPath.slice(1).map(({ name }) => name),
        codec,
        num_values: BigInt(indexes.length),
        total_compressed_size: BigInt(writer.offset - start),
        total_uncompressed_size: BigInt(dictionaryBytes + dataBytes),
        data_page_offset: BigInt(dataStart),
        dictionary_page_offset: BigInt(start),
      },
      file_offset: BigInt(start),
    },
  };
}

/**
 * Values and levels of an optional list of optional values. Definition: 0 no list, 1 an empty one, 2 a null in it, 3 a value;
 * repetition: 0 for the first value of a row, 1 for the following ones.
 */
function listPage(lists: readonly (readonly unknown[] | null)[]): PageData {
  let slots = 0;
  for (const list of lists) slots += list === null || list.length === 0 ? 1 : list.length;
  const values: unknown[] = [];
  const definitionLevels = new Uint8Array(slots).fill(3);
  const repetitionLevels = new Uint8Array(slots).fill(1);
  for (const list of lists) {
    repetitionLevels[values.length] = 0;
    if (list === null || list.length === 0) {
      definitionLevels[values.length] = list === null ? 0 : 1;
      values.push(undefined);
      continue;
    }
    for (const value of list) {
      if (value === null || value === undefined) definitionLevels[values.length] = 2;
      values.push(value ?? undefined);
    }
  }
  // The library only iterates over them and takes slices.
  const levels = { definitionLevels, repetitionLevels } as object as Pick<
    PageData,
    "definitionLevels" | "repetitionLevels"
  >;
  return { values, ...levels, maxDefinitionLevel: 3 };
}
