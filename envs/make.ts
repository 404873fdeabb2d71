/** Makes an environment by name, with defaults for everything that the caller does not give. */
import { assemble, MAKE_OPTIONS, type MakeOptions } from "../src/env/assemble.ts";
import type { Environment } from "../src/env/define.ts";
import type { RLMEnv } from "../src/env/env.ts";
import { UsageError } from "../src/errors.ts";
import { expectKnown } from "../src/known-options.ts";
import { type EnvironmentName, environments, type OptionsOf } from "./registry.ts";

/**
 * Makes one environment, by its name or as `defineEnvironment` made it: `make("s-niah", { options: { length: "8k" } })`. Close it
 * when you are done. Throws `UsageError` for a name or an option that does not exist.
 */
export async function make<Chosen extends EnvironmentName | Environment>(
  environment: Chosen,
  options: MakeOptions<OptionsOf<Chosen>> = {},
): Promise<RLMEnv> {
  expectMakeOptions("make", options);
  const chosen = environmentOf(environment);
  const benchmark = await chosen.open(options.options ?? {}, options.seed ?? 0);
  return assemble(chosen.name, benchmark, options);
}

/** Throws `UsageError` for an option that does not exist. */
export function expectMakeOptions(where: string, options: object, more: readonly string[] = []): void {
  if ("model" in options)
    throw new UsageError(
      `${where}: unknown option "model"; the models behind llm_query are subModels, and the policy brings its own`,
    );
  expectKnown(where, options, [...MAKE_OPTIONS, ...more]);
}

/** The given environment, or the built-in one of that name. Throws `UsageError`. */
export function environmentOf(environment: string | Environment): Environment {
  return typeof environment === "string" ? environmentNamed(environment) : environment;
}

/** The built-in environment of a name known only at run time. Throws `UsageError` with the names that exist. */
export function environmentNamed(name: string): Environment {
  const found = environments.find((environment) => environment.name === name);
  if (found) return found;
  const names = environments.map((environment) => environment.name).join(", ");
  throw new UsageError(
    `unknown environment ${JSON.stringify(name)}; expected one of ${names}, or --env FILE`,
  );
}
