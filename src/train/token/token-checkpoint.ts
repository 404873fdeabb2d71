/** What the training of a token policy keeps on disk: one file that holds all it takes to play, and to go on. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TrainingError, UsageError } from "../../errors.ts";
import { writeAtomically } from "../../runs/atomic-write.ts";
import type { JsonObject } from "../../types.ts";
import type { AdamState } from "../adam.ts";
import type { CurvePoint } from "../checkpoint.ts";
import { countOf, parametersOf, type TransformerShape } from "./shape.ts";

const FILE = "token-policy.json";
const FORMAT = "rlm-gym-token";
const VERSION = 1;

export interface TokenCheckpoint {
  /** Updates by reward that are in the parameters; 0 after the warm start. */
  readonly update: number;
  readonly config: JsonObject;
  readonly shape: TransformerShape;
  readonly parameters: Float32Array;
  readonly adam: AdamState;
  readonly curve: readonly CurvePoint[];
}

const numbers = z.string().transform((text) => {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
});
const size = z.number().int().positive();
const schema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  update: z.number().int().nonnegative(),
  config: z.record(z.string(), z.unknown()),
  shape: z.object({ context: size, width: size, heads: size, layers: size }),
  parameters: numbers,
  adam: z.object({ steps: z.number().int(), first: numbers, second: numbers }),
  curve: z.array(z.custom<CurvePoint>()),
});

/** Replaces the folder's checkpoint as a whole. */
export async function writeTokenCheckpoint(folder: string, checkpoint: TokenCheckpoint): Promise<void> {
  const { parameters, adam, ...rest } = checkpoint;
  const text = JSON.stringify({
    format: FORMAT,
    version: VERSION,
    ...rest,
    parameters: base64(parameters),
    adam: { steps: adam.steps, first: base64(adam.first), second: base64(adam.second) },
  });
  await writeAtomically(join(folder, FILE), `${text}\n`);
}

export function hasTokenCheckpoint(folder: string): boolean {
  return existsSync(join(folder, FILE));
}

/** Throws `UsageError` where there is none, `TrainingError` where it is of another version or shape. */
export function readTokenCheckpoint(folder: string): TokenCheckpoint {
  const path = join(folder, FILE);
  if (!existsSync(path)) throw new UsageError(`${folder} holds no token policy: there is no ${FILE}`);
  const parsed = schema.safeParse(jsonOf(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new TrainingError(
      `${path}: field ${issue?.path.join(".")}: ${issue?.message}; expected version ${VERSION} of ${FORMAT}`,
    );
  }
  const { format: _, version: __, ...found } = parsed.data;
  const count = parametersOf(found.shape).reduce((sum, parameter) => sum + countOf(parameter), 0);
  const rows = { parameters: found.parameters, first: found.adam.first, second: found.adam.second };
  for (const [name, values] of Object.entries(rows))
    if (values.length !== count)
      throw new TrainingError(`${path}: expected ${count} numbers in ${name}, got ${values.length}`);
  return { ...found, config: found.config as JsonObject };
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new TrainingError(`${path}: expected one JSON object`, { cause: error });
  }
}

function base64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}
