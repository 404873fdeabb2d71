/** Reads a curriculum from the user's file of JSON or YAML, with the environments that it names. */
import { loadEnvironmentNamed } from "../../envs/load-alone.ts";
import { UsageError } from "../../src/errors.ts";
import type { Environment } from "../../src/env/define.ts";
import { type CurriculumSpec, parseCurriculum } from "../../src/rollout/curriculum-spec.ts";
import { readPlain } from "./load-spec.ts";

/** A curriculum and its environments, one for each kind of tasks. */
export interface LoadedCurriculum {
  readonly spec: CurriculumSpec;
  readonly environments: readonly Environment[];
}

/** Throws `UsageError` that names the field and what was expected. */
export async function loadCurriculum(file: string): Promise<LoadedCurriculum> {
  const where = `--curriculum ${file}`;
  const spec = parseCurriculum(await readPlain(file, "--curriculum"), where);
  const loaded = spec.tasks.map(async ({ environment }, place) => {
    try {
      return await loadEnvironmentNamed(environment);
    } catch (error) {
      throw new UsageError(`${where}: tasks.${place}.environment: ${(error as Error).message}`, {
        cause: error,
      });
    }
  });
  return { spec, environments: await Promise.all(loaded) };
}
