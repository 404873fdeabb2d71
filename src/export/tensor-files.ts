/** The files of the format `tensors`: written one row at a time, and read back whole. */
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../errors.ts";
import type { Row } from "./exporter.ts";
import { type DType, TENSORS, type TensorSpec } from "./formats/tensors.ts";

export const TENSORS_FILE = "tensors.json";
const EPISODES_FILE = "episodes.jsonl";
const VALUES_AT_ONCE = 65_536;

const BYTES: Record<DType, number> = { float32: 4, int32: 4, bool: 1 };
const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** Writes rows into an existing folder; a tensor without values gets no file. Returns the names of the files. */
export async function writeTensors(folder: string, rows: AsyncIterable<Row>): Promise<string[]> {
  const files = new Map<string, TensorFile>();
  const episodes = await open(join(folder, EPISODES_FILE), "wx");
  try {
    for await (const { tensors, ...names } of rows) {
      for (const [name, values] of Object.entries(tensors as Record<string, number[]>)) {
        if (values.length === 0) continue;
        const file = files.get(name) ?? new TensorFile(join(folder, `${name}.bin`), specOf(name));
        files.set(name, file);
        await file.add(values);
      }
      await episodes.write(`${JSON.stringify(names)}\n`);
    }
    await Promise.all([...files.values()].map((file) => file.end()));
    await episodes.sync();
  } finally {
    await Promise.all([episodes.close(), ...[...files.values()].map((file) => file.close())]);
  }
  if (files.size === 0) return [];
  const present = TENSORS.filter(({ name }) => files.has(name));
  const document = {
    format: "rlm-gym-tensors",
    version: 1,
    weightsManifest: present.map(({ name, dtype }) => ({
      paths: [`${name}.bin`],
      weights: [{ name, shape: files.get(name)!.shapeIn(files), dtype }],
    })),
    columns: Object.fromEntries(
      present.flatMap(({ name, columns }) => (columns?.length ? [[name, columns]] : [])),
    ),
  };
  const manifest = await open(join(folder, TENSORS_FILE), "wx");
  await manifest.writeFile(`${JSON.stringify(document, null, 2)}\n`);
  await manifest.sync();
  await manifest.close();
  return [TENSORS_FILE, EPISODES_FILE, ...present.map(({ name }) => `${name}.bin`)];
}

function specOf(name: string): TensorSpec {
  return TENSORS.find((spec) => spec.name === name)!;
}

class TensorFile {
  readonly #path: string;
  readonly #spec: TensorSpec;
  #file: FileHandle | null = null;
  #waiting: number[][] = [];
  #held = 0;
  #count = 0;

  constructor(path: string, spec: TensorSpec) {
    this.#path = path;
    this.#spec = spec;
  }

  async add(values: number[]): Promise<void> {
    this.#waiting.push(values);
    this.#held += values.length;
    this.#count += values.length;
    if (this.#held >= VALUES_AT_ONCE) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.#file?.sync();
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  /** A row is as wide as its columns; for decisions, as wide as the decisions are. */
  shapeIn(files: ReadonlyMap<string, TensorFile>): number[] {
    const { columns } = this.#spec;
    if (columns === null) return [this.#count];
    const rows = columns.length > 0 ? this.#count / columns.length : files.get("decision_turn")!.#count;
    return [rows, this.#count / rows];
  }

  async #flush(): Promise<void> {
    this.#file ??= await open(this.#path, "wx");
    const values = ARRAYS[this.#spec.dtype].from(this.#waiting.flat());
    await this.#file.write(new Uint8Array(values.buffer));
    this.#waiting = [];
    this.#held = 0;
  }
}

const weight = z.object({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  dtype: z.enum(["float32", "int32", "bool"]),
});
const layout = z.object({
  format: z.literal("rlm-gym-tensors"),
  version: z.literal(1),
  weightsManifest: z.array(
    z.object({
      // The file must be in the folder itself.
      paths: z.tuple([z.string().regex(/^[\w-]+\.bin$/, "expected the name of a .bin file")]),
      weights: z.tuple([weight]),
    }),
  ),
});

/** A tensor as read back: its values in row-major order, and its shape. */
export interface ReadTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** The tensors of a folder by name. Throws `DataError` that names the file which does not match `tensors.json`. */
export async function readTensors(folder: string): Promise<ReadonlyMap<string, ReadTensor>> {
  const path = join(folder, TENSORS_FILE);
  const bytesOf = (file: string) =>
    readFile(file).catch((error: Error) => {
      throw new DataError(`${file}: cannot be read (${error.message})`, { cause: error });
    });
  const { success, data, error } = layout.safeParse(jsonIn((await bytesOf(path)).toString("utf8")));
  if (!success) {
    const [issue] = error.issues;
    throw new DataError(`${path}: ${issue!.path.map(String).join(".") || "the file"}: ${issue!.message}`);
  }
  const tensors = new Map<string, ReadTensor>();
  for (const { paths, weights } of data.weightsManifest) {
    const [{ name, shape, dtype }] = weights;
    const bytes = await bytesOf(join(folder, paths[0]));
    const length = shape.reduce((product, size) => product * size, 1);
    if (bytes.length !== length * BYTES[dtype])
      throw new DataError(
        `${join(folder, paths[0])}: holds ${bytes.length} bytes, and ${dtype} of shape [${shape.join(", ")}] takes ${length * BYTES[dtype]}`,
      );
    const own = new Uint8Array(bytes);
    tensors.set(name, { shape, dtype, values: new ARRAYS[dtype](own.buffer) });
  }
  return tensors;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
