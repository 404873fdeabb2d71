/** The dataset card beside an export: the manifest in words, with the head that the Hugging Face Hub reads. */
import { withoutControlChars } from "../files/control-chars.ts";
import type { Exporter } from "./exporter.ts";
import type { ExportManifest } from "./manifest.ts";

/** What a card needs of the export that it describes. */
export interface Described {
  readonly manifest: ExportManifest;
  readonly exporter: Pick<Exporter, "describe" | "output">;
  /** The name of the file or folder. */
  readonly name: string;
  /** The part of a split that it is. */
  readonly part: "train" | "held-out" | null;
}

/**
 * Markdown below a head in YAML: in a folder with the data, under the name README.md, `datasets` and the Hub load the rows by it.
 * The licence is left out, since only the publisher can say it.
 */
export function datasetCard({ manifest, exporter, name, part }: Described): string {
  const { format, version, counts, policies, kinds, sources, flags, rules, encryptedRows = 0 } = manifest;
  const what = exporter.output === "rows" ? "rows" : exporter.output === "tensors" ? "episodes" : "documents";
  const changed = Object.entries(counts.changes);
  const asked = Object.entries(flags).filter(([, value]) => value !== false && value !== null);
  const lines = [
    ...head(name, counts.rows, exporter.output === "rows" ? (part === "held-out" ? "test" : "train") : null),
    `# ${name}`,
    "",
    `${counts.rows} ${what} of ${counts.kept} rollouts in the format \`${format}\` (${exporter.describe}). ` +
      `rlm-gym ${version} wrote them; \`${name}.manifest.json\` holds the same figures, and the hashes of the files.`,
    ...(counts.simulated > 0
      ? [
          "",
          `**Simulated:** in ${counts.simulated} of the ${counts.kept} rollouts a program answered in the place of a model, and made up its tokens, prices and mistakes.`,
        ]
      : []),
    ...(encryptedRows > 0
      ? [
          "",
          `**Encrypted:** ${encryptedRows} rows are of a benchmark that its authors keep off the web, and are encrypted with its canary.`,
        ]
      : []),
    "",
    "## Who played",
    "",
    ...table(
      ["environment", "policy", "rollouts"],
      policies.map(({ environment, policy, rollouts }) => [environment, policy, rollouts]),
    ),
    "",
    "## How they worked",
    "",
    ...table(
      ["environment", "kind", "rollouts"],
      kinds.map(({ environment, kind, rollouts }) => [environment, kind, rollouts]),
    ),
    "",
    "## Runs",
    "",
    ...table(
      ["run", "what is known of it"],
      sources.map(({ run, file, ...facts }) => [run ?? file, facts]),
    ),
    "",
    "## What was left out",
    "",
    ...table(
      ["rollouts", "reason"],
      [[counts.kept, "kept"], ...Object.entries(counts.leftOut).map(([reason, count]) => [count, reason])],
    ),
    "",
    ...rules.map((rule) => `- ${rule}`),
    "",
    ...(changed.length === 0
      ? []
      : ["## What was changed in the texts", "", ...table(["rule", "times"], changed), ""]),
    "## What was asked for",
    "",
    ...table(["option", "value"], asked),
    "",
    "## Licence",
    "",
    "Say in the head of this card under which licence you publish the rows. The contexts and questions in them have licences of their own.",
  ];
  return `${lines.join("\n")}\n`;
}

function head(name: string, rows: number, split: "train" | "test" | null): string[] {
  return [
    "---",
    "# license: for you to say",
    `pretty_name: ${JSON.stringify(name)}`,
    "tags:",
    "  - rlm-gym",
    "  - recursive-language-models",
    "size_categories:",
    `  - ${sizeOf(rows)}`,
    ...(split === null
      ? []
      : [
          "configs:",
          "  - config_name: default",
          "    data_files:",
          `      - split: ${split}`,
          `        path: ${JSON.stringify(name)}`,
        ]),
    "---",
    "",
  ];
}

/** As the Hub names sizes. */
function sizeOf(rows: number): string {
  const steps = ["1K", "10K", "100K", "1M", "10M", "100M"];
  const step = steps.findIndex((_, index) => rows < 1000 * 10 ** index);
  if (step === -1) return "100M<n<1B";
  return step === 0 ? "n<1K" : `${steps[step - 1]}<n<${steps[step]}`;
}

function table(names: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(names), line(names.map(() => "---")), ...rows.map((cells) => line(cells.map(cellOf)))];
}

/** Text as it is, without what Markdown would read as a mark of its own, and without control characters. */
function cellOf(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return withoutControlChars(text.replaceAll(/\s+/g, " ")).replaceAll(/[|\\`*_<>[\]]/g, String.raw`\$&`);
}
