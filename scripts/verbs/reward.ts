/** `rlm-gym reward`: scores saved episodes again under another reward, without a model call. */
import { markedPolicy } from "../output/reward-tables.ts";
import { readManifest } from "../../src/runs/read-run.ts";
import { join } from "node:path";
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { environments } from "../../envs/registry.ts";
import { DataError, UsageError } from "../../src/errors.ts";
import { priceOf, readPrices } from "../../src/cost/pricing.ts";
import { difference } from "../../src/report/difference.ts";
import { readEpisodes, type SavedEpisode } from "../../src/report/read-episodes.ts";
import { orderOfPolicies } from "../../src/report/policy-order.ts";
import { isScoredFile, readScored } from "../../src/report/read-scored.ts";
import { sweepPlot } from "../../src/report/sweep-plot.ts";
import { parseSweep, sweep } from "../../src/report/sweep.ts";
import type { Potential } from "../../src/rewards/potential.ts";
import type { JsonObject } from "../../src/types.ts";
import type { RewardSpec } from "../../src/rewards/spec.ts";
import { writeAtomically } from "../../src/files/atomic-write.ts";
import { scoreEpisodes, type ScoredRow } from "../../src/rewards/score-episodes.ts";
import { loadSpec, type NamedSpec } from "../input/load-spec.ts";
import { differenceTable, scoredTable, sweepTable } from "../output/reward-tables.ts";
import { explain, EXPLAIN_FLAG } from "../output/explain.ts";
import { expectPlotName, writePlot } from "../output/write-plot.ts";

const FLAGS = {
  spec: {
    type: "string",
    describe: "the reward: JSON, YAML, or a TypeScript file that exports spec; or default",
  },
  sweep: {
    type: "string",
    describe: "show what policies earn as a number of the spec takes the values NAME=FROM:TO:STEP",
  },
  diff: {
    type: "string",
    nargs: 2,
    array: true,
    describe: "two specs or scored files: how their rewards of the same episodes differ",
  },
  plot: { type: "string", describe: "file for the picture of a sweep, .svg or .png" },
  prices: { type: "string", describe: "JSON file with prices per million tokens, to recompute costs with" },
  ...EXPLAIN_FLAG,
  json: { type: "boolean", default: false, describe: "print the result as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { runs?: string[] | undefined } & InferredOptionTypes<typeof FLAGS>;

export const rewardVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("runs", { type: "string", array: true, describe: "folders of runs" })
      .options(FLAGS)
      .example(
        "$0 reward runs/demo --spec frugal.yaml",
        "writes runs/demo/scored-frugal.jsonl, with advantages",
      )
      .example("$0 reward runs/demo --spec default --sweep lambda=0:1:0.1", "which policy is best at which λ")
      .example(
        "$0 reward runs/demo --diff default frugal.yaml",
        "rank flips and groups that lose their signal",
      )
      .example(
        "$0 reward --diff a/scored-x.jsonl a/scored-y.jsonl",
        "the same for files that are already scored",
      ),
  handler: async (flags) => {
    const runs = flags.runs ?? [];
    const { spec: file, diff } = flags;
    expectPlotName(flags.plot);
    if (flags.plot !== undefined && flags.sweep === undefined)
      throw new UsageError("--plot draws a sweep; give --sweep, or use rlm-gym report for the front");
    if ((file === undefined) === (diff === undefined))
      throw new UsageError("give --spec FILE, or --diff A B");
    if (runs.length === 0 && !diff?.every(isScoredFile))
      throw new UsageError("name a run's folder; only two scored files need none");
    if (diff !== undefined) await showDifference(runs, diff, flags);
    else {
      const spec = await loadSpec(file!);
      if (flags.sweep === undefined) await writeScored(runs, spec, flags);
      else await showSweep(runs, spec, flags.sweep, flags);
    }
    await explain(flags.explain, flags.json, "Tables of reward");
  },
};

/** Writes a scored file beside each run; groups never span runs. */
async function writeScored(runs: readonly string[], spec: NamedSpec, flags: Flags): Promise<void> {
  const scored = [];
  for (const run of runs) {
    const { episodes, order } = await readAll([run], [spec], flags);
    const { rows, groups } = scoreEpisodes(
      spec,
      episodes.map(({ measures }) => measures[0]!),
    );
    const file = join(run, `scored-${spec.name}.jsonl`);
    await writeAtomically(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const unknownUsage = episodes.filter(({ measures }) => measures[0]!.unknownUsage > 0).length;
    const { planned } = (await readManifest(run)).counts;
    scored.push({ run, file, groups, unknownUsage, episodes, rows, planned, order });
  }
  print(flags.json, scoredTable(spec, scored));
}

async function showSweep(
  runs: readonly string[],
  spec: NamedSpec,
  text: string,
  flags: Flags,
): Promise<void> {
  const range = parseSweep(text);
  const { episodes, order, partial } = await readAll(runs, [spec], flags);
  const parts = byEnvironment(episodes).map(([environment, own]) => ({
    environment,
    points: sweep(
      spec,
      range,
      own.map(({ measures }) => measures[0]!),
      own.map(({ figures }) => markedPolicy(figures)),
      order,
    ),
  }));
  const [only, ...more] = parts;
  if (flags.plot !== undefined && more.length > 0)
    throw new UsageError(
      `--plot: the runs are of ${parts.map(({ environment }) => environment).join(", ")}; draw one environment at a time`,
    );
  if (flags.plot !== undefined && only) await writePlot(flags.plot, sweepPlot(range.name, only.points));
  print(flags.json, sweepTable(spec, range.name, parts, { order, partial }));
}

async function showDifference(
  runs: readonly string[],
  files: readonly string[],
  flags: Flags,
): Promise<void> {
  const specs = await Promise.all(
    files.map(async (file) => (isScoredFile(file) ? null : loadSpec(file, "--diff"))),
  );
  const own = specs.filter((spec) => spec !== null);
  const { episodes, partial } = await readAll(own.length === 0 ? [] : runs, own, flags);
  const rowsOf = async (spec: NamedSpec | null, file: string): Promise<readonly ScoredRow[]> => {
    if (spec === null) return allRows(file);
    const index = own.indexOf(spec);
    return scoreEpisodes(
      spec,
      episodes.map(({ measures }) => measures[index]!),
    ).rows;
  };
  const [first, second] = [await rowsOf(specs[0]!, files[0]!), await rowsOf(specs[1]!, files[1]!)];
  if (difference(first, second).episodes === 0)
    throw new DataError(`${files.join(" and ")}: no rollout id occurs in both`);
  // Rows of a file that an earlier version wrote do not name the environment.
  const names = [...new Set([...first, ...second].map(({ environment = "" }) => environment))].toSorted();
  const parts = names.map((environment) => ({
    environment,
    found: difference(
      first.filter((row) => (row.environment ?? "") === environment),
      second,
    ),
  }));
  print(
    flags.json,
    differenceTable(
      files.map((file, index) => specs[index]?.name ?? file),
      parts.filter(({ found }) => found.episodes > 0),
      { simulated: [...first, ...second].some(({ simulated }) => simulated), partial },
    ),
  );
}

/** The episodes of each environment, by name: figures of different environments have no common mean. */
function byEnvironment(episodes: readonly SavedEpisode[]): [string, SavedEpisode[]][] {
  const parts = new Map<string, SavedEpisode[]>();
  for (const episode of episodes) {
    const { environment } = episode.measures[0]!;
    const own = parts.get(environment) ?? [];
    parts.set(environment, own);
    own.push(episode);
  }
  return [...parts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function allRows(file: string): Promise<ScoredRow[]> {
  const rows: ScoredRow[] = [];
  for await (const row of readScored(file)) rows.push(row);
  return rows;
}

/** Episodes of saved runs, and what is to be said of the runs. */
interface Saved {
  readonly episodes: readonly SavedEpisode[];
  /** The policies, with a mark and without, in the order in which the runs were asked for them. */
  readonly order: readonly string[];
  /** A line for each run that lacks planned episodes. */
  readonly partial: readonly string[];
}

/** Groups and rollouts of different runs are different, so if there are several runs, names get the run's in front. */
async function readAll(
  runs: readonly string[],
  specs: readonly RewardSpec[],
  { prices: file }: Flags,
): Promise<Saved> {
  const prices = file === undefined ? null : await readPrices(file);
  const episodes: SavedEpisode[] = [];
  const configs: JsonObject[] = [];
  const partial: string[] = [];
  for (const run of runs) {
    const before = episodes.length;
    const saved = readEpisodes(run, specs, {
      ...(prices && { priceOf: (...call) => priceOf(prices, ...call) }),
      progressOf,
    });
    for await (const { rolloutId, figures, measures } of saved) {
      const named = runs.length === 1 ? measures : measures.map((own) => ({ ...own, ...inRun(run, own) }));
      episodes.push({ rolloutId, figures, measures: named });
    }
    const { config, counts } = await readManifest(run);
    configs.push(config);
    const read = episodes.length - before;
    if (read < counts.planned)
      partial.push(`${run}: ${read} of ${counts.planned} planned episodes; it is incomplete`);
  }
  const played = episodes.map(({ figures: { policy } }) => policy);
  const order = orderOfPolicies(configs, played).flatMap((policy) =>
    [false, true].map((simulated) => markedPolicy({ policy, simulated })),
  );
  return { episodes, order, partial };
}

function progressOf(name: string): Potential | undefined {
  return environments.find((environment) => environment.name === name)?.progress;
}

function inRun(run: string, { rolloutId, groupId }: { rolloutId: string; groupId: string }) {
  return { rolloutId: `${run}/${rolloutId}`, groupId: `${run}/${groupId}` };
}

function print(json: boolean, shown: { readonly text: string; readonly json: object }): void {
  process.stdout.write(json ? `${JSON.stringify(shown.json)}\n` : `${shown.text}\n`);
}
