/** `rlm-gym audit`: what an answer rests on, down to the bytes of the context. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { auditOf } from "../../src/view/audit-of.ts";
import { auditLines } from "../../src/view/audit-lines.ts";
import { openRun } from "../../src/view/viewed-run.ts";
import { showIndexing } from "../output/indexing.ts";
import { page } from "../output/pager.ts";

const FLAGS = {
  rollout: { type: "string", demandOption: true, describe: "the id of the rollout, as show lists it" },
  plain: { type: "boolean", default: false, describe: "show the texts of encrypted sets" },
  pager: { type: "boolean", default: true, describe: "on a terminal, through $PAGER or less" },
  json: { type: "boolean", default: false, describe: "print the trail as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { run: string } & InferredOptionTypes<typeof FLAGS>;

export const auditVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("run", { type: "string", demandOption: true, describe: "the run's folder" })
      .options(FLAGS)
      .example("$0 audit runs/demo --rollout t1/grep/0", "from the answer back to the bytes it rests on")
      .example("$0 audit runs/demo --rollout t1/grep/0 --json", "the same for a program"),
  handler: async ({ run, rollout, plain, json, pager }) => {
    const progress = showIndexing();
    const opened = await openRun(run, { plain, onProgress: progress.advance }).finally(progress.stop);
    const trail = await auditOf(opened, opened.index.rowNamed(rollout));
    if (json) process.stdout.write(`${JSON.stringify(trail)}\n`);
    else await page(auditLines(trail), pager);
  },
};
