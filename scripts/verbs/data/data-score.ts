/** `rlm-gym data score`: scores anybody's predictions with a benchmark's own scorers. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { Parser } from "yargs/helpers";
import { readPredictions, type Scored, scorePredictions } from "../../../envs/predictions.ts";
import type { Benchmark, Environment } from "../../../src/env/define.ts";
import { UsageError } from "../../../src/errors.ts";
import { EMBEDDER_FLAGS, embedderFrom } from "../../flags/embedder-flags.ts";
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
  ...EMBEDDER_FLAGS,
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
        )
        .example(
          "$0 data score --env longbench-pro --file longbench_pro.json --predictions mine.jsonl --embedder Qwen/Qwen3-Embedding-8B --embedder-base-url http://localhost:8000/v1",
          "summaries by their authors' whole score",
        );
    },
    handler: async (flags) => {
      const within = wholeNumber(flags.within, "--within", 1);
      const environment = await environmentOf(flags.env);
      const [options = {}] = environmentOptions(environment, flags);
      const benchmark = await environment.open(options, wholeNumber(flags.seed, "--seed", 0));
      const embed = embedderFrom(flags);
      if (embed && !benchmark.embedded)
        throw new UsageError(
          `--embedder: the answers of ${environment.name} are scored without an embedding model`,
        );
      const badRows = new Set<string>();
      const onBadRow = ({ message }: Error) => void badRows.add(message);
      const predictions = await readPredictions(
        flags.predictions,
        flags["skip-bad-rows"] ? onBadRow : undefined,
      );
      const scored = await scorePredictions(benchmark, predictions, within, embed);
      for (const message of benchmark.badRows ?? []) badRows.add(message);
      const embedder = benchmark.embedded && { embedder: flags.embedder ?? null };
      const report = { environment: environment.name, ...scored, ...embedder, badRows: [...badRows] };
      const text = () => describe(scored) + embedderLine(benchmark, scored, flags.embedder);
      process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : text());
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

/** Says what the scores are that take an embedding model; nothing if there are none. */
function embedderLine(
  { embedded }: Benchmark,
  { rows, needEmbedder = 0 }: Scored,
  embedder: string | undefined,
): string {
  if (!embedded || needEmbedder === 0) return "";
  const of = `${needEmbedder} of ${rows.length} official scores`;
  return embedder === undefined
    ? `${of}: ${embedded.without}, without the authors' embedding model; --embedder MODEL adds its part\n`
    : `${of}: with the likeness of meaning that ${embedder} finds; the training score is ${embedded.without}\n`;
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
