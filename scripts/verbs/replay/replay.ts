/** `rlm-gym replay`: runs a run's episodes again from their recording, and says where they part from their records. */
import { availableParallelism } from "node:os";
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { continueRun } from "./continue-run.ts";
import { onInterrupt } from "../../interrupt.ts";
import { replayRun } from "./replay-run.ts";
import { type ModelFlags, withModelFlags } from "../../flags/model-flags.ts";
import { wholeNumber } from "../../whole-number.ts";

const FLAGS = {
  verify: {
    type: "boolean",
    default: false,
    describe: "stop at the first difference, name it, and end with 1",
  },
  "from-turn": {
    type: "number",
    describe: "go on from this turn (from 0) with --policy; the turns before it come from the recording",
  },
  out: { type: "string", describe: "with --from-turn: new folder for the new episodes" },
  env: { type: "string", describe: "with --from-turn: the file of an environment of your own" },
  rollout: { type: "string", describe: "only the episode with this rollout id" },
  concurrency: { type: "number", describe: "episodes at a time (default: the number of cores)" },
  json: { type: "boolean", default: false, describe: "print the outcome as one JSON object on stdout" },
} satisfies Record<string, Options>;

export type ReplayFlags = { readonly run: string } & InferredOptionTypes<typeof FLAGS> & ModelFlags;

export function replayVerb(): CommandModule<object, ReplayFlags> {
  return {
    command: "replay <run>",
    describe: "run recorded episodes again from their recording, and compare byte for byte",
    builder: (argv) =>
      withModelFlags(
        argv
          .positional("run", { type: "string", demandOption: true, describe: "a run's folder" })
          .options(FLAGS),
      )
        .example("$0 replay runs/demo", "run every episode again, without a model, and list what differs")
        .example("$0 replay runs/demo --verify", "the same as a check: 1 and the first difference")
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
