/** What `--with-metadata` puts beside a row: which rollout it comes from, and how well that went. */
import { z } from "zod";
import type { Trajectory } from "../trajectory.ts";
import { DOUBLE, OPTIONAL, type ParquetField, structOf, TEXT } from "./columns.ts";

/** The key of a row that holds it. */
export const METADATA_KEY = "metadata";

/** Of one rollout, or for formats that pair two, of each. */
export type MetadataKind = "rollout" | "pair";

const rollout = z.strictObject({
  rollout: z.string(),
  task: z.string(),
  policy: z.string(),
  score: z.number().nullable(),
  reward: z.number().nullable(),
});

/** The rollout that a row comes from; rows of its children and sub-calls name it too. Score and reward are null if it has none. */
export type RowMetadata = z.output<typeof rollout>;

const METADATA: Readonly<Record<MetadataKind, z.ZodType>> = {
  rollout,
  pair: z.strictObject({ chosen: rollout, rejected: rollout }),
};

export function metadataOf({ rolloutId, task, policy, reward }: Trajectory): RowMetadata {
  const { score = null, total = null } = reward ?? {};
  return { rollout: rolloutId, task: task.id, policy, score, reward: total };
}

const rolloutColumn = structOf(
  ["rollout", TEXT],
  ["task", TEXT],
  ["policy", TEXT],
  ["score", DOUBLE],
  ["reward", DOUBLE],
);

/** The columns of a format's Parquet file with the one of metadata. */
export function withMetadataColumn(
  columns: readonly ParquetField[],
  kind: MetadataKind | undefined,
): readonly ParquetField[] {
  if (kind === undefined) return columns;
  const pair = structOf(["chosen", rolloutColumn], ["rejected", rolloutColumn]);
  return [...columns, [METADATA_KEY, kind === "pair" ? pair : rolloutColumn, OPTIONAL]];
}

/** The row without its metadata, and what is wrong with those; null if nothing is. */
export function apartFromMetadata(
  row: unknown,
  kind: MetadataKind | undefined,
): { readonly row: unknown; readonly problem: z.ZodError | null } {
  const isRow = typeof row === "object" && row !== null && METADATA_KEY in row;
  if (!isRow || kind === undefined) return { row, problem: null };
  const { [METADATA_KEY]: metadata, ...rest } = row;
  const schema = z.object({ [METADATA_KEY]: METADATA[kind] });
  return { row: rest, problem: schema.safeParse({ [METADATA_KEY]: metadata }).error ?? null };
}
