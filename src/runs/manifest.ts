/** Describes a run: its version, seed and configuration, and how its episodes ended. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { DataError } from "../errors.ts";
import { expectShape } from "../record/expect-record.ts";
import type { JsonObject } from "../types.ts";

/** Episodes that were planned, that ended, that ended well, and that ended with an infrastructure fault. */
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
  /** Writes the texts of encrypted sets in plain text. */
  readonly plain?: boolean;
  /** The arguments of the command that asked for the run, without keys and passwords. */
  readonly command?: readonly string[];
  /** The most characters in a record's line; a longer record is written without its texts. Default: what can be read back. */
  readonly mostRecordChars?: number;
}

/** The content of `manifest.json` in a run's folder. */
export interface Manifest {
  readonly schemaVersion: 1;
  /** The version of rlm-gym that made the run. */
  readonly version: string;
  readonly seed: number;
  /** Everything that decides the episodes, without keys. */
  readonly config: JsonObject;
  readonly configSha256: string;
  /** Set if the texts of encrypted sets are written in plain text. */
  readonly plain?: true;
  /** The arguments of the command that asked for the run, verb first, so that it can be taken up without giving them again. */
  readonly command?: readonly string[];
  readonly status: "running" | "finished" | "interrupted" | "failed";
  readonly counts: RunCounts;
  readonly wallClock: { readonly startedAt: string; readonly endedAt: string | null };
}

/** The manifest of a run that begins. */
export function newManifest({ version, seed, config, planned, plain, command }: RunPlan): Manifest {
  return {
    schemaVersion: 1,
    version,
    seed,
    config,
    configSha256: configHash(config),
    ...(plain && { plain }),
    ...(command && { command }),
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

const count = z.number().int().nonnegative();
const manifest = z.looseObject({
  schemaVersion: z.literal(1),
  version: z.string(),
  seed: z.number(),
  config: z.record(z.string(), z.unknown()),
  configSha256: z.string(),
  plain: z.literal(true).optional(),
  command: z.array(z.string()).optional(),
  status: z.enum(["running", "finished", "interrupted", "failed"]),
  counts: z.looseObject({ planned: count, ended: count, ok: count, infraErrors: count }),
  wallClock: z.looseObject({ startedAt: z.string(), endedAt: z.string().nullable() }),
});

/** Throws `DataError` that begins with the path and names the field, for anything but a manifest of this version. */
export function expectManifest(value: unknown, path: string): Manifest {
  const { schemaVersion } = (value ?? {}) as { schemaVersion?: unknown };
  if (schemaVersion !== 1)
    throw new DataError(`${path}: schemaVersion ${String(schemaVersion)} is not 1, which this version reads`);
  return expectShape(manifest, value, path) as Manifest;
}
