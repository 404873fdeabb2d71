/** `rlm-gym data`: inspects data files, generates them, and scores predictions. */
import type { CommandModule } from "yargs";
import { UsageError } from "../../../src/errors.ts";
import { decryptVerb } from "./data-decrypt.ts";
import { generateVerb } from "./data-generate.ts";
import { inspectVerb } from "./data-inspect.ts";
import { scoreVerb } from "./data-score.ts";

/** @param args the raw arguments, in which `score` looks for the environment */
export function dataVerb(args: readonly string[]): CommandModule {
  return {
    builder: (argv) =>
      argv
        .command(inspectVerb)
        .command(decryptVerb)
        .command(generateVerb)
        .command(scoreVerb(args))
        .example("$0 data inspect data.json", "what a file is, and which environment plays it")
        .example(
          "$0 data generate oolong --length 131072 --n 50 --out oolong.jsonl",
          "fifty tasks with their gold",
        )
        .example("$0 data score --env oolong --predictions mine.jsonl", "official and lenient scores")
        .command(elseVerb),
    handler: () => {},
  };
}

const elseVerb: CommandModule = {
  command: "$0",
  describe: false,
  handler: () => {
    throw new UsageError(
      "data: name a verb; expected data inspect, data decrypt, data generate or data score",
    );
  },
};
