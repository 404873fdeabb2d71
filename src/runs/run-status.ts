/** How far a run is, read from its folder alone, so that it can be asked from outside while the run goes on. */
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Trajectory } from "../trajectory.ts";
import type { Manifest } from "./manifest.ts";
import { readAttempts, readManifest, readTrajectories } from "./read-run.ts";
import { ownerHasDied, readLockOwner } from "./run-lock.ts";

export interface RunStatus {
  /** `died`: it says that it runs, but its process is there no more. */
  readonly status: Manifest["status"] | "died";
  readonly planned: number;
  readonly ended: number;
  readonly infraErrors: number;
  /** Attempts that failed and were made again. */
  readonly attemptsFailed: number;
  /** Faults of records and attempts, by kind. */
  readonly errors: { readonly [kind: string]: number };
  /** Dollars of all records and attempts so far; null where a model has no known price. */
  readonly dollars: number | null;
  /** What the episodes that are missing cost if they cost what the others did on average; null where that is unknown. */
  readonly dollarsToCome: number | null;
  /** Jobs under way by worker, since the run was last begun. */
  readonly workers: { readonly [worker: string]: number };
  /** Since the run was last begun. */
  readonly wallClock: { readonly episodesPerSecond: number | null; readonly secondsLeft: number | null };
}

/** Throws `DataError` where the folder is no run. */
export async function readStatus(folder: string): Promise<RunStatus> {
  const manifest = await readManifest(folder);
  const owner = await readLockOwner(folder);
  const sums = { ended: 0, infraErrors: 0, attemptsFailed: 0, nanoDollars: 0, unpriced: false };
  const errors: Record<string, number> = {};
  const take = ({ error, totals }: Trajectory) => {
    if (error) errors[error.kind] = (errors[error.kind] ?? 0) + 1;
    if (totals.nanoDollars === null) sums.unpriced = true;
    else sums.nanoDollars += totals.nanoDollars;
  };
  if (existsSync(join(folder, "trajectories.jsonl"))) {
    for await (const trajectory of readTrajectories(folder)) {
      sums.ended += 1;
      if (trajectory.error) sums.infraErrors += 1;
      take(trajectory);
    }
  }
  for await (const { trajectory } of readAttempts(folder)) {
    sums.attemptsFailed += 1;
    take(trajectory);
  }
  const { planned } = manifest.counts;
  const { ended, unpriced, infraErrors, attemptsFailed } = sums;
  const spent = unpriced ? null : sums.nanoDollars / 1e9;
  const runs = manifest.status === "running";
  const { workers, episodesPerSecond } = await readJournal(join(folder, "journal.jsonl"));
  return {
    status: runs && (owner === null || ownerHasDied(owner)) ? "died" : manifest.status,
    planned,
    ended,
    infraErrors,
    attemptsFailed,
    errors,
    dollars: spent,
    dollarsToCome: spent === null || ended === 0 ? null : (spent / ended) * (planned - ended),
    workers,
    wallClock: {
      episodesPerSecond,
      secondsLeft: episodesPerSecond ? (planned - ended) / episodesPerSecond : null,
    },
  };
}

interface Line {
  readonly event: string;
  readonly job?: string;
  readonly worker?: string;
  readonly wallClock: { readonly at: string };
}

async function readJournal(path: string) {
  let begunMs = 0;
  let lastMs = 0;
  let done = 0;
  const held = new Map<string, string>();
  if (existsSync(path)) {
    for await (const text of createInterface({ input: createReadStream(path, "utf8") })) {
      let line: Line;
      try {
        line = JSON.parse(text) as Line;
      } catch {
        // The line that is being written.
        continue;
      }
      lastMs = Date.parse(line.wallClock.at);
      if (line.event === "begun") {
        [begunMs, done] = [lastMs, 0];
        held.clear();
      } else if (line.event === "leased") held.set(line.job ?? "", line.worker ?? "");
      else if (line.event === "ended") held.clear();
      else held.delete(line.job ?? "");
      if (line.event === "done") done += 1;
    }
  }
  const workers: Record<string, number> = {};
  for (const worker of held.values()) workers[worker] = (workers[worker] ?? 0) + 1;
  const seconds = (lastMs - begunMs) / 1000;
  return { workers, episodesPerSecond: done > 0 && seconds > 0 ? done / seconds : null };
}
