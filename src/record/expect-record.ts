/**
 * Checks what a file holds before using any of it: a record may come from an untrusted program or person, and its hashes
 * and ids become paths and keys.
 */
import { z } from "zod";
import { DataError } from "../errors.ts";
import { schemaProblem } from "../files/schema-problem.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Reference } from "../types.ts";
import { checkTrajectory, SCHEMA_VERSION } from "./trajectory-row.ts";

/** Throws `DataError` that begins with `where` and names the field, for anything but a trajectory of a known version. */
export function expectRecord(value: unknown, where: string): Trajectory {
  const { schemaVersion } = (value ?? {}) as { schemaVersion?: unknown };
  if (typeof schemaVersion === "number" && schemaVersion > SCHEMA_VERSION)
    throw new DataError(
      `${where}: schemaVersion ${schemaVersion} is newer than ${SCHEMA_VERSION}, which this version reads; update rlm-gym`,
    );
  if (schemaVersion === undefined)
    throw new DataError(`${where}: expected a trajectory, which has a schemaVersion`);
  const problem = recordProblem(value);
  if (problem !== null) throw new DataError(`${where}: ${problem}`);
  return value as Trajectory;
}

/** The first field that does not fit a trajectory, with what was expected; null if the value is a trajectory. */
export function recordProblem(value: unknown): string | null {
  try {
    const problem = checkTrajectory(value);
    return problem && `${problem.path.join(".") || "the whole"}: ${problem.message}`;
  } catch (error) {
    if (error instanceof RangeError) return "the value is nested too deeply";
    throw error;
  }
}

const reference = z.looseObject({
  taskId: z.string(),
  answers: z.array(z.string()),
  metadata: z.looseObject({}),
});

/** Throws `DataError` that begins with `where` and names the field, for anything but a task's gold. */
export function expectReference(value: unknown, where: string): Reference {
  return expectShape(reference, value, where) as Reference;
}

/** The value itself, unchanged, if it matches the schema. Throws `DataError` that names the field. */
export function expectShape(schema: z.ZodType, value: unknown, where: string): unknown {
  const { error } = schema.safeParse(value);
  if (!error) return value;
  throw new DataError(`${where}: ${schemaProblem(error, "the whole")}`);
}
