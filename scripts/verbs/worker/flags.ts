/** The flags of `worker`. */
import type { InferredOptionTypes, Options } from "yargs";
import { LOG_FLAG } from "../../output/log-lines.ts";

export const FLAGS = {
  redis: {
    type: "string",
    default: "",
    describe: "redis://[:password@]host[:port][/db] of the run (default: REDIS_URL)",
  },
  run: { type: "string", describe: "the run's name, if the server has several" },
  concurrency: { type: "number", describe: "episodes at a time (default: the number of cores)" },
  "base-url": {
    type: "string",
    describe:
      "the model server as this machine reaches it, which gets the key (default: the coordinator's, without a key)",
  },
  "sub-base-url": {
    type: "string",
    describe: "URL of the sub-model's own server from this machine, if the run has one; it gets the key",
  },
  "judge-base-url": {
    type: "string",
    describe: "URL of the judge's own server from this machine, if the run has one; it gets the key",
  },
  env: { type: "string", describe: "file of your own environment, if the run plays one" },
  store: {
    type: "string",
    describe:
      "folder with the run's contexts, shared or copied; missing ones are fetched from the coordinator",
  },
  patience: {
    type: "number",
    default: 60,
    describe:
      "seconds to wait for a run, and for a coordinator that fell silent; it does not wait for a run named by --run that has just ended",
  },
  ...LOG_FLAG,
  json: { type: "boolean", default: false, describe: "print a summary as one JSON object on stdout" },
} satisfies Record<string, Options>;

export type WorkerFlags = InferredOptionTypes<typeof FLAGS>;
