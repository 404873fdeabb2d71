/** Finds the environments a user names: of the registry, or in a file of their own. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Environment } from "../envs/environment.ts";
import { environmentNamed } from "../envs/make.ts";
import { UsageError } from "../src/errors.ts";

/** @param names one name, or several with commas between */
export async function loadEnvironments(
  names: string | undefined,
  file: string | undefined,
): Promise<Environment[]> {
  if (file !== undefined && names !== undefined)
    throw new UsageError(`give ${JSON.stringify(names)} or --env ${file}, not both`);
  if (file !== undefined) return [await environmentIn(file)];
  if (names === undefined)
    throw new UsageError("name an environment (rlm-gym envs lists them) or give --env FILE");
  return [...new Set(names.split(","))].map(environmentNamed);
}

/** `file`: a TypeScript or JavaScript module that exports `environment`, made with `defineEnvironment`. */
async function environmentIn(file: string): Promise<Environment> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`--env ${file}: there is no such file`);
  const module = await importModule(path, file);
  const environment = module.environment;
  if (!isEnvironment(environment)) {
    throw new UsageError(`--env ${file}: expected an export named environment, made with defineEnvironment`);
  }
  return environment;
}

/** The file gets a copy of this package of its own, since that alone works in folders of CommonJS too. */
async function importModule(path: string, file: string): Promise<Record<string, unknown>> {
  try {
    // Loaded here, since no other command needs a compiler.
    const { tsImport } = await import("tsx/esm/api");
    return (await tsImport(pathToFileURL(path).href, import.meta.url)) as Record<string, unknown>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--env ${file}: it cannot be loaded (${reason.split("\n")[0]})`, { cause: error });
  }
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
