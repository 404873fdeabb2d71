/** `rlm-gym import`: turns what another program recorded into native trajectories. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { DataError, RLMError, UsageError } from "../src/errors.ts";
import { nativeFrom } from "../src/import/native.ts";
import { type Line, readRlmLog } from "../src/import/rlm-logger.ts";
import type { Trajectory } from "../src/trajectory.ts";
import { writeLines } from "./write-lines.ts";

const FLAGS = {
  out: { type: "string", demandOption: true, describe: "new file of native trajectories" },
  json: { type: "boolean", default: false, describe: "print what was read as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { files: string[] } & InferredOptionTypes<typeof FLAGS>;

export const importVerb: CommandModule<object, Flags> = {
  command: "import <files..>",
  describe: "turn logs of alexzhang13/rlm into native trajectories",
  builder: (argv) =>
    argv
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "logs that RLMLogger wrote",
      })
      .options(FLAGS)
      .example("$0 import logs/rlm_*.jsonl --out imported.jsonl", "logs of RLMLogger, old and new"),
  handler: async ({ files, out, json }) => {
    const trajectories: Trajectory[] = [];
    for (const file of files)
      for (const episode of readRlmLog(await linesOf(file), basename(file)))
        trajectories.push(nativeFrom(episode));
    if (trajectories.length === 0) throw new RLMError("no episode is in the files");
    await writeLines(out, trajectories);
    const counts = { files: files.length, trajectories: trajectories.length };
    process.stdout.write(
      json ? `${JSON.stringify({ out, ...counts })}\n` : `${counts.trajectories} trajectories in ${out}\n`,
    );
  },
};

async function linesOf(file: string): Promise<Line[]> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(`${file}: ${error.message}`, { cause: error });
  });
  return text.split("\n").flatMap((line, index): Line[] => {
    if (line.trim() === "") return [];
    const where = `${file}:${index + 1}`;
    try {
      return [{ value: JSON.parse(line) as unknown, where }];
    } catch (error) {
      throw new DataError(`${where}: is not JSON (is the line cut off?)`, { cause: error });
    }
  });
}
