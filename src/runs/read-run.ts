/** Reads the files of a run's folder, one line at a time. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import { expectRecord, expectReference } from "../record/expect-record.ts";
import type { Reference } from "../types.ts";
import { type JsonLine, readJsonLines } from "../files/json-lines.ts";
import { expectAttempt } from "./attempt.ts";
import type { Attempt } from "./attempt.ts";
import { expectManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { decryptedLine } from "../data/encryption.ts";

/** Throws `DataError` if the folder is not a run, or the manifest has another shape. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, "manifest.json");
  const text = await readFile(path, "utf8").catch((error: Error) => {
    const isFile = statSync(folder, { throwIfNoEntry: false })?.isFile() === true;
    const reason = isFile ? "it is a file; import FILE --out FOLDER makes a run of it" : error.message;
    throw new DataError(`${folder} is not a run: ${reason}`, { cause: error });
  });
  return expectManifest(parsed(text, path), path);
}

/** The ended episodes. Skips a last line that a crash cut off: its episode did not end. */
export async function* readTrajectories(folder: string): AsyncGenerator<Trajectory> {
  for await (const { value, where } of linesOf(join(folder, "trajectories.jsonl")))
    yield expectRecord(value, where);
}

/**
 * The same, but no rollout may count twice. Throws `DataError` for a rollout that occurs a second time.
 *
 * @param look sees each line before its shape is checked, and throws its own error for lines that it refuses
 */
export async function* readDistinctTrajectories(
  folder: string,
  look: (value: unknown, where: string) => void = () => {},
): AsyncGenerator<Trajectory> {
  const seen = new Set<string>();
  for await (const { value, where } of linesOf(join(folder, "trajectories.jsonl"))) {
    look(value, where);
    const trajectory = expectRecord(value, where);
    const { rolloutId } = trajectory;
    if (seen.has(rolloutId)) throw new DataError(`${where}: the rollout ${rolloutId} occurs twice`);
    seen.add(rolloutId);
    yield trajectory;
  }
}

/** Attempts that ended with an infrastructure fault and were replaced or repeated; empty if there is no such file. */
export async function* readAttempts(folder: string): AsyncGenerator<Attempt> {
  const path = join(folder, "attempts.jsonl");
  if (!existsSync(path)) return;
  for await (const { value, where } of linesOf(path)) yield expectAttempt(value, where);
}

/** The gold by task id. */
export async function readReferences(folder: string): Promise<Map<string, Reference>> {
  const references = new Map<string, Reference>();
  for await (const { value, where } of linesOf(join(folder, "references.jsonl"))) {
    const reference = expectReference(value, where);
    references.set(reference.taskId, reference);
  }
  return references;
}

async function* linesOf(path: string): AsyncGenerator<JsonLine> {
  for await (const { value, where } of readJsonLines(path, "pass"))
    yield { value: decryptedLine(value, where), where };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DataError(`${path}: expected one JSON object`, { cause: error });
  }
}
