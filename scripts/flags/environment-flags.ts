/** Turns an environment's own options into flags, and the flags back into options. */
import type { Argv, Options } from "yargs";
import { z } from "zod";
import type { Environment } from "../../src/env/define.ts";
import type { JsonObject } from "../../src/types.ts";

interface Property {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
}

/** The options of an environment as JSON Schema properties, by name. */
export function optionsOf(environment: Environment): Record<string, Property> {
  const schema = z.toJSONSchema(environment.options, { io: "input" });
  return (schema.properties ?? {}) as Record<string, Property>;
}

/** Adds a flag for each option. Flags that are not booleans are text, which the environment's schema reads. */
export function withEnvironmentFlags<T>(argv: Argv<T>, environment: Environment): Argv<T> {
  for (const [name, property] of Object.entries(optionsOf(environment))) {
    const shown = property.default === undefined ? "" : ` (default: ${JSON.stringify(property.default)})`;
    const choices = property.enum ? `; one of ${property.enum.join(", ")}` : "";
    const flag: Options = {
      type: property.type === "boolean" ? "boolean" : "string",
      describe: `${property.description ?? name}${choices}${shown}`,
      group: `Options of ${environment.name}:`,
    };
    argv.option(name, flag);
  }
  return argv;
}

/** The options given for the environment, once per length: `--length 8k,32k` means two kinds of tasks. */
export function environmentOptions(environment: Environment, flags: Record<string, unknown>): JsonObject[] {
  const given: Record<string, string | boolean> = {};
  for (const name of Object.keys(optionsOf(environment))) {
    const value = flags[name];
    if (typeof value === "string" || typeof value === "boolean") given[name] = value;
  }
  if (typeof given.length !== "string") return [given];
  return [...new Set(given.length.split(","))].map((length) => ({ ...given, length }));
}
