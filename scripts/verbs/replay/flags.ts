/** The flags of `replay`. */
import type { InferredOptionTypes, Options } from "yargs";
import type { ModelFlags } from "../../flags/model-flags.ts";

export const FLAGS = {
  verify: {
    type: "boolean",
    default: false,
    describe: "stop at the first difference, name it, and exit with 1",
  },
  "from-turn": {
    type: "number",
    describe:
      "continue from this turn (counted from 0) with --policy; the turns before it come from the recording",
  },
  out: { type: "string", describe: "with --from-turn: new folder for the new episodes" },
  env: { type: "string", describe: "the file of an environment of your own, for --from-turn and for worlds" },
  rollout: { type: "string", describe: "only the episode with this rollout id" },
  concurrency: { type: "number", describe: "episodes at a time (default: the number of cores)" },
  json: { type: "boolean", default: false, describe: "print the outcome as one JSON object on stdout" },
} satisfies Record<string, Options>;

export type ReplayFlags = { readonly run: string } & InferredOptionTypes<typeof FLAGS> & ModelFlags;
