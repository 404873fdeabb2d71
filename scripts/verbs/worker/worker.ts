/** `rlm-gym worker`: plays episodes of a run whose queue is on Redis, from any machine. */
import type { CommandModule } from "yargs";
import { FLAGS, type WorkerFlags } from "./flags.ts";
import { work } from "./work-for-run.ts";

export const workerVerb: CommandModule<object, WorkerFlags> = {
  builder: (argv) =>
    argv
      .options(FLAGS)
      .example("$0 worker --redis redis://queue.example", "join the only run there")
      .example(
        "REDIS_URL=redis://:secret@queue.example $0 worker --run a --concurrency 64",
        "one of several runs, and no password in the command",
      ),
  handler: work,
};
