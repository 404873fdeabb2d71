/** Reads what a run's folder holds, a line at a time. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { contextFromBytes } from "../data/context.ts";
import { DataError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, ContextSummary, Reference } from "../types.ts";
import { readJsonLines } from "../files/json-lines.ts";
import type { Manifest } from "./manifest.ts";
import type { Attempt } from "./attempt.ts";
import { ENCRYPTED_ENDING, decryptedLine, decryptedFile } from "../data/encryption.ts";

export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, "manifest.json");
  const text = await readFile(path, "utf8").catch((error: Error) => {
    const isFile = statSync(folder, { throwIfNoEntry: false })?.isFile() === true;
    const reason = isFile ? "it is a file; import FILE --out FOLDER makes a run of it" : error.message;
    throw new DataError(`${folder} is no run: ${reason}`, { cause: error });
  });
  const manifest = parseLine(text, path) as Manifest;
  if (manifest.schemaVersion !== 1) {
    throw new DataError(
      `${path}: schemaVersion ${String(manifest.schemaVersion)} is not 1, which this version reads`,
    );
  }
  return manifest;
}

/** The ended episodes. A last line that was cut off by a crash is passed over: its episode did not end. */
export async function* readTrajectories(folder: string): AsyncGenerator<Trajectory> {
  for await (const line of linesOf(join(folder, "trajectories.jsonl"))) yield line as Trajectory;
}

/** The attempts that failed by a fault of the machinery and were replaced or tried again; none where there is no such file. */
export async function* readAttempts(folder: string): AsyncGenerator<Attempt> {
  const path = join(folder, "attempts.jsonl");
  if (!existsSync(path)) return;
  for await (const line of linesOf(path)) yield line as Attempt;
}

/** The gold by task id. */
export async function readReferences(folder: string): Promise<Map<string, Reference>> {
  const references = new Map<string, Reference>();
  for await (const line of linesOf(join(folder, "references.jsonl"))) {
    const reference = line as Reference;
    references.set(reference.taskId, reference);
  }
  return references;
}

/** The context of a record, decrypted where it is encrypted. Throws what the file system throws where it is not there. */
export async function readContext(folder: string, summary: ContextSummary): Promise<Context> {
  const path = contextPath(folder, summary);
  const bytes = await readFile(path);
  const isEncrypted = path.endsWith(ENCRYPTED_ENDING);
  return contextFromBytes(summary.type, isEncrypted ? decryptedFile(bytes, path) : bytes);
}

/** Whether the folder holds a context. */
export function hasContext(folder: string, summary: ContextSummary): boolean {
  return existsSync(contextPath(folder, summary));
}

function contextPath(folder: string, { sha256 }: ContextSummary): string {
  const path = join(folder, "contexts", sha256);
  return existsSync(`${path}${ENCRYPTED_ENDING}`) ? `${path}${ENCRYPTED_ENDING}` : path;
}

async function* linesOf(path: string): AsyncGenerator {
  for await (const { value, where } of readJsonLines(path, "pass")) yield decryptedLine(value, where);
}

function parseLine(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DataError(`${where}: expected one JSON object a line`, { cause: error });
  }
}
