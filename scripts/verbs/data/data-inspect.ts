/** `rlm-gym data inspect`: reports what a data file holds. */
import { statSync } from "node:fs";
import type { CommandModule } from "yargs";
import { UsageError } from "../../../src/errors.ts";
import { environments } from "../../../envs/registry.ts";
import { describeOwnFile } from "../../input/own-files.ts";
import { type ColumnReport, type FileReport, inspectFile } from "../../../datasets/inspect.ts";

/** The layouts of all environments, each with its environment. */
const LAYOUTS = environments.flatMap(({ name: environment, layouts = [] }) =>
  layouts.map((layout) => ({ ...layout, environment })),
);
type KnownLayout = (typeof LAYOUTS)[number];

export const inspectVerb: CommandModule<object, { file: string; json: boolean }> = {
  command: "inspect <file>",
  describe: "report a data file's layout, rows, columns and lengths; texts are measured, not shown",
  builder: (argv) =>
    argv
      .positional("file", {
        type: "string",
        demandOption: true,
        describe: "csv, tsv, json, jsonl or parquet; or what the gym wrote, folders too",
      })
      .option("json", { type: "boolean", default: false, describe: "print the report as JSON on stdout" })
      .example(
        "$0 data inspect validation-00000-of-00005.parquet",
        "rows by length and source, and the environment that reads them",
      )
      .example("$0 data inspect mails.csv --json", "the same for programs"),
  handler: async ({ file, json }) => {
    const own = describeOwnFile(file);
    if (own?.hasRows === false) {
      const { what } = own;
      process.stdout.write(
        json ? `${JSON.stringify({ file, own: what })}\n` : `${file}: the gym's own: ${what}\n`,
      );
      return;
    }
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw new UsageError(
        `${file}: expected a data file, or a folder that rlm-gym wrote; this folder is no run, policy or export`,
      );
    const report = await inspectFile(file, LAYOUTS);
    const what = own?.what ?? null;
    process.stdout.write(
      json ? `${JSON.stringify({ ...report, ...(own && { own: what }) })}\n` : describe(report, what),
    );
  },
};

/** @param own what the file is, of one that the gym wrote itself */
function describe(report: FileReport<KnownLayout>, own: string | null): string {
  const { file, rows, badRows, firstBadRow, layout, columns, unread } = report;
  const lines = [
    `${file}: ${rows} rows${badRows > 0 ? `, and ${badRows} that cannot be read; the first: ${firstBadRow}` : ""}`,
    own !== null
      ? `the gym's own: ${own}`
      : layout
        ? `layout: ${layout.name}; rlm-gym rollout ${layout.environment} --${layout.option} ${file}`
        : "layout: none that the gym knows",
    ...columns.map(describeColumn),
    ...unread.map((name) => `  ${name}: more than 1 GB, not read`),
  ];
  return `${lines.join("\n")}\n`;
}

function describeColumn({ name, kinds, length, values }: ColumnReport): string {
  const range = length ? `, length ${length.min} to ${length.max}, ${length.mean} on average` : "";
  const counts = Object.entries(values ?? {}).map(([value, times]) => `${value} × ${times}`);
  return `  ${name}: ${kinds.join(" or ")}${range}${counts.length > 0 ? `; ${counts.join(", ")}` : ""}`;
}
