/** `rlm-gym report`: accuracy against cost over saved runs, as tables, JSON, a picture, and a page with all of them. */
import { readManifest } from "../../src/runs/read-run.ts";
import { dirname, join } from "node:path";
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { DataError, RLMError, UsageError } from "../../src/errors.ts";
import { alikeOverLength, type EpisodeWithPath } from "../../src/report/alike.ts";
import { frontPlot } from "../../src/report/front-plot.ts";
import { dividedBy, DIVISIONS, readDivisions, trainTest } from "../../src/report/by.ts";
import { readEpisodes } from "../../src/report/read-episodes.ts";
import { isScoredFile, readScored } from "../../src/report/read-scored.ts";
import { overLength } from "../../src/report/over-length.ts";
import { reportPage } from "../../src/report/page.ts";
import { renderSvg } from "../../src/report/plot.ts";
import { orderOfPolicies } from "../../src/report/policy-order.ts";
import { reportOn } from "../../src/report/report.ts";
import type { JsonObject } from "../../src/types.ts";
import type { ScoredRow } from "../../src/rewards/score-episodes.ts";
import type { EpisodeFigures } from "../../src/report/summary.ts";
import { wholeNumber } from "../flags/values.ts";
import { alikeTable } from "../output/alike-table.ts";
import { explain, explained, EXPLAIN_FLAG } from "../output/explain.ts";
import { reportTable, tableText } from "../output/report-table.ts";
import { trainTestTable } from "../output/train-test-table.ts";
import { expectPageName, expectPlotName, writePage, writePlot } from "../output/write-plot.ts";

const FLAGS = {
  budget: { type: "number", describe: "score at this cost per episode (default: the median cost)" },
  baseline: { type: "string", describe: "the policy that others are paired with (default: the first)" },
  "reference-cost": {
    type: "number",
    describe: "cost up to which the hypervolume counts (default: the most expensive policy's)",
  },
  plot: {
    type: "string",
    describe: "file for the picture, .svg or .png: the front, and score and cost over the length of contexts",
  },
  html: { type: "string", describe: "file for a page with the tables and the picture, .html" },
  by: {
    type: "string",
    describe: `what divides the rows, separated by commas: ${DIVISIONS.join(", ")}; trained,length also prints what policies reach at other lengths than they were trained at (rollout --trained-at)`,
  },
  alike: {
    type: "boolean",
    default: false,
    describe:
      "also print how alike each policy's trajectories are over the lengths of contexts: what it did, its code, and its prompts",
  },
  seed: { type: "number", default: 0, describe: "seed of the resampling for the intervals" },
  ...EXPLAIN_FLAG,
  json: { type: "boolean", default: false, describe: "print the report as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { runs?: string[] | undefined } & InferredOptionTypes<typeof FLAGS>;

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
      .example("$0 report runs/demo --html report.html", "tables and pictures as one page")
      .example("$0 report runs/mixed --by length,difficulty", "rows by the tasks' own facts")
      .example("$0 report runs/at-2k runs/at-8k --by trained,length", "training length against test length")
      .example("$0 report runs/4k runs/1m --alike", "whether policies act alike at other lengths")
      .example("$0 report runs/demo --budget 0.01 --json", "score at a cent, as JSON"),
  handler: async (flags) => {
    const { budget, baseline, "reference-cost": referenceCost, plot, html, json } = flags;
    for (const [name, value] of Object.entries({ budget, "reference-cost": referenceCost }))
      if (value !== undefined && !(value >= 0 && Number.isFinite(value)))
        throw new UsageError(`--${name}: expected a cost of at least 0, got ${value}`);
    expectPlotName(plot);
    expectPageName(html);
    const divisions = flags.by === undefined ? [] : readDivisions(flags.by);
    const read: EpisodeFigures[] = [];
    const configs: JsonObject[] = [];
    const partial: string[] = [];
    for (const run of flags.runs ?? []) {
      const before = read.length;
      for await (const figures of isScoredFile(run) ? scoredFigures(run) : figuresOf(run)) read.push(figures);
      const folder = isScoredFile(run) ? dirname(run) : run;
      const { config, counts } = await readManifest(folder);
      configs.push(config);
      const found = read.length - before;
      if (found < counts.planned)
        partial.push(`${run}: ${found} of ${counts.planned} planned episodes; it is incomplete`);
    }
    const episodes = divisions.length === 0 ? read : dividedBy(read, divisions);
    if (baseline !== undefined && !episodes.some(({ policy }) => policy === baseline))
      throw new UsageError(`--baseline ${baseline}: no episode is of this policy`);
    const policies = orderOfPolicies(
      configs,
      episodes.map(({ policy }) => policy),
    );
    const seed = wholeNumber(flags.seed, "--seed", 0);
    const reports = reportOn(episodes, {
      ...(budget !== undefined && { budget }),
      policies,
      ...(baseline !== undefined && { baseline }),
      ...(referenceCost !== undefined && { referenceCost }),
      seed,
    });
    if (reports.length === 0)
      throw new RLMError(
        `${(flags.runs ?? []).join(", ")}: no episode ended well; there is nothing to report`,
      );
    const lengths = overLength(episodes, { policies, seed });
    const cells = divisions.includes("trained") && divisions.includes("length") ? trainTest(read, seed) : [];
    const crossed = trainTestTable(cells);
    const alike = flags.alike ? alikeOverLength(await pathsIn(flags.runs ?? []), { policies, seed }) : [];
    if (flags.alike && alike.length === 0)
      throw new UsageError("--alike: expected episodes of one policy at two lengths or more, found none");
    const tables = [...reports.map(reportTable), ...(crossed ? [crossed] : []), ...alike.map(alikeTable)];
    if (plot !== undefined) await writePlot(plot, frontPlot(reports, lengths));
    if (html !== undefined) {
      const caption = `Mean score against mean cost of an episode, by policy${lengths.length > 0 ? "; below it, both over the length of contexts" : ""}. Bars are intervals at 95 % over tasks; the dashed line is the front.`;
      const page = {
        title: `Report on ${(flags.runs ?? []).join(", ")}`,
        notes: partial,
        pictures: [{ svg: await renderSvg(frontPlot(reports, lengths)), caption }],
        tables,
        explanation: await explained("Tables of report"),
      };
      await writePage(html, reportPage(page));
    }
    const written = { ...(plot !== undefined && { plot }), ...(html !== undefined && { html }) };
    process.stdout.write(
      json
        ? `${JSON.stringify({ reports, overLength: lengths, ...(cells.length > 0 && { trainTest: cells }), ...(flags.alike && { alike }), ...(partial.length > 0 && { partial }), ...written })}\n`
        : `${[...tables.map(tableText), ...partial].join("\n\n")}\n${told(written)}`,
    );
    await explain(flags.explain, json, "Tables of report");
  },
};

/** Where files were written. */
function told(written: Readonly<Record<string, string>>): string {
  const lines = Object.entries(written).map(([name, file]) => `${name}: ${join(file)}\n`);
  return lines.length === 0 ? "" : `\n${lines.join("")}`;
}

/** The episodes of runs with their paths; those of scored files are of the runs beside them. */
async function pathsIn(runs: readonly string[]): Promise<EpisodeWithPath[]> {
  const folders = new Set(runs.map((run) => (isScoredFile(run) ? dirname(run) : run)));
  const found: EpisodeWithPath[] = [];
  for (const folder of folders)
    for await (const { figures, path } of readEpisodes(folder, [], { withPaths: true }))
      found.push({ ...figures, path: path! });
  return found;
}

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
