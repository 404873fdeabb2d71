/** A run that is looked at: its index, its manifest, its gold and its contexts, none of which is changed. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { DataError } from "../errors.ts";
import { advantagesOf } from "../rewards/advantages.ts";
import { contextPath } from "../runs/context-files.ts";
import type { IndexRow } from "../runs/index-row.ts";
import { statusOf } from "../runs/list-runs.ts";
import type { Manifest } from "../runs/manifest.ts";
import { readManifest, readReferences } from "../runs/read-run.ts";
import { type IndexOptions, RunIndex } from "../runs/run-index.ts";
import type { ContextSummary, Reference } from "../types.ts";

/** Where indexes of runs that have none beside them are kept. */
const INDEX_CACHE = join(envPaths("rlm-gym", { suffix: "" }).cache, "indexes");

/** How a run is opened. */
export interface OpenOptions extends IndexOptions {
  /** Shows the texts of encrypted sets. */
  readonly plain?: boolean;
}

/** One run. */
export interface ViewedRun {
  readonly index: RunIndex;
  readonly plain: boolean;
  /** What the run's manifest says now. Throws `DataError` where it cannot be read any more. */
  manifest(): Promise<Manifest & { readonly state: Manifest["status"] | "died" }>;
  /** What is wrong with the file of records, in words that name the place. */
  problems(): string[];
  /** The gold of a task; null where the run has none. Throws `DataError` for an encrypted set without `plain`. */
  reference(row: IndexRow): Promise<Reference | null>;
}

/** Throws `DataError` if the folder does not hold a run. */
export async function openRun(folder: string, options: OpenOptions = {}): Promise<ViewedRun> {
  const { plain = false, ...rest } = options;
  const index = await RunIndex.open(resolve(folder), { cache: INDEX_CACHE, ...rest });
  let references: Promise<Map<string, Reference>> | null = null;
  return {
    index,
    plain,
    manifest: async () => {
      const manifest = await readManifest(index.folder);
      return { ...manifest, state: await statusOf(index.folder, manifest) };
    },
    problems: () => problemsOf(index),
    reference: async (row) => {
      expectOpen(row, plain);
      const path = join(index.folder, "references.jsonl");
      references ??= existsSync(path) ? readReferences(index.folder) : Promise.resolve(new Map());
      return (await references).get(row.taskId) ?? null;
    },
  };
}

/** Throws `DataError` for a row of an encrypted set, unless its texts are to be shown. */
export function expectOpen(row: IndexRow, plain: boolean): void {
  if (row.encrypted && !plain)
    throw new DataError(`${row.rolloutId}: its set is encrypted; --plain shows its texts`);
}

/** Where the file of a context lies, or null where the run does not have it. Throws `DataError` where its hash is not one. */
export function contextFile({ folder }: RunIndex, { sha256 }: ContextSummary): string | null {
  const paths = [true, false].map((encrypted) => contextPath(folder, sha256, encrypted));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Bad lines that are named one by one. */
const NAMED = 5;

function problemsOf({ folder, badLines, hasRecords, isCutOff }: RunIndex): string[] {
  const path = join(folder, "trajectories.jsonl");
  if (!hasRecords) return [`${path}: there is no such file: the run has no records`];
  const named = badLines.slice(0, NAMED).map(({ bad }) => `${path}: ${bad}`);
  if (badLines.length > NAMED) named.push(`${path}: ${badLines.length - NAMED} more lines are no records`);
  if (isCutOff) named.push(`${path}: the last line is cut off, or is still being written; it is left out`);
  return named;
}

/** The advantage of each row in its group by GRPO's estimator, in order; null for faults. */
export function rowAdvantages(rows: readonly IndexRow[]): readonly (number | null)[] {
  const outcomes = rows.map(({ groupId, environment, policy, reward, status, completionTokens }) => ({
    groupId: JSON.stringify([environment, policy, groupId]),
    reward: status === "ok" ? reward : null,
    length: completionTokens,
  }));
  return advantagesOf(outcomes, "grpo").values;
}
