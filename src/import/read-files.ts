/** Reads files that other programs wrote, an episode at a time. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError, UsageError } from "../errors.ts";
import { readJsonLines } from "../files/json-lines.ts";
import { decryptedLine } from "../data/encryption.ts";
import { countTokens } from "../cost/tokens.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, Reference } from "../types.ts";
import { importerFor, importerNamed } from "./registry.ts";
import type { Line } from "./importer.ts";
import { nativeFrom } from "./native.ts";

export interface Imported {
  readonly trajectory: Trajectory;
  /** The gold and the context, where the file holds them. */
  readonly reference: Reference | null;
  readonly context: Context | null;
  /** The format's name, and the file. */
  readonly format: string;
  readonly file: string;
}

/**
 * The episodes of files, and of all `.json` and `.jsonl` files of folders. The format is that which the first row of each
 * file looks like, where none is named. Throws `UsageError` for a path that is not there, `DataError` that names file and
 * line for what cannot be read, and for a rollout that is there twice.
 */
export async function* importFiles(paths: readonly string[], format?: string): AsyncGenerator<Imported> {
  const seen = new Set<string>();
  const named = format === undefined ? undefined : importerNamed(format);
  for (const file of await filesOf(paths)) {
    const lines = linesOf(file);
    const first = await lines.next();
    if (first.done) throw new DataError(`${file}: is empty`);
    const importer = named ?? importerFor(first.value);
    const all = async function* () {
      yield first.value;
      yield* lines;
    };
    for await (const { record, reference, context } of importer.read(all(), basename(file))) {
      const trajectory = "schemaVersion" in record ? record : nativeFrom(record, countTokens);
      const { rolloutId } = trajectory;
      if (seen.has(rolloutId)) throw new DataError(`${file}: the rollout ${rolloutId} is there twice`);
      seen.add(rolloutId);
      const known = "schemaVersion" in record ? context : (record.context ?? context);
      yield { trajectory, reference, context: known, format: importer.name, file };
    }
  }
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((error: Error) => {
      throw new UsageError(`${path}: cannot be read (${error.message})`, { cause: error });
    });
    if (!found.isDirectory()) {
      files.push(path);
      continue;
    }
    const names = (await readdir(path)).filter((name) => /\.jsonl?$/.test(name)).toSorted();
    if (names.length === 0) throw new UsageError(`${path}: the folder holds no .json or .jsonl file`);
    files.push(...names.map((name) => join(path, name)));
  }
  return files;
}

async function* linesOf(file: string): AsyncGenerator<Line> {
  const lines = file.endsWith(".json") ? documentIn(file) : readJsonLines(file, "refuse");
  for await (const { value, where } of lines) yield { value: decryptedLine(value, where), where };
}

async function* documentIn(file: string): AsyncGenerator<Line> {
  const text = await readFile(file, "utf8");
  try {
    yield { value: JSON.parse(text) as unknown, where: file };
  } catch (error) {
    throw new DataError(`${file}: is not JSON (${(error as Error).message})`, { cause: error });
  }
}
