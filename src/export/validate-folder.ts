/** Checks folders that an export wrote (tensors, or one document per episode), and the trajectories of runs. */
import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../errors.ts";
import { readTensors, type ReadTensor, TENSORS_FILE } from "./tensor-files.ts";
import { type RowFault, validateFile, type Verdict } from "./validate.ts";

/** Like `validateFile`, but also for a folder; errors in a folder begin with the name of their file. */
export async function validatePath(
  path: string,
  format: string | undefined,
  most?: number,
): Promise<Verdict> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new DataError(`${path}: there is no such file`);
  if (!found.isDirectory()) return validateFile(path, format, most);
  if (existsSync(join(path, TENSORS_FILE))) return validateTensors(path);
  const ofRun = "trajectories.jsonl";
  if (existsSync(join(path, ofRun))) return named(await validateFile(join(path, ofRun), format, most), ofRun);
  const names = (await readdir(path)).filter((name) => /\.jsonl?$/.test(name)).toSorted();
  if (names.length === 0)
    throw new DataError(`${path}: holds no .json or .jsonl file and no ${TENSORS_FILE}`);
  const verdicts: Verdict[] = [];
  for (const name of names) verdicts.push(named(await validateFile(join(path, name), format, most), name));
  const formats = new Set(verdicts.map((verdict) => verdict.format));
  if (formats.size > 1) throw new DataError(`${path}: holds files of ${[...formats].join(" and ")}`);
  const sum = (of: (verdict: Verdict) => number) =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const encrypted = sum((verdict) => verdict.encrypted ?? 0);
  return {
    format: verdicts[0]!.format,
    rows: sum(({ rows }) => rows),
    bad: sum(({ bad }) => bad),
    ...(encrypted > 0 && { encrypted }),
    faults: verdicts.flatMap(({ faults }) => faults).slice(0, most),
  };
}

function named(verdict: Verdict, name: string): Verdict {
  const faults = verdict.faults.map(({ line, message }) => ({ line, message: `${name}: ${message}` }));
  return { ...verdict, faults };
}

/** What each kind of row refers to, and how many rows of it there must be. */
async function validateTensors(folder: string): Promise<Verdict> {
  const tensors = await readTensors(folder);
  const rowsOf = (name: string) => tensors.get(name)?.shape[0] ?? 0;
  const episodes = rowsOf("episode_reward");
  const messages: string[] = [];
  for (const [name, { shape }] of tensors) {
    const [kind] = name.split("_");
    const [first] = [...tensors.keys()].filter((other) => other.startsWith(`${kind}_`));
    if (shape[0] !== rowsOf(first!))
      messages.push(`${name}: ${shape[0]} rows, and ${first} has ${rowsOf(first!)}`);
  }
  for (const name of ["turn_episode", "decision_episode", "segment_episode"])
    if (!isWithin(tensors.get(name), episodes))
      messages.push(`${name}: refers to an episode that does not exist`);
  const [starts, lengths] = [tensors.get("segment_start"), tensors.get("segment_length")];
  const ends = Array.from(starts?.values ?? [], (start, index) => start + (lengths?.values[index] ?? 0));
  if (ends.some((end) => end > rowsOf("token_ids"))) messages.push("segment_length: exceeds the tokens");
  const faults = messages.map((message): RowFault => ({ line: 1, message }));
  return { format: "tensors", rows: episodes, bad: faults.length, faults };
}

function isWithin(tensor: ReadTensor | undefined, size: number): boolean {
  return tensor === undefined || Array.from(tensor.values).every((value) => value >= 0 && value < size);
}
