/** Reads files that other programs wrote, one episode at a time. */
import { isUtf8 } from "node:buffer";
import { existsSync, lstatSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DataError, UsageError } from "../errors.ts";
import { isNestedTooDeeply, MOST_LEVELS } from "../files/json-depth.ts";
import { textLines } from "../files/json-lines.ts";
import { decryptedLine } from "../data/encryption.ts";
import { countTokens } from "../cost/tokens.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, Reference } from "../types.ts";
import { evalLines } from "./eval-archive.ts";
import { inspectLogs } from "./formats/inspect.ts";
import { SESSION_LOG } from "./formats/nano-rlm.ts";
import { importerFor, importerNamed } from "./registry.ts";
import type { Beside, Importer, Line, Tell } from "./importer.ts";
import { nativeFrom } from "./native.ts";
import { parsePythonJson } from "../files/python-json.ts";

/** An episode that was read, and its origin. */
export interface Imported {
  readonly trajectory: Trajectory;
  /** The gold and the context, if the file holds them. */
  readonly reference: Reference | null;
  readonly context: Context | null;
  /** The format's name, and the file. */
  readonly format: string;
  readonly file: string;
}

/** How to read files, and what to do with lines that cannot be read. */
export interface ImportOptions {
  /**
   * Receives the error of each line and file that cannot be read, by name and field; the rest is read. Without it the first
   * error is thrown.
   */
  readonly onProblem?: (problem: DataError) => void;
}

/** A JSON document of more bytes would not fit into one string. */
const MOST_DOCUMENT_BYTES = 500_000_000;

/**
 * The episodes of files, and of all `.json`, `.jsonl` and `.eval` files of folders. If no format is named, each file's first row
 * decides. Throws `UsageError` for a path that does not exist, and without `onProblem` also
 * `DataError` that names file and line, for anything that cannot be read and for a rollout that occurs twice.
 */
export async function* importFiles(
  paths: readonly string[],
  format?: string,
  { onProblem }: ImportOptions = {},
): AsyncGenerator<Imported> {
  const tell: Tell = (problem) => {
    if (!onProblem) throw problem;
    onProblem(problem);
  };
  const seen = new Set<string>();
  const named = format === undefined ? undefined : importerNamed(format);
  for (const file of await filesOf(paths))
    try {
      yield* episodesIn(file, named, seen, tell);
    } catch (error) {
      if (!(error instanceof DataError) || !onProblem) throw error;
      onProblem(error);
    }
}

async function* episodesIn(
  file: string,
  named: Importer | undefined,
  seen: Set<string>,
  tell: Tell,
): AsyncGenerator<Imported> {
  const lines = linesIn(file);
  const first = await lines.next();
  if (first.done) throw new DataError(`${file}: is empty`);
  const isArchive = file.endsWith(".eval");
  if (first.value.problem !== undefined && !named && !isArchive)
    throw new DataError(`${first.value.where}: ${first.value.problem}`);
  const importer = named ?? (isArchive ? inspectLogs : importerFor(first.value));
  const all = async function* () {
    yield first.value;
    yield* lines;
  };
  for await (const { record, reference, context } of importer.read(
    all(),
    nameOf(file),
    tell,
    besideOf(file),
  )) {
    const trajectory = "schemaVersion" in record ? record : nativeFrom(record, countTokens);
    const { rolloutId } = trajectory;
    if (seen.has(rolloutId)) {
      tell(new DataError(`${file}: the rollout ${rolloutId} occurs twice`));
      continue;
    }
    seen.add(rolloutId);
    const known = "schemaVersion" in record ? context : (record.context ?? context);
    yield { trajectory, reference, context: known, format: importer.name, file };
  }
}

/** Names alone, so that a recording reaches no file outside its folder; nor does it follow links. */
function besideOf(file: string): Beside {
  return (path) => {
    let place = dirname(file);
    for (const part of path) {
      place = join(place, part);
      const found = /^[\w-][\w.-]*$/.test(part) && lstatSync(place, { throwIfNoEntry: false });
      if (!found || found.isSymbolicLink()) return null;
    }
    return linesIn(place);
  };
}

function linesIn(file: string): AsyncGenerator<Line> {
  if (file.endsWith(".eval")) return evalLines(file, parsed);
  return file.endsWith(".json") ? documentIn(file) : linesOf(file);
}

/** Some programs call every log the same, and name the folder after the run. */
function nameOf(file: string): string {
  const name = basename(file);
  return name === SESSION_LOG ? `${basename(dirname(resolve(file)))}/${name}` : name;
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
    const sessions = await sessionsIn(path);
    files.push(...sessions);
    if (sessions.length > 0) continue;
    const names = (await readdir(path)).filter((name) => /\.(?:jsonl?|eval)$/.test(name)).toSorted();
    if (names.length === 0) throw new UsageError(`${path}: the folder holds no .json, .jsonl or .eval file`);
    files.push(...names.map((name) => join(path, name)));
  }
  return files;
}

/** The logs of a folder that holds a session of nano-rlm, or several; what else such a folder holds belongs to them. */
async function sessionsIn(folder: string): Promise<string[]> {
  const own = join(folder, SESSION_LOG);
  if (existsSync(own)) return [own];
  const below = (await readdir(folder)).toSorted().map((name) => join(folder, name, SESSION_LOG));
  return below.filter((file) => existsSync(file));
}

/** A line that is not JSON is reported where it is read: half a line at the end, or any other. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  let number = 0;
  let broken: string | null = null;
  let other = 0;
  for await (const text of textLines(file, undefined, (line) => (other = line))) {
    number += 1;
    if (text.trim() === "") continue;
    if (broken !== null) yield unreadable(broken, "expected one JSON object per line");
    broken = null;
    const where = `${file}:${number}`;
    const line = parsed(text, where);
    if (line === null) broken = where;
    else if (other === number) yield unreadable(where, NOT_UTF8);
    else yield line;
  }
  if (broken !== null) yield unreadable(broken, "the last line is cut off; write it again, or delete it");
}

const NOT_UTF8 = "the bytes are not UTF-8";

async function* documentIn(file: string): AsyncGenerator<Line> {
  const { size } = await stat(file);
  if (size > MOST_DOCUMENT_BYTES)
    throw new DataError(`${file}: expected at most ${MOST_DOCUMENT_BYTES} bytes`);
  const bytes = await readFile(file);
  if (!isUtf8(bytes)) throw new DataError(`${file}: ${NOT_UTF8}`);
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  const line = parsed(text, file);
  if (line === null) throw new DataError(`${file}: is not JSON (is it cut off?)`);
  yield line;
}

/** Null for text that is not JSON. */
function parsed(text: string, where: string): Line | null {
  let value: unknown;
  try {
    value = parsePythonJson(text);
  } catch {
    return null;
  }
  if (isNestedTooDeeply(value)) return unreadable(where, `it is nested deeper than ${MOST_LEVELS} levels`);
  try {
    return { value: decryptedLine(value, where), where };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return unreadable(where, error.message.slice(where.length + 2));
  }
}

function unreadable(where: string, problem: string): Line {
  return { value: undefined, where, problem };
}
