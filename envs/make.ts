/** Makes an environment by name, with everything it needs in its place unless the caller brings it. */
import { assemble, type MakeOptions } from "../src/env/assemble.ts";
import type { Environment } from "../src/env/define.ts";
import type { RLMEnv } from "../src/env/env.ts";
import { UsageError } from "../src/errors.ts";
import { environments } from "./registry.ts";

/** The environment of a name, or one that was defined with `defineEnvironment`. Throws `UsageError`. */
export async function make(environment: string | Environment, options: MakeOptions = {}): Promise<RLMEnv> {
  const chosen = typeof environment === "string" ? environmentNamed(environment) : environment;
  const benchmark = await chosen.open(options.options ?? {}, options.seed ?? 0);
  return assemble(chosen.name, benchmark, options);
}

export function environmentNamed(name: string): Environment {
  const found = environments.find((environment) => environment.name === name);
  if (found) return found;
  const names = environments.map((environment) => environment.name).join(", ");
  throw new UsageError(
    `unknown environment ${JSON.stringify(name)}; expected one of ${names}, or --env FILE`,
  );
}
