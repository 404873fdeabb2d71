/** `rlm-gym data score`: scores anybody's predictions with a benchmark's own scorers. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { Parser } from "yargs/helpers";
import { readPredictions, type Scored, scorePredictions } from "../../../envs/predictions.ts";
import type { Environment } from "../../../src/env/define.ts";
import { environmentOptions, withEnvironmentFlags } from "../../flags/environment-flags.ts";
import { explain, EXPLAIN_FLAG } from "../../output/explain.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { wholeNumber } from "../../flags/values.ts";

const FLAGS = {
  env: { type: "string", demandOption: true, describe: "the environment, or a file that exports one" },
  predictions: {
    type: "string",
    demandOption: true,
    describe: "file of id and prediction: jsonl, json, csv, tsv or parquet",
  },
  seed: { type: "number", default: 0, describe: "for generated tasks: the seed they were made with" },
  within: {
    type: "number",
    default: 1000,
    describe: "for generated tasks: how many to search for the ids",
  },
  "skip-bad-rows": {
    type: "boolean",
    default: false,
    describe: "skip rows that cannot be read, and count them",
  },
  ...EXPLAIN_FLAG,
  json: { type: "boolean", default: false, describe: "print scores and means as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = InferredOptionTypes<typeof FLAGS>;

/** @param args the raw arguments: the environment's own flags are known only once its name is. */
export function scoreVerb(args: readonly string[]): CommandModule<object, Flags> {
  return {
    command: "score",
    describe: "score predictions with a benchmark's official scorer, and its lenient one if it has one",
    builder: async (argv) => {
      const { env } = Parser([...args], { string: ["env"] }) as { env?: string };
      const base = argv.options(FLAGS);
      const environment = env === undefined ? null : await environmentOf(env);
      return (environment ? withEnvironmentFlags(base, environment) : base)
        .example(
          "$0 data score --env code-qa --file data.json --predictions mine.jsonl",
          "a benchmark from a file",
        )
        .example(
          "$0 data score --env oolong --length 8k --seed 3 --predictions mine.jsonl --json",
          "tasks that were generated here",
        );
    },
    handler: async (flags) => {
      const within = wholeNumber(flags.within, "--within", 1);
      const environment = await environmentOf(flags.env);
      const [options = {}] = environmentOptions(environment, flags);
      const benchmark = await environment.open(options, wholeNumber(flags.seed, "--seed", 0));
      const badRows = new Set<string>();
      const onBadRow = ({ message }: Error) => void badRows.add(message);
      const predictions = await readPredictions(
        flags.predictions,
        flags["skip-bad-rows"] ? onBadRow : undefined,
      );
      const scored = await scorePredictions(benchmark, predictions, within);
      for (const message of benchmark.badRows ?? []) badRows.add(message);
      const report = { environment: environment.name, ...scored, badRows: [...badRows] };
      process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : describe(scored));
      await explain(flags.explain, flags.json, "Tables of data and status");
      const [first] = badRows;
      if (first !== undefined)
        process.stderr.write(`rlm-gym: ${badRows.size} bad row(s) left out; the first: ${first}\n`);
    },
  };
}

async function environmentOf(name: string): Promise<Environment> {
  const isFile = /\.[cm]?[jt]s$/.test(name);
  const [environment] = await loadEnvironments(isFile ? undefined : name, isFile ? name : undefined);
  return environment!;
}

function describe({ rows, means }: Scored): string {
  const kinds = Object.keys(means);
  const width = Math.max(4, ...rows.map(({ id }) => id.length));
  const line = (name: string, scores: readonly (number | null)[]) =>
    [name.padEnd(width), ...scores.map((score) => (score ?? 0).toFixed(3).padStart(9))].join(" ");
  return `${[
    ["id".padEnd(width), ...kinds.map((kind) => kind.padStart(9))].join(" "),
    ...rows.map(({ id, scores }) => line(id, Object.values(scores))),
    line("mean", Object.values(means)),
    `${rows.length} predictions`,
  ].join("\n")}\n`;
}
