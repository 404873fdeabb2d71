/** `rlm-gym envs`: lists the environments with their options and strategies. */
import type { CommandModule } from "yargs";
import { environments } from "../../envs/registry.ts";
import { optionsOf } from "../flags/environment-flags.ts";

export const envsVerb: CommandModule<object, { json: boolean }> = {
  builder: (argv) =>
    argv
      .option("json", { type: "boolean", default: false, describe: "print the list as JSON on stdout" })
      .example("$0 envs", "the list")
      .example("$0 envs --json", "the same for programs"),
  handler: ({ json }) => {
    const list = environments.map((environment) => ({
      name: environment.name,
      summary: environment.summary,
      strategies: environment.strategyNames,
      options: Object.entries(optionsOf(environment)).map(([name, { description }]) => ({
        name,
        description,
      })),
    }));
    process.stdout.write(json ? `${JSON.stringify(list)}\n` : list.map(describe).join("\n"));
  },
};

function describe(environment: {
  readonly name: string;
  readonly summary: string;
  readonly strategies: readonly string[];
  readonly options: readonly { readonly name: string; readonly description?: string | undefined }[];
}): string {
  const options = environment.options
    .map(({ name, description }) => `  --${name}: ${description ?? ""}\n`)
    .join("");
  return `${environment.name}: ${environment.summary}\n  strategies: ${environment.strategies.join(", ")}\n${options}`;
}
