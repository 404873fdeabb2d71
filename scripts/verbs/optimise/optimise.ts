/** `rlm-gym optimise`: searches for what makes a policy better without training it. */
import type { CommandModule } from "yargs";
import { UsageError } from "../../../src/errors.ts";
import { optimisePromptVerb } from "./optimise-prompt.ts";

/** @param args the raw arguments: the environments' own flags are known only once their names are. */
export function optimiseVerb(args: readonly string[]): CommandModule {
  return {
    builder: (argv) =>
      argv
        .command(optimisePromptVerb(args))
        .example("$0 optimise prompt s-niah --policy simulated --budget 300 --out runs/search", "offline")
        .command(elseVerb),
    handler: () => {},
  };
}

const elseVerb: CommandModule = {
  command: "$0",
  describe: false,
  handler: () => {
    throw new UsageError("optimise: name a verb; expected optimise prompt");
  },
};
