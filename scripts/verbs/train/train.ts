/** `rlm-gym train`: a small policy learns to decompose contexts from reward alone, offline. */
import type { Argv, CommandModule } from "yargs";
import { withEnvironmentFlags } from "../../flags/environment-flags.ts";
import { withPackages } from "../../../src/optional-packages.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { explain } from "../../output/explain.ts";
import { environmentsAmong } from "../rollout/flags.ts";
import { FLAGS, type TrainFlags } from "./flags.ts";

/** @param args the raw arguments: the environment's own flags are known only once its name is. */
export function trainVerb(args: readonly string[]): CommandModule<object, TrainFlags> {
  return {
    builder: async (argv) => {
      const base = argv
        .positional("environment", { type: "string", describe: "a name, or several separated by commas" })
        .options(FLAGS)
        .example("$0 train s-niah --length 4k --algo grpo --out runs/policy", "offline, in a minute or two")
        .example(
          "$0 train s-niah,oolong,browsecomp-like --length 4k,16k --out runs/mixed",
          "one policy for three benchmarks, tried on lengths four times as long",
        )
        .example(
          "$0 train s-niah --offline runs/policy/episodes --algo awr --updates 300 --out runs/offline",
          "from saved episodes only; the evaluation still plays",
        )
        .example(
          "$0 rollout s-niah --policy runs/policy --length 64k",
          "play the trained policy beside others, in rollout and compare",
        );
      const environments = await environmentsAmong(args);
      return environments.reduce(withEnvironmentFlags, base as Argv) as Argv<TrainFlags>;
    },
    handler: async (flags) => {
      // Loads the gradient library only when there is something to train.
      const environments = await loadEnvironments(flags.environment, flags.env);
      if (flags.policy === "token") {
        const { runTokenTraining } = await withPackages("training", () => import("./run-token-training.ts"));
        await runTokenTraining(environments, flags);
      } else {
        const { runTraining } = await withPackages("training", () => import("./run-training.ts"));
        await runTraining(environments, flags);
      }
      await explain(flags.explain, flags.json, "Tables of train");
    },
  };
}
