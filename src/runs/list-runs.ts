/** Which runs a folder holds, by their manifests: no record is read, and those of unfinished runs are counted only. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../errors.ts";
import { countRecords } from "./count-records.ts";
import type { Manifest } from "./manifest.ts";
import { readManifest } from "./read-run.ts";
import { ownerHasDied, readLockOwner } from "./run-lock.ts";

/** How deep below the folder a run may lie. */
const LEVELS = 3;

/** A run that was found. */
export interface ListedRun {
  readonly folder: string;
  /** Null if the manifest cannot be read; `problem` says why. */
  readonly manifest: Manifest | null;
  readonly problem: string | null;
  /** `died`: it says that it runs, but its process is there no more. */
  readonly status: Manifest["status"] | "died" | "unreadable";
  /** Episodes that have ended; null if the manifest cannot be read. */
  readonly ended: number | null;
  /** Of its records, in bytes. */
  readonly bytes: number;
}

/** The runs in the folder and up to three levels below it, the newest first. Throws `DataError` if there is no such folder. */
export async function listRuns(folder: string): Promise<ListedRun[]> {
  const found: ListedRun[] = [];
  const look = async (path: string, level: number): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch((error: Error) => {
      if (level > 0) return [];
      throw new DataError(`${path}: there is no such folder (${error.message})`, { cause: error });
    });
    if (entries.some(({ name }) => name === "manifest.json" || name === "trajectories.jsonl")) {
      found.push(await runAt(path));
      return;
    }
    if (level === LEVELS) return;
    for (const entry of entries) if (entry.isDirectory()) await look(join(path, entry.name), level + 1);
  };
  await look(folder, 0);
  return found.toSorted((a, b) => startOf(b).localeCompare(startOf(a)) || a.folder.localeCompare(b.folder));
}

async function runAt(folder: string): Promise<ListedRun> {
  const bytes = (await stat(join(folder, "trajectories.jsonl")).catch(() => null))?.size ?? 0;
  try {
    const manifest = await readManifest(folder);
    const status = await statusOf(folder, manifest);
    const ended = manifest.status === "running" ? await countRecords(folder) : manifest.counts.ended;
    return { folder, manifest, problem: null, status, ended, bytes };
  } catch (error) {
    const problem = (error as Error).message;
    return { folder, manifest: null, problem, status: "unreadable", ended: null, bytes };
  }
}

/** What a run's manifest says of it, unless its process is gone. */
export async function statusOf(folder: string, { status }: Manifest): Promise<Manifest["status"] | "died"> {
  if (status !== "running") return status;
  const owner = await readLockOwner(folder);
  return owner === null || ownerHasDied(owner) ? "died" : status;
}

function startOf({ manifest }: ListedRun): string {
  return manifest?.wallClock.startedAt ?? "";
}
