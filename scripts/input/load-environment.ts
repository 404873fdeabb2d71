/** Finds the environments a user names: in the registry, or in the user's own file. */
import type { Environment } from "../../src/env/define.ts";
import { loadEnvironmentNamed } from "../../envs/load-alone.ts";
import { UsageError } from "../../src/errors.ts";
import { loadModule } from "./load-module.ts";

/** @param names one name, or several separated by commas */
export async function loadEnvironments(
  names: string | undefined,
  file: string | undefined,
): Promise<Environment[]> {
  if (file !== undefined && names !== undefined)
    throw new UsageError(`give ${JSON.stringify(names)} or --env ${file}, not both`);
  if (file !== undefined) return [await environmentIn(file)];
  if (names === undefined)
    throw new UsageError("name an environment (rlm-gym envs lists them) or give --env FILE");
  return await Promise.all([...new Set(names.split(","))].map(loadEnvironmentNamed));
}

/** `file`: a TypeScript or JavaScript module that exports `environment`, made with `defineEnvironment`. */
async function environmentIn(file: string): Promise<Environment> {
  const { environment } = await loadModule(file, "--env");
  if (!isEnvironment(environment)) {
    throw new UsageError(`--env ${file}: expected an export named environment, made with defineEnvironment`);
  }
  return environment;
}

function isEnvironment(value: unknown): value is Environment {
  return (
    typeof value === "object" &&
    value !== null &&
    "open" in value &&
    typeof value.open === "function" &&
    "name" in value
  );
}
