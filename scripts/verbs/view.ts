/** `rlm-gym view`: a page of this machine that shows runs, or a file that shows them without a server. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { UsageError } from "../../src/errors.ts";
import { servePage } from "../../src/view/serve-page.ts";
import { openRun, type ViewedRun } from "../../src/view/viewed-run.ts";
import { writePage } from "../../src/view/write-page.ts";
import { wholeNumber } from "../flags/values.ts";
import { onInterrupt } from "../interrupt.ts";
import { showIndexing } from "../output/indexing.ts";

const FLAGS = {
  export: { type: "string", describe: "write one self-contained file instead, which opens from disk" },
  rollouts: {
    type: "string",
    array: true,
    nargs: 1,
    describe: "with --export: the ids of the rollouts that it holds whole",
  },
  gold: { type: "boolean", default: false, describe: "with --export: put the gold in" },
  plain: { type: "boolean", default: false, describe: "show the texts of encrypted sets" },
  port: { type: "number", default: 0, describe: "the port on 127.0.0.1; 0 takes a free one" },
} satisfies Record<string, Options>;
type Flags = { runs: string[] } & InferredOptionTypes<typeof FLAGS>;

export const viewVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("runs", { type: "string", array: true, demandOption: true, describe: "folders of runs" })
      .options(FLAGS)
      .example("$0 view runs/demo", "a page of this machine alone, also while the run goes on")
      .example("$0 view runs/demo --export demo.html", "one file to hand on"),
  handler: async (flags) => {
    const { plain, rollouts, gold, port } = flags;
    if (flags.export === undefined && (rollouts !== undefined || gold))
      throw new UsageError("--rollouts and --gold choose what --export writes; name its file too");
    const runs: ViewedRun[] = [];
    for (const folder of flags.runs) {
      const progress = showIndexing();
      const run = await openRun(folder, { plain, onProgress: progress.advance }).finally(progress.stop);
      for (const problem of run.problems()) process.stderr.write(`${problem}\n`);
      runs.push(run);
    }
    if (flags.export !== undefined) {
      const { whole, rows } = await writePage(flags.export, runs, {
        ...(rollouts && { rollouts }),
        gold,
      });
      process.stdout.write(`${flags.export}: ${rows} episodes, ${whole} of them whole\n`);
      return;
    }
    const page = await servePage(runs, wholeNumber(port, "--port", 0));
    process.stdout.write(`${page.url}\n`);
    process.stderr.write("open it in a browser of this machine; Ctrl+C ends it\n");
    const { signal, done } = onInterrupt(() => {});
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await page.close();
    done();
  },
};
