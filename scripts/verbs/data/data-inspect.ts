/** `rlm-gym data inspect`: says what a data file is. */
import type { CommandModule } from "yargs";
import type { Layout } from "../../../datasets/layouts.ts";
import { environments } from "../../../envs/registry.ts";
import { type ColumnReport, type FileReport, inspectFile } from "../../../datasets/inspect.ts";

export const inspectVerb: CommandModule<object, { file: string; json: boolean }> = {
  command: "inspect <file>",
  describe: "say what a data file is: layout, rows, columns and their lengths; texts are measured, not shown",
  builder: (argv) =>
    argv
      .positional("file", {
        type: "string",
        demandOption: true,
        describe: "csv, tsv, json, jsonl or parquet",
      })
      .option("json", { type: "boolean", default: false, describe: "print the report as JSON on stdout" })
      .example(
        "$0 data inspect validation-00000-of-00005.parquet",
        "rows by length and source, and what reads them",
      )
      .example("$0 data inspect mails.csv --json", "the same for programs"),
  handler: async ({ file, json }) => {
    const report = await inspectFile(file);
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : describe(report));
  },
};

function describe({ file, rows, badRows, firstBadRow, layout, columns, unread }: FileReport): string {
  const lines = [
    `${file}: ${rows} rows${badRows > 0 ? `, and ${badRows} that cannot be read; the first: ${firstBadRow}` : ""}`,
    layout ? `layout: ${layout.name}${howToPlay(layout, file)}` : "layout: none that the gym knows",
    ...columns.map(describeColumn),
    ...unread.map((name) => `  ${name}: more than 1 GB, not read`),
  ];
  return `${lines.join("\n")}\n`;
}

function howToPlay({ environment, option }: Layout, file: string): string {
  const isThere = environments.some(({ name }) => name === environment);
  return isThere ? `; rlm-gym rollout ${environment} --${option} ${file}` : "";
}

function describeColumn({ name, kinds, length, values }: ColumnReport): string {
  const range = length ? `, length ${length.min} to ${length.max}, ${length.mean} on average` : "";
  const counts = Object.entries(values ?? {}).map(([value, times]) => `${value} × ${times}`);
  return `  ${name}: ${kinds.join(" or ")}${range}${counts.length > 0 ? `; ${counts.join(", ")}` : ""}`;
}
