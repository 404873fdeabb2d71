/** `rlm-gym replay`: replays a run's episodes from their recording, and reports where they differ from their records. */
import { availableParallelism } from "node:os";
import type { CommandModule } from "yargs";
import { continueRun } from "./continue-run.ts";
import { onInterrupt } from "../../interrupt.ts";
import { FLAGS, type ReplayFlags } from "./flags.ts";
import { replayRun } from "./replay-run.ts";
import { withModelFlags } from "../../flags/model-flags.ts";
import { wholeNumber } from "../../flags/values.ts";

export function replayVerb(): CommandModule<object, ReplayFlags> {
  return {
    builder: (argv) =>
      withModelFlags(
        argv
          .positional("run", { type: "string", demandOption: true, describe: "a run's folder" })
          .options(FLAGS),
      )
        .example("$0 replay runs/demo", "run every episode again, without a model, and list what differs")
        .example("$0 replay runs/demo --verify", "the same as a check: exits with 1 at the first difference")
        .example(
          "$0 replay runs/demo --from-turn 1 --policy map-reduce --out runs/other",
          "another policy from turn 1",
        ),
    handler: async (flags) => {
      const cores = availableParallelism();
      const concurrency = wholeNumber(flags.concurrency ?? cores, "--concurrency", 1);
      const interrupt = onInterrupt();
      try {
        const plan = { ...flags, concurrency, signal: interrupt.signal };
        await (flags["from-turn"] === undefined ? replayRun(plan) : continueRun(plan, flags["from-turn"]));
      } finally {
        interrupt.done();
      }
    },
  };
}
