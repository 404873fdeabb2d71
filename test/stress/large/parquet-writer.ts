/** Writes parquet files a row group at a time, in little memory: required columns, plain encoding, no compression. */
import { closeSync, openSync, writeSync } from "node:fs";

export type Cell = number | string;
type Kind = "int64" | "text";

/** Thrift values as the compact protocol writes them; a struct's fields by their numbers. */
type Thrift =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly list: readonly Thrift[] }
  | { readonly struct: Readonly<Record<number, Thrift>> };

const MAGIC = Buffer.from("PAR1");

export class ParquetWriter {
  readonly #file: number;
  readonly #columns: readonly (readonly [name: string, kind: Kind])[];
  readonly #groups: Thrift[] = [];
  #offset = 0;
  #rows = 0;

  constructor(path: string, columns: Readonly<Record<string, Kind>>) {
    this.#file = openSync(path, "wx");
    this.#columns = Object.entries(columns);
    this.#write(MAGIC);
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#offset;
  }

  /** A row group; each cell is a page of its own, as writers of very long texts make them. */
  writeGroup(rows: readonly Readonly<Record<string, Cell>>[]): void {
    const start = this.#offset;
    const chunks = this.#columns.map(([name, kind]) => this.#writeChunk(name, kind, rows));
    const bytes = this.#offset - start;
    this.#groups.push({ struct: { 1: { list: chunks }, 2: { i64: bytes }, 3: { i64: rows.length } } });
    this.#rows += rows.length;
  }

  close(): void {
    const leaves = this.#columns.map(([name, kind]): Thrift => {
      const text = kind === "text" ? { 6: { i32: 0 } } : {};
      return { struct: { 1: { i32: typeOf(kind) }, 3: { i32: 0 }, 4: { text: name }, ...text } };
    });
    const root: Thrift = { struct: { 4: { text: "schema" }, 5: { i32: leaves.length } } };
    const footer = encode({
      struct: {
        1: { i32: 1 },
        2: { list: [root, ...leaves] },
        3: { i64: this.#rows },
        4: { list: this.#groups },
      },
    });
    const size = Buffer.alloc(4);
    size.writeUInt32LE(footer.length);
    this.#write(Buffer.concat([footer, size, MAGIC]));
    closeSync(this.#file);
  }

  #writeChunk(name: string, kind: Kind, rows: readonly Readonly<Record<string, Cell>>[]): Thrift {
    const start = this.#offset;
    for (const row of rows) {
      const data = plain(row[name]!);
      this.#write(Buffer.concat([pageHeader(data.length), data]));
    }
    const bytes = { i64: this.#offset - start };
    const meta: Thrift = {
      struct: {
        1: { i32: typeOf(kind) },
        2: { list: [{ i32: 0 }] },
        3: { list: [{ text: name }] },
        4: { i32: 0 },
        5: { i64: rows.length },
        6: bytes,
        7: bytes,
        9: { i64: start },
      },
    };
    return { struct: { 2: { i64: start }, 3: meta } };
  }

  #write(bytes: Buffer): void {
    writeSync(this.#file, bytes);
    this.#offset += bytes.length;
  }
}

function typeOf(kind: Kind): number {
  return kind === "int64" ? 2 : 6;
}

function plain(cell: Cell): Buffer {
  if (typeof cell === "number") {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(cell));
    return bytes;
  }
  const text = Buffer.from(cell);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  return Buffer.concat([size, text]);
}

function pageHeader(bytes: number): Buffer {
  const values: Thrift = { struct: { 1: { i32: 1 }, 2: { i32: 0 }, 3: { i32: 3 }, 4: { i32: 3 } } };
  return encode({ struct: { 1: { i32: 0 }, 2: { i32: bytes }, 3: { i32: bytes }, 5: values } });
}

function encode(value: Thrift): Buffer {
  if ("i32" in value) return varint(zigzag(value.i32));
  if ("i64" in value) return varint(zigzag(value.i64));
  if ("text" in value)
    return Buffer.concat([varint(BigInt(Buffer.byteLength(value.text))), Buffer.from(value.text)]);
  if ("list" in value) {
    const kind = value.list[0] === undefined ? 12 : wireType(value.list[0]);
    const head =
      value.list.length < 15
        ? Buffer.from([(value.list.length << 4) | kind])
        : Buffer.concat([Buffer.from([0xf0 | kind]), varint(BigInt(value.list.length))]);
    return Buffer.concat([head, ...value.list.map(encode)]);
  }
  let last = 0;
  const fields = Object.entries(value.struct).map(([number, field]) => {
    const delta = Number(number) - last;
    last = Number(number);
    return Buffer.concat([Buffer.from([(delta << 4) | wireType(field)]), encode(field)]);
  });
  return Buffer.concat([...fields, Buffer.from([0])]);
}

function wireType(value: Thrift): number {
  if ("i32" in value) return 5;
  if ("i64" in value) return 6;
  if ("text" in value) return 8;
  return "list" in value ? 9 : 12;
}

function zigzag(value: number): bigint {
  return value < 0 ? BigInt(-value) * 2n - 1n : BigInt(value) * 2n;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
