/** What a run was: its version, seed and configuration, and how many of its episodes ended how. */
import { createHash } from "node:crypto";
import type { JsonObject } from "../types.ts";

export interface RunCounts {
  readonly planned: number;
  readonly ended: number;
  readonly ok: number;
  readonly infraErrors: number;
}

/** What a run is to be, before it begins. */
export interface RunPlan {
  readonly version: string;
  readonly seed: number;
  readonly config: JsonObject;
  readonly planned: number;
  /** Writes the texts of encrypted sets in plain. */
  readonly plain?: boolean;
}

export interface Manifest {
  readonly schemaVersion: 1;
  /** The version of rlm-gym that made the run. */
  readonly version: string;
  readonly seed: number;
  /** Everything that decides the episodes; no key is in it. */
  readonly config: JsonObject;
  readonly configSha256: string;
  /** There where the texts of encrypted sets are written in plain. */
  readonly plain?: true;
  readonly status: "running" | "finished" | "interrupted" | "failed";
  readonly counts: RunCounts;
  readonly wallClock: { readonly startedAt: string; readonly endedAt: string | null };
}

/** The manifest of a run that begins. */
export function newManifest({ version, seed, config, planned, plain }: RunPlan): Manifest {
  return {
    schemaVersion: 1,
    version,
    seed,
    config,
    configSha256: configHash(config),
    ...(plain && { plain }),
    status: "running",
    counts: { planned, ended: 0, ok: 0, infraErrors: 0 },
    wallClock: { startedAt: new Date().toISOString(), endedAt: null },
  };
}

/** A hash of a configuration that does not depend on the order of its keys. */
export function configHash(config: JsonObject): string {
  return createHash("sha256")
    .update(JSON.stringify(sortKeys(config)))
    .digest("hex");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
