/** The library's rollouts in several processes: what a program says of them, and what each process is told. */
import { availableParallelism } from "node:os";
import type { Environment } from "../src/env/define.ts";
import { UsageError } from "../src/errors.ts";
import type { EnvMaker } from "../src/rollout/made-env-matchup.ts";
import type { ProcessOptions } from "../src/rollout/processes.ts";
import { expectWhole } from "../src/rollout/play-matchups.ts";
import type { RolloutOptions } from "../src/rollout/rollout.ts";
import type { JsonObject } from "../src/types.ts";
import type { EnvironmentName } from "./registry.ts";

/**
 * Processes that play a rollout's episodes, beside this one, which plans and writes. A number is enough for an environment by name
 * and options that are plain data. Otherwise a module makes both again in each process.
 */
export type RolloutProcesses =
  | number
  | {
      readonly count: number;
      /** The URL of a module that exports `recipe`: a `RolloutRecipe`, or a function that returns one. */
      readonly module: URL | string;
    };

/** What a rollout plays. A module exports it, or a function that makes it for the number of processes. */
export interface RolloutRecipe {
  readonly environment: EnvironmentName | Environment;
  /** The options of the rollout that decide its episodes. */
  readonly options: Omit<RolloutOptions, "processes">;
}

/** What a process is told. */
export interface ToldProcess {
  readonly environment: EnvironmentName | null;
  readonly options: Omit<RolloutOptions, "processes"> | null;
  readonly module: string | null;
  readonly folder: string;
  /** Interpreters in its pool of each language. */
  readonly interpreters: number;
}

/** Options that concern the coordinator alone. */
const OF_THE_COORDINATOR: ReadonlySet<string> = new Set([
  "processes",
  "concurrency",
  "attempts",
  "out",
  "resume",
  "plain",
  "redis",
  "repls",
  "signal",
  "onBegin",
  "onRetry",
  "onWarning",
]);

/** Null for one process. Throws `UsageError` for options that another process cannot be given. */
export function processesOf(
  environment: EnvMaker | EnvironmentName | Environment,
  options: Omit<RolloutOptions, "processes">,
  processes: RolloutProcesses = 1,
): ProcessOptions | null {
  const { count, module } = typeof processes === "number" ? { count: processes, module: null } : processes;
  expectWhole("processes", count, 1);
  if (count === 1) return null;
  const cores = availableParallelism();
  const told: Omit<ToldProcess, "folder"> = {
    ...(module === null
      ? { ...plainRecipe(environment, options), module: null }
      : { environment: null, options: null, module: String(module) }),
    interpreters: Math.max(1, Math.floor(Math.min(options.concurrency ?? cores, cores) / count)),
  };
  return {
    count,
    entry: new URL("./play-process.js", import.meta.url),
    settings: told as unknown as JsonObject,
  };
}

function plainRecipe(
  environment: EnvMaker | EnvironmentName | Environment,
  options: Omit<RolloutOptions, "processes">,
): Pick<ToldProcess, "environment" | "options"> {
  if (typeof environment !== "string") throw unsendable("the environment is not one by name");
  const sent = Object.fromEntries(Object.entries(options).filter(([name]) => !OF_THE_COORDINATOR.has(name)));
  for (const [name, value] of Object.entries(sent))
    if (!isPlain(value)) throw unsendable(`option ${name} is not plain data`);
  return { environment, options: sent as unknown as RolloutOptions };
}

function unsendable(why: string): UsageError {
  return new UsageError(
    `rollout: processes: ${why}, so other processes cannot be told of it; expected { count, module } with a module that makes environment and options`,
  );
}

function isPlain(value: unknown): boolean {
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlain);
}
