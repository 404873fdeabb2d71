/** What an export says of itself. */
import type { Row } from "./exporter.ts";
import type { Counts, KeptKind, KeptOf } from "./tally.ts";

/**
 * The content of `<out>.manifest.json` beside an export; `<out>.README.md` tells it as a dataset card. Contains no time, so that the same input gives the same bytes. If
 * texts were repaired, `<out>.changes.jsonl` lists each change in every rollout that passed the filters, in rows or not.
 */
export interface ExportManifest {
  readonly schemaVersion: 1;
  readonly format: string;
  /** The version of rlm-gym that wrote it. */
  readonly version: string;
  readonly sources: readonly Row[];
  readonly flags: Row;
  /** What holds for every export, whatever the format and the filters. */
  readonly rules: readonly string[];
  /** The rollouts kept, by environment and policy. */
  readonly policies: readonly KeptOf[];
  /** The rollouts kept, by environment and kind: by code alone, with sub-calls, with child episodes. */
  readonly kinds: readonly KeptKind[];
  readonly counts: Counts;
  /** Rows of encrypted sets, which are written encrypted; absent if there are none. */
  readonly encryptedRows?: number;
  readonly files: readonly WrittenFile[];
  /** The file that lists repairs; absent if there were none. */
  readonly changes?: WrittenFile;
}

/** A file of an export, with its size in bytes and its hash. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** One rule for all formats; the counts say how many rollouts it left out. */
export const RULES = [
  "A rollout that an infrastructure fault ended (infra_error) gives no row, and no document.",
  "A child episode or a sub-call that such a fault ended gives no row of its own; formats that hold the whole record of its rollout show it there, with its status or error.",
  "A rollout whose policy was told the gold gives no row, and no document.",
];
