/** The rollouts that an export reads: from runs' folders, or from files of native trajectories. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { DataError, UsageError } from "../errors.ts";
import type { ExportItem, ExportSource } from "../export/exporter.ts";
import { readJsonLines } from "../files/json-lines.ts";
import { countRecords } from "./count-records.ts";
import { hasContext, readContext } from "./context-files.ts";
import { readManifest, readReferences } from "./read-run.ts";
import { canaryOf, decryptedLine } from "../data/encryption.ts";
import { expectRecord, expectShape } from "../record/expect-record.ts";
import type { Trajectory } from "../trajectory.ts";
import type { JsonObject, Reference } from "../types.ts";

interface Origin {
  readonly path: string;
  readonly file: string;
  /** Null for a file of trajectories. */
  readonly folder: string | null;
  readonly facts: JsonObject;
}

/** The rollouts of saved runs, to be read once, and their origins. */
export interface OpenedRuns {
  readonly source: ExportSource;
  /** Seed and configuration hash of each run, for the manifest; `part` for a run that lacks planned episodes. */
  readonly origins: readonly JsonObject[];
}

/** @param scored the name of a scored file beside each run, whose rewards and advantages replace the recorded ones */
export async function openRuns(
  paths: readonly string[],
  scored: string | undefined,
  plain = false,
): Promise<OpenedRuns> {
  const origins = await Promise.all(paths.map((path) => originOf(path)));
  return {
    source: () => itemsOf(origins, scored, plain),
    origins: origins.map(({ facts }) => facts),
  };
}

async function originOf(path: string): Promise<Origin> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UsageError(`${path}: the run or file does not exist`);
  if (!found.isDirectory()) return { path, file: path, folder: null, facts: { file: basename(path) } };
  const { seed, configSha256, version, counts, status } = await readManifest(path);
  const ended = await countRecords(path);
  const part = { planned: counts.planned, ended, status };
  const facts = { run: basename(path), seed, configSha256, version, ...(ended < counts.planned && { part }) };
  return { path, file: join(path, "trajectories.jsonl"), folder: path, facts };
}

async function* itemsOf(
  origins: readonly Origin[],
  scored: string | undefined,
  plain: boolean,
): AsyncGenerator<ExportItem> {
  const seen = new Set<string>();
  for (const { file, folder, path } of origins) {
    const references = folder === null ? new Map<string, Reference>() : await readReferences(folder);
    const scores = scored === undefined ? null : await readScores(path, folder, scored);
    for await (const { value, where } of readJsonLines(file, "refuse")) {
      const trajectory = expectRecord(decryptedLine(value, where), where);
      if (seen.has(trajectory.rolloutId))
        throw new DataError(`${where}: the rollout ${trajectory.rolloutId} occurs twice`);
      seen.add(trajectory.rolloutId);
      const { context } = trajectory.task;
      const isKept = folder !== null && hasContext(folder, context);
      const score = scores?.get(trajectory.rolloutId);
      yield {
        trajectory: scores === null ? trajectory : { ...trajectory, reward: score?.reward ?? null },
        reference: references.get(trajectory.task.id) ?? null,
        advantage: score?.advantage ?? null,
        canary: plain ? null : canaryOf(trajectory.task),
        context: async () => (isKept ? readContext(folder, context) : null),
      };
    }
  }
}

type Score = { readonly reward: Trajectory["reward"]; readonly advantage: number | null };
type Scored = Score & { readonly rolloutId: string };

const scored = z.looseObject({
  rolloutId: z.string(),
  reward: z.looseObject({ total: z.number(), score: z.number(), terms: z.looseObject({}) }).nullable(),
  advantage: z.number().nullish(),
});

async function readScores(path: string, folder: string | null, name: string): Promise<Map<string, Score>> {
  const file = join(folder ?? ".", `scored-${name}.jsonl`);
  if (folder === null || !existsSync(file))
    throw new UsageError(`--scored ${name}: ${path} has no file scored-${name}.jsonl`);
  const scores = new Map<string, Score>();
  for await (const { value, where } of readJsonLines(file, "refuse")) {
    const { rolloutId, reward, advantage } = expectShape(scored, value, where) as Scored;
    scores.set(rolloutId, { reward, advantage: advantage ?? null });
  }
  return scores;
}
