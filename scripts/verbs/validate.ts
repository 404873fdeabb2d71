/** `rlm-gym validate`: reports a file's format, and where the file violates it. */
import { existsSync } from "node:fs";
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { RLMError, UsageError } from "../../src/errors.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { validatePath } from "../../src/export/validate-folder.ts";
import { wholeNumber } from "../flags/values.ts";

const FLAGS = {
  format: {
    choices: EXPORTERS.map(({ name }) => name),
    describe: "the format, instead of the one that the first row looks like",
  },
  faults: { type: "number", default: 10, describe: "how many errors to print" },
  json: { type: "boolean", default: false, describe: "print the verdict as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { file: string } & InferredOptionTypes<typeof FLAGS>;

export const validateVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("file", {
        type: "string",
        demandOption: true,
        describe: "JSONL, JSON or Parquet, or a folder of an export",
      })
      .options(FLAGS)
      .example("$0 validate segments.parquet", "the format is recognized")
      .example("$0 validate mine.jsonl --format trl-sft --json", "the format is named"),
  handler: async ({ file, format, faults, json }) => {
    if (!existsSync(file)) throw new UsageError(`${file}: the file does not exist`);
    const verdict = await validatePath(file, format, wholeNumber(faults, "--faults", 1));
    const told = verdict.faults.map(({ line, message }) => `${file}:${line}: ${message}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ file, ...verdict })}\n`);
    else
      process.stdout.write(
        `${told.join("")}${file}: ${verdict.format}, ${verdict.rows} rows${verdict.encrypted ? ` (${verdict.encrypted} encrypted)` : ""}, ${verdict.bad} bad\n`,
      );
    if (verdict.bad > 0)
      throw new RLMError(
        `${file}: ${verdict.bad} of ${verdict.rows} rows do not match the format ${verdict.format}`,
      );
  },
};
