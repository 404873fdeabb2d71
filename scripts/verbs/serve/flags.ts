/** The flags of `serve`. */
import type { InferredOptionTypes, Options } from "yargs";
import type { LimitFlags } from "../../flags/limit-flags.ts";
import { listenFlags, STDIN_FLAG } from "../../flags/listen-flags.ts";
import { BEHIND_FLAGS } from "../../flags/model-flags.ts";
import { PROMPT_FLAGS } from "../../flags/prompt-flags.ts";
import { RECURSION_FLAGS } from "../../flags/recursion-flags.ts";
import { REWARD_FLAGS } from "../../flags/reward-flags.ts";

export const PROFILES = ["native", "text", "repl-env"] as const;

export const FLAGS = {
  env: { type: "string", describe: "environment's name, or a file that exports your own" },
  profile: {
    choices: PROFILES,
    default: PROFILES[0],
    alias: "face",
    describe: "which client's action and observation types to use",
  },
  ...listenFlags(8000, "server"),
  isolation: {
    choices: ["thread", "process"] as const,
    default: "thread" as const,
    describe: "run Python workers in threads, or each in a process under Node's permission model",
  },
  "worker-memory": {
    type: "number",
    describe:
      "megabytes for Python workers beyond one for each core: with more, fewer sessions share one (default: a third of what is available)",
  },
  "max-sessions": { type: "number", default: 64, describe: "sessions at a time" },
  "queue-seconds": {
    type: "number",
    default: 10,
    describe: "how long a client waits for a free session before CAPACITY_REACHED",
  },
  "idle-seconds": { type: "number", default: 600, describe: "idle time after which a session is closed" },
  "patience-seconds": {
    type: "number",
    default: 45,
    describe: "time after which a step is answered with 'still running'",
  },
  "drain-seconds": { type: "number", default: 20, describe: "time that a shutdown gives running steps" },
  "max-episodes": { type: "number", default: 100_000, describe: "episodes of one session" },
  "max-message-mb": { type: "number", default: 64, describe: "megabytes of one body or frame" },
  "until-stdin-ends": STDIN_FLAG,
  out: { type: "string", describe: "new folder for the records of the episodes" },
  resume: {
    type: "boolean",
    default: false,
    describe: "append to the records in --out, if there are any",
  },
  seed: { type: "number", default: 0, describe: "seed of the dataset" },
  ...PROMPT_FLAGS,
  ...BEHIND_FLAGS,
  "base-url": { type: "string", describe: "OpenAI-compatible server behind llm_query" },
  gateway: {
    type: "string",
    describe: "URL of a capture gateway: clients' policies and --sub-model are sampled through it",
  },
  "sub-model": {
    type: "string",
    describe: "model behind llm_query: a simulated one, or a name on the server",
  },
  ...RECURSION_FLAGS,
  ...REWARD_FLAGS,
} satisfies Record<string, Options>;

export type ServeFlags = InferredOptionTypes<typeof FLAGS> & LimitFlags;
