/** `rlm-gym export`: writes the rollouts of runs in the format that a trainer reads. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { UsageError } from "../../src/errors.ts";
import { EXPORT_DEFAULTS, type ExportOptions } from "../../src/export/exporter.ts";
import type { Filters } from "../../src/export/choice/filters.ts";
import { FIGURE_NAMES, readBound } from "../../src/export/choice/bounds.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import type { ExportManifest } from "../../src/export/manifest.ts";
import { exportRuns } from "../../src/runs/export-runs.ts";
import { wholeNumber } from "../flags/values.ts";

const FLAGS = {
  format: {
    type: "string",
    demandOption: true,
    describe: EXPORTERS.map(({ name, describe }) => `${name}: ${describe}`).join("; "),
  },
  out: {
    type: "string",
    demandOption: true,
    describe: "new file, in Parquet if its name ends so, or new folder for formats with many files",
  },
  scored: { type: "string", describe: "take rewards and advantages from each run's scored-NAME.jsonl" },
  "min-score": { type: "number", describe: "lowest task score, from 0 to 1" },
  "max-score": { type: "number", describe: "highest task score" },
  "min-reward": { type: "number", describe: "least reward" },
  "max-reward": { type: "number", describe: "greatest reward" },
  "min-turns": { type: "number", describe: "least turns" },
  "max-turns": { type: "number", describe: "most turns" },
  "max-tokens": {
    type: "number",
    describe: "most tokens of the policy's longest call, prompt and completion",
  },
  filter: {
    type: "string",
    array: true,
    nargs: 1,
    describe: `bound on a figure, as tokens<=20000 or score>=1: ${FIGURE_NAMES} (tokens and dollars at every depth; chars of the completions; errors: turns whose code failed)`,
  },
  policy: { type: "string", array: true, nargs: 1, describe: "only rollouts of these policies" },
  "stop-reason": {
    type: "string",
    array: true,
    nargs: 1,
    describe: "only rollouts with this stop reason, such as answered",
  },
  dedupe: {
    type: "boolean",
    default: false,
    describe: "of a task's rollouts with the same messages, only one",
  },
  part: {
    choices: ["train", "held-out"] as const,
    describe: "one part of a split whose parts share no context",
  },
  "held-out": { type: "number", default: 0.2, describe: "share of the contexts that --part holds out" },
  "split-seed": { type: "number", default: 0, describe: "which contexts --part holds out" },
  redact: {
    type: "string",
    array: true,
    nargs: 1,
    describe: "remove a pattern from all texts: email, key, ipv4, or NAME=EXPRESSION",
  },
  template: {
    choices: ["lint", "repair"] as const,
    describe:
      "mistakes in the form of completions: leave such rollouts out, or repair them and list each change in OUT.changes.jsonl",
  },
  children: { type: "boolean", default: false, describe: "rows for child episodes too" },
  "sub-calls": { type: "boolean", default: false, describe: "rows for plain sub-calls too" },
  "with-metadata": {
    type: "boolean",
    default: false,
    describe:
      "put beside each row whose it is: rollout, task, policy, score, reward (jsonl and verifiers-v1 hold them already)",
  },
  tinker: {
    type: "boolean",
    default: false,
    describe: "openai-chat: trainable on every message, for Tinker",
  },
  margin: {
    type: "number",
    default: EXPORT_DEFAULTS.margin,
    describe: "trl-dpo: smallest difference in reward",
  },
  pairs: {
    type: "number",
    default: EXPORT_DEFAULTS.pairsPerGroup,
    describe: "trl-dpo: most pairs per group",
  },
  "good-from": {
    type: "number",
    default: EXPORT_DEFAULTS.goodFrom,
    describe: "trl-kto: score from which an example is good",
  },
  window: { type: "number", describe: "per-turn-sft: the student's window in tokens" },
  plain: {
    type: "boolean",
    default: false,
    describe:
      "write rollouts of encrypted sets in plain text (keep them off the web); otherwise each row is encrypted",
  },
  json: { type: "boolean", default: false, describe: "print the manifest as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { runs: string[] } & InferredOptionTypes<typeof FLAGS>;

export const exportVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("runs", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "folders of runs, or files of native trajectories",
      })
      .options(FLAGS)
      .example("$0 export runs/demo --format trl-sft --out sft.jsonl --min-score 1 --dedupe", "fine-tuning")
      .example(
        "$0 export runs/demo --format trl-sft --out sft.jsonl --filter 'score>=1' --filter 'tokens<=20000' --filter 'errors<=1'",
        "short right rollouts, with how many of each kind went in",
      )
      .example("$0 export runs/a runs/b --format trl-dpo --out pairs.jsonl --margin 0.2", "preference pairs")
      .example("$0 export runs/demo --format segments --out segments.parquet --sub-calls", "token ids"),
  handler: async (flags) => {
    const manifest = await exportRuns(flags.runs, {
      ...optionsFrom(flags),
      format: flags.format,
      out: flags.out,
      filters: filtersFrom(flags),
      ...(flags.redact && { redact: flags.redact }),
      ...(flags.scored !== undefined && { scored: flags.scored }),
      plain: flags.plain,
      asked: givenFlags(flags),
    });
    process.stdout.write(flags.json ? `${JSON.stringify(manifest)}\n` : described(manifest, flags.out));
  },
};

function optionsFrom(flags: Flags): Omit<ExportOptions, "version"> {
  if (!(flags.margin >= 0)) throw new UsageError("--margin: expected a number of at least 0");
  return {
    children: flags.children,
    subCalls: flags["sub-calls"],
    withMetadata: flags["with-metadata"],
    tinker: flags.tinker,
    margin: flags.margin,
    pairsPerGroup: wholeNumber(flags.pairs, "--pairs", 1),
    goodFrom: flags["good-from"],
    windowTokens: flags.window === undefined ? null : wholeNumber(flags.window, "--window", 1),
    split: flags.part ?? EXPORT_DEFAULTS.split,
  };
}

function filtersFrom(flags: Flags): Filters {
  const heldOut = flags["held-out"];
  if (!(heldOut >= 0 && heldOut <= 1)) throw new UsageError("--held-out: expected a share from 0 to 1");
  const all: {
    [K in Exclude<keyof Filters, "templateOfChildren" | "keepsUntrained">]-?: Filters[K] | undefined;
  } = {
    minScore: flags["min-score"],
    maxScore: flags["max-score"],
    minReward: flags["min-reward"],
    maxReward: flags["max-reward"],
    minTurns: flags["min-turns"],
    maxTurns: flags["max-turns"],
    maxTokens: flags["max-tokens"],
    bounds: flags.filter?.map(readBound),
    policies: flags.policy,
    stopReasons: flags["stop-reason"],
    dedupe: flags.dedupe,
    template: flags.template,
    part: flags.part && {
      name: flags.part,
      heldOut,
      seed: wholeNumber(flags["split-seed"], "--split-seed", 0),
    },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Filters;
}

/** The options asked for, for the manifest; without paths, which say nothing about the rows. */
function givenFlags(flags: Flags): Record<string, unknown> {
  const names = Object.keys(FLAGS).filter((name) => !["out", "json", "format"].includes(name));
  const given = names.map((name) => [name, (flags as Record<string, unknown>)[name]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function described(
  { counts, kinds, encryptedRows = 0, files, sources, changes: mended }: ExportManifest,
  out: string,
): string {
  const { read, kept, rows, leftOut, turnsLeftOut, changes, simulated } = counts;
  const lines = [
    `${rows} rows of ${kept} of ${read} rollouts in ${out}${files.length > 1 ? ` (${files.length} files)` : ""}`,
    ...kinds.map(({ environment, kind, rollouts }) => `  ${rollouts} kept: ${environment}, ${kind}`),
    ...Object.entries(leftOut).map(([reason, count]) => `  ${count} left out: ${reason}`),
    ...Object.entries(turnsLeftOut).map(([reason, count]) => `  ${count} turns left out: ${reason}`),
    ...Object.entries(changes).map(([rule, count]) => `  ${count} changed: ${rule}`),
    ...(simulated > 0 ? [`  ${simulated} with answers of a simulated model`] : []),
    ...(encryptedRows > 0
      ? [
          `  ${encryptedRows} encrypted with their set's canary: data decrypt shows them, --plain writes them plain`,
        ]
      : []),
    ...(mended ? [`changes: ${out}.changes.jsonl`] : []),
    ...sources.flatMap(partOf),
    `manifest: ${out}.manifest.json`,
    `dataset card: ${out}.README.md`,
  ];
  return `${lines.join("\n")}\n`;
}

/** A line for a run that lacks episodes. */
function partOf({ run, part }: ExportManifest["sources"][number]): string[] {
  if (!part) return [];
  const { ended, planned } = part as { readonly ended: number; readonly planned: number };
  return [`${String(run)}: ${ended} of ${planned} planned episodes are in the run: it is a part`];
}
