/** The checkpoint of a token policy: one file with everything that is needed to play, and to resume its training. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../errors.ts";
import type { JsonObject } from "../../types.ts";
import type { AdamState } from "../adam.ts";
import type { CurvePoint } from "../checkpoint.ts";
import {
  expectNumbers,
  packAdam,
  packed,
  packedAdam,
  packedNumbers,
  readCheckpointFile,
  writeCheckpointFile,
} from "../checkpoint-file.ts";
import { countOf, parametersOf, type TransformerShape } from "./shape.ts";

/** Its name in the folder of a training. */
export const TOKEN_CHECKPOINT_FILE = "token-policy.json";
const FORMAT = "rlm-gym-token";
const VERSION = 1;

/** A trained byte-level language model, with everything that is needed to resume its training. */
export interface TokenCheckpoint {
  /** Updates by reward that are in the parameters; 0 after the warm start. */
  readonly update: number;
  readonly config: JsonObject;
  readonly shape: TransformerShape;
  readonly parameters: Float32Array;
  readonly adam: AdamState;
  readonly curve: readonly CurvePoint[];
}

const size = z.number().int().positive();
const schema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  update: z.number().int().nonnegative(),
  config: z.record(z.string(), z.unknown()),
  shape: z
    .object({ context: size, width: size, heads: size, layers: size })
    .refine(({ width, heads }) => width % heads === 0, "heads do not divide the width"),
  parameters: packedNumbers,
  adam: packedAdam,
  curve: z.array(z.custom<CurvePoint>()),
});

/** Replaces the folder's checkpoint as a whole. */
export async function writeTokenCheckpoint(folder: string, checkpoint: TokenCheckpoint): Promise<void> {
  const { parameters, adam, ...rest } = checkpoint;
  await writeCheckpointFile(join(folder, TOKEN_CHECKPOINT_FILE), {
    format: FORMAT,
    version: VERSION,
    ...rest,
    parameters: packed(parameters),
    adam: packAdam(adam),
  });
}

/** True if the folder holds a trained token policy. */
export function hasTokenCheckpoint(folder: string): boolean {
  return existsSync(join(folder, TOKEN_CHECKPOINT_FILE));
}

/** Throws `UsageError` if there is none, `TrainingError` if it has another version or shape. */
export function readTokenCheckpoint(folder: string): TokenCheckpoint {
  const path = join(folder, TOKEN_CHECKPOINT_FILE);
  if (!existsSync(path))
    throw new UsageError(`${folder} holds no token policy: there is no ${TOKEN_CHECKPOINT_FILE}`);
  const {
    format: _,
    version: __,
    ...found
  } = readCheckpointFile(path, schema, {
    format: FORMAT,
    version: VERSION,
  });
  const count = parametersOf(found.shape).reduce((sum, parameter) => sum + countOf(parameter), 0);
  const { first, second } = found.adam;
  expectNumbers(path, count, { parameters: found.parameters, first, second });
  return { ...found, config: found.config as JsonObject };
}
