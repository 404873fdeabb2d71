/** `rlm-gym compare`: policies side by side on the same tasks, with published scores if there are any. */
import type { CommandModule } from "yargs";
import { parseLength } from "../../datasets/length.ts";
import { BASELINES } from "../../envs/strategies.ts";
import { compareTable } from "../output/compare-table.ts";
import { languagesIn } from "../flags/prompt-flags.ts";
import { loadEnvironments } from "../input/load-environment.ts";
import { type RolloutFlags, withEpisodeFlags } from "./rollout/flags.ts";
import { runEpisodes } from "./rollout/run-episodes.ts";

const BY_LENGTH = {
  type: "string",
  describe:
    "for files: separate rows for contexts up to each of these lengths and for longer ones, such as 64k,256k",
} as const;

type CompareFlags = RolloutFlags & { readonly "by-length"?: string | undefined };

/** @param args the raw arguments: the environment's own flags are known only once its name is. */
export function compareVerb(args: readonly string[]): CommandModule<object, CompareFlags> {
  return {
    builder: async (argv) =>
      (await withEpisodeFlags(argv, args))
        .option("by-length", BY_LENGTH)
        .example("$0 compare s-niah --length 8k,64k,512k", "the baselines, offline, by length")
        .example(
          "$0 compare oolong --policies direct,map-reduce --sub-model simulated:rot=steep",
          "two of them, with a model that reads long prompts worse",
        )
        .example(
          "$0 compare s-niah --policies grep,direct --repl python,sql,bash",
          "languages of the REPL side by side",
        )
        .example("$0 compare code-qa --file data.json --by-length 64k,256k", "a file's tasks, by length"),
    handler: async (flags) => {
      const environments = await loadEnvironments(flags.environment, flags.env);
      const known = new Set(environments.flatMap(({ strategyNames }) => strategyNames));
      const policy = flags.policy ?? BASELINES.filter((name) => known.has(name));
      const names = environments.map(({ name }) => name);
      const bounds = flags["by-length"]?.split(",").map(parseLength) ?? [];
      const languages = languagesIn(flags.repl);
      const table = compareTable(names, bounds, { byLanguage: languages.length > 1 });
      await runEpisodes(environments, { ...flags, policy }, { args, table });
    },
  };
}
