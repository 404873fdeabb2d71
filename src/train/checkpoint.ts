/** The checkpoint that training writes after each update: one file with everything that is needed to play, and to resume. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TrainingError, UsageError } from "../errors.ts";
import type { JsonObject } from "../types.ts";
import type { AdamState } from "./adam.ts";
import {
  expectNumbers,
  packAdam,
  packed,
  packedAdam,
  packedNumbers,
  readCheckpointFile,
  writeCheckpointFile,
} from "./checkpoint-file.ts";
import { FEATURES } from "./features.ts";
import { flat, OUTPUTS, split, type Weights } from "./network.ts";
import { HEADS } from "./moves.ts";

/** Its name in the folder of a training. */
export const CHECKPOINT_FILE = "checkpoint.json";
const FORMAT = "rlm-gym-macro";
const VERSION = 1;

/** Figures of one update: means over its episodes, and what the step did. */
export interface CurvePoint {
  readonly update: number;
  readonly reward: number;
  readonly accuracy: number;
  /** Null if a model has no known price. */
  readonly costUsd: number | null;
  readonly entropy: number;
  readonly kl: number;
  readonly loss: number;
  readonly episodes: number;
  /** Groups whose rollouts all earned the same, which teach nothing. */
  readonly groupsWithoutSignal: number;
}

/** A trained policy, with everything that is needed to resume its training. */
export interface Checkpoint {
  /** Updates that are in the weights. */
  readonly update: number;
  /** Everything that decides the training; a resumed one must have the same. */
  readonly config: JsonObject;
  readonly weights: Weights;
  readonly adam: AdamState;
  /** Success by kind of tasks, as the curriculum keeps it. */
  readonly success: Readonly<Record<string, number>>;
  readonly curve: readonly CurvePoint[];
}

const schema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  features: z.array(z.string()),
  heads: z.array(z.object({ name: z.string(), size: z.number() })),
  hidden: z.number().int().positive(),
  update: z.number().int().nonnegative(),
  config: z.record(z.string(), z.unknown()),
  weights: packedNumbers,
  adam: packedAdam,
  success: z.record(z.string(), z.number()),
  curve: z.array(z.custom<CurvePoint>()),
});

/** Replaces the folder's checkpoint in one step, so that a reader finds either the old one or the new one. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { weights, adam, ...rest } = checkpoint;
  await writeCheckpointFile(join(folder, CHECKPOINT_FILE), {
    format: FORMAT,
    version: VERSION,
    features: FEATURES,
    heads: HEADS,
    hidden: weights[0]!.outputs,
    ...rest,
    weights: packed(flat(weights)),
    adam: packAdam(adam),
  });
}

/** True if the folder holds a trained macro policy. */
export function hasCheckpoint(folder: string): boolean {
  return existsSync(join(folder, CHECKPOINT_FILE));
}

/** Throws `UsageError` if there is none, `TrainingError` if it has another version or shape. */
export function readCheckpoint(folder: string): Checkpoint {
  const path = join(folder, CHECKPOINT_FILE);
  if (!existsSync(path))
    throw new UsageError(`${folder} holds no trained policy: there is no ${CHECKPOINT_FILE}`);
  const found = readCheckpointFile(path, schema, { format: FORMAT, version: VERSION });
  const { features, heads, hidden, weights, format: _, version: __, ...rest } = found;
  expectSame(path, "features", features, FEATURES);
  expectSame(path, "heads", heads, HEADS);
  const shape = shapeOf(hidden);
  const size = shape.reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0);
  expectNumbers(path, size, { weights, first: rest.adam.first, second: rest.adam.second });
  return { ...rest, config: rest.config as JsonObject, weights: split(shape, weights) };
}

function shapeOf(hidden: number): { inputs: number; outputs: number }[] {
  return [
    { inputs: FEATURES.length, outputs: hidden },
    { inputs: hidden, outputs: hidden },
    { inputs: hidden, outputs: OUTPUTS },
  ];
}

function expectSame(path: string, name: string, found: unknown, expected: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new TrainingError(
    `${path}: its ${name} are not those of this version of rlm-gym; train the policy again`,
  );
}
