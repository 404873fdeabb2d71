/** `rlm-gym rollout`: plays episodes of an environment and writes them to a run folder. */
import type { CommandModule } from "yargs";
import { UsageError } from "../../../src/errors.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { type RolloutFlags, withEpisodeFlags } from "./flags.ts";
import { runEpisodes } from "./run-episodes.ts";

/** @param args the raw arguments: the environment's own flags are known only once its name is. */
export function rolloutVerb(args: readonly string[]): CommandModule<object, RolloutFlags> {
  return {
    builder: async (argv) => {
      return (await withEpisodeFlags(argv, args))
        .example(
          "$0 rollout s-niah --policy map-reduce --episodes 20 --length 32k --out runs/demo",
          "a strategy, offline",
        )
        .example(
          "$0 rollout s-niah --policy grep,map-reduce,direct --length 8k,128k",
          "several policies on the same tasks",
        )
        .example(
          "$0 rollout s-niah,oolong --policy map-reduce,direct,oracle --length 8k",
          "several environments in one table, with the oracle as an upper bound",
        )
        .example(
          "$0 rollout s-niah --policy openai --model M --base-url http://localhost:8000/v1",
          "a model on any OpenAI-compatible server",
        )
        .example(
          "$0 rollout s-niah --policy openai --model M --base-url U --group-size 8 --out runs/a --resume",
          "groups of 8 for training; continue a run that ended early",
        )
        .example("$0 rollout oolong --policy map-reduce --reward frugal.yaml", "with your own reward")
        .example(
          "$0 rollout --curriculum mix.yaml --policy openai --model M --base-url U --group-size 8 --out runs/a",
          "tasks of several kinds, by the policy's pass rate",
        )
        .example(
          "$0 rollout s-niah --policy openai --model M --base-url U --redis redis://host --out runs/a",
          "a queue on Redis, which rlm-gym worker joins from any machine",
        )
        .example("$0 rollout --env ./mine.ts --policy openai --model M --base-url U", "your own environment");
    },
    handler: async (flags) => {
      const { curriculum: file, environment, env } = flags;
      if (file !== undefined && (environment ?? env) !== undefined)
        throw new UsageError("--curriculum: the file names its environments; leave out the others");
      const curriculum =
        file === undefined
          ? null
          : await (await import("../../input/load-curriculum.ts")).loadCurriculum(file);
      const environments = curriculum?.environments ?? (await loadEnvironments(environment, env));
      await runEpisodes(environments, flags, { args, ...(curriculum && { curriculum: curriculum.spec }) });
    },
  };
}
