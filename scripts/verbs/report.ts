/** `rlm-gym report`: accuracy against cost over saved runs, as a table, JSON, and a picture. */
import { readManifest } from "../../src/runs/read-run.ts";
import { dirname, join } from "node:path";
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { DataError, RLMError, UsageError } from "../../src/errors.ts";
import { frontPlot } from "../../src/report/front-plot.ts";
import { readEpisodes } from "../../src/report/read-episodes.ts";
import { isScoredFile, readScored } from "../../src/report/read-scored.ts";
import { reportOn, type TasksReport } from "../../src/report/report.ts";
import type { ScoredRow } from "../../src/rewards/score-episodes.ts";
import type { EpisodeFigures } from "../../src/report/summary.ts";
import { columns, compact, dollars, percent } from "../output/columns.ts";
import { wholeNumber } from "../flags/values.ts";
import { explain, EXPLAIN_FLAG } from "../output/explain.ts";
import { expectPlotName, writePlot } from "../output/write-plot.ts";

const FLAGS = {
  budget: { type: "number", describe: "score at this cost per episode (default: the median cost)" },
  baseline: { type: "string", describe: "the policy that others are paired with (default: the first)" },
  "reference-cost": {
    type: "number",
    describe: "cost up to which the hypervolume counts (default: the most expensive policy's)",
  },
  plot: { type: "string", describe: "file for the picture, .svg or .png" },
  seed: { type: "number", default: 0, describe: "seed of the resampling for the intervals" },
  ...EXPLAIN_FLAG,
  json: { type: "boolean", default: false, describe: "print the report as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { runs?: string[] | undefined } & InferredOptionTypes<typeof FLAGS>;

const HEAD = [
  "policy",
  "n",
  "score",
  "cost mean/p50/p95",
  "at budget",
  "per right answer",
  "reward",
  "score − baseline [95 %]",
  "cost − baseline [95 %]",
];

export const reportVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("runs", {
        type: "string",
        array: true,
        describe: "folders of runs, or scored files beside them",
      })
      .options(FLAGS)
      .example("$0 report runs/demo", "the table")
      .example("$0 report runs/demo/scored-frugal.jsonl", "under the scores and rewards of a scored file")
      .example("$0 report runs/a runs/b --plot front.svg", "with the picture")
      .example("$0 report runs/demo --budget 0.01 --json", "score at a cent, as JSON"),
  handler: async (flags) => {
    const { budget, baseline, "reference-cost": referenceCost, plot, json } = flags;
    for (const [name, value] of Object.entries({ budget, "reference-cost": referenceCost }))
      if (value !== undefined && !(value >= 0 && Number.isFinite(value)))
        throw new UsageError(`--${name}: expected a cost of at least 0, got ${value}`);
    expectPlotName(plot);
    const episodes: EpisodeFigures[] = [];
    const policies: string[] = [];
    const partial: string[] = [];
    for (const run of flags.runs ?? []) {
      const before = episodes.length;
      for await (const figures of isScoredFile(run) ? scoredFigures(run) : figuresOf(run))
        episodes.push(figures);
      const folder = isScoredFile(run) ? dirname(run) : run;
      const { config, counts } = await readManifest(folder);
      if (Array.isArray(config.policies)) policies.push(...config.policies.map(String));
      const read = episodes.length - before;
      if (read < counts.planned)
        partial.push(`${run}: ${read} of ${counts.planned} planned episodes; it is incomplete`);
    }
    if (baseline !== undefined && !episodes.some(({ policy }) => policy === baseline))
      throw new UsageError(`--baseline ${baseline}: no episode is of this policy`);
    const reports = reportOn(episodes, {
      ...(budget !== undefined && { budget }),
      policies: [...new Set(policies)],
      ...(baseline !== undefined && { baseline }),
      ...(referenceCost !== undefined && { referenceCost }),
      seed: wholeNumber(flags.seed, "--seed", 0),
    });
    if (reports.length === 0)
      throw new RLMError(
        `${(flags.runs ?? []).join(", ")}: no episode ended well; there is nothing to report`,
      );
    if (plot !== undefined) await writePlot(plot, frontPlot(reports));
    process.stdout.write(
      json
        ? `${JSON.stringify({ reports, ...(partial.length > 0 && { partial }), ...(plot !== undefined && { plot }) })}\n`
        : `${[...reports.map(table), ...partial].join("\n\n")}\n${plot === undefined ? "" : `\nplot: ${join(plot)}\n`}`,
    );
    await explain(flags.explain, json, "Tables of report");
  },
};

async function* figuresOf(run: string): AsyncGenerator<EpisodeFigures> {
  for await (const { figures } of readEpisodes(run, [])) yield figures;
}

/** The run's episodes with the file's scores and rewards. Leaves out episodes that the file does not score, except faults. */
async function* scoredFigures(file: string): AsyncGenerator<EpisodeFigures> {
  const rewards = new Map<string, ScoredRow["reward"]>();
  for await (const { rolloutId, reward } of readScored(file)) rewards.set(rolloutId, reward);
  for await (const { figures, rolloutId } of readEpisodes(dirname(file), [])) {
    const reward = rewards.get(rolloutId);
    if (reward === undefined)
      throw new DataError(`${file}: no row for rollout ${rolloutId}; score the run again`);
    if (reward !== null) yield { ...figures, score: reward.score, reward: reward.total };
    else if (!figures.ok) yield figures;
  }
}

function table({
  tasks,
  unit,
  baseline,
  budget,
  policies,
  reference,
  hypervolume,
  areaOverLogCost,
}: TasksReport): string {
  const cost = (value: number) => (unit === "dollars" ? `$${dollars(value)}` : compact(value));
  const signed = (value: number, show: (size: number) => string) =>
    `${value < 0 ? "−" : "+"}${show(Math.abs(value))}`;
  const rows = policies.map((own) => {
    const difference = (found: typeof own.scoreDifference, show: (value: number) => string) =>
      found === null
        ? "–"
        : `${signed(found.mean, show)} [${found.interval.map((end) => signed(end, show)).join(", ")}]`;
    return [
      `${own.onFront ? "▸ " : "  "}${own.policy}${own.simulated ? "*" : ""}${own.readsGold ? "†" : ""}`,
      String(own.episodes),
      percent(own.score),
      [own.cost, own.costP50, own.costP95].map(cost).join(" / "),
      percent(own.scoreAtBudget),
      own.costPerRight === null ? "none right" : cost(own.costPerRight),
      own.reward.toFixed(3),
      difference(own.scoreDifference, percent),
      difference(own.costDifference, cost),
    ];
  });
  const faults = policies.reduce((sum, { infraErrors }) => sum + infraErrors, 0);
  return [
    `${tasks}: cost in ${unit}, budget ${cost(budget)}, baseline ${baseline}`,
    columns([HEAD, ...rows], new Set([0])),
    "",
    `▸ on the front. Hypervolume ${hypervolume.toPrecision(4)} up to score 0 and cost ${cost(reference.cost)}; ` +
      `mean score over log cost ${areaOverLogCost === null ? "– (one cost alone)" : areaOverLogCost.toFixed(3)}.`,
    ...(faults > 0 ? [`${faults} episode(s) ended by a fault of the machinery and count nowhere.`] : []),
    ...(policies.some(({ simulated }) => simulated) ? ["* rests on a simulated model."] : []),
    ...(policies.some(({ readsGold }) => readsGold) ? ["† was told the gold, and is not on the front."] : []),
  ].join("\n");
}
