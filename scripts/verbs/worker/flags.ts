/** The flags of `worker`. */
import type { InferredOptionTypes, Options } from "yargs";
import { LOG_FLAG } from "../../output/run-log.ts";

export const FLAGS = {
  redis: {
    type: "string",
    default: "",
    describe: "redis://[:password@]host[:port][/db] of the run (default: what REDIS_URL says)",
  },
  run: { type: "string", describe: "the run's name, where the server has several" },
  concurrency: { type: "number", describe: "episodes at a time (default: the number of cores)" },
  "base-url": {
    type: "string",
    describe: "the model server as this machine reaches it (default: as the run was told)",
  },
  "sub-base-url": {
    type: "string",
    describe: "the sub-model's own server as this machine reaches it, where the run has one",
  },
  "judge-base-url": {
    type: "string",
    describe: "the judge's own server as this machine reaches it, where the run has one",
  },
  env: { type: "string", describe: "the file of an environment of your own, which the run plays" },
  store: {
    type: "string",
    describe:
      "folder with the run's contexts, shared or copied; what it lacks is fetched from the coordinator",
  },
  patience: {
    type: "number",
    default: 60,
    describe:
      "seconds to wait for a run, and for a coordinator that fell silent; a run named by --run that has just ended is not waited for",
  },
  ...LOG_FLAG,
  json: { type: "boolean", default: false, describe: "print what was played as one JSON object on stdout" },
} satisfies Record<string, Options>;

export type WorkerFlags = InferredOptionTypes<typeof FLAGS>;
