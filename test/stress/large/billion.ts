/**
 * Plays tasks of 1M to 1B tokens, whose contexts are files, and prints a table of accuracy, dollars, seconds and memory, with how each
 * grows. Each episode runs in a process of its own, so that its memory is its own. Exits with 1 where the needle is not found, or where
 * an episode takes 2 GB or more.
 *
 *   tsx test/stress/large/billion.ts [lengths = 1M,10M,100M,1000M] [episodes = 3] [environments, with commas between]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseLength } from "../../../datasets/length.ts";
import { STREAMED_NAMES, type StreamedName, streamedProblem } from "../../../datasets/streamed/streamed.ts";
import { environmentNamed } from "../../../envs/make.ts";
import { assemble } from "../../../src/env/assemble.ts";
import { defaultPrices, priceOf } from "../../../src/cost/pricing.ts";
import { generated } from "../../../src/data/dataset.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { simulatedModel } from "../../../src/models/simulated/simulated.ts";
import { mean, sum } from "../../../src/statistics.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { Usage } from "../../../src/types.ts";

const SELF = fileURLToPath(import.meta.url);
/** The strategy in code alone, by environment; `meta:3` plays beside it. */
const IN_CODE: Readonly<Record<StreamedName, string>> = {
  "s-niah": "grep",
  oolong: "grep",
  graphwalks: "walk",
};
const MOST_GB = 2;

/** What one episode came to. */
interface Cell {
  readonly name: StreamedName;
  readonly policy: string;
  readonly tokens: number;
  readonly score: number;
  readonly used: number;
  readonly calls: number;
  readonly dollars: number;
  /** With gpt-5 as the policy and gpt-5-mini as all sub-models, for the same tokens. */
  readonly real: number;
  readonly seconds: number;
  readonly gigabytes: number;
}

async function playOne(name: StreamedName, tokens: number, seed: number, policyName: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "rlm-gym-billion-"));
  try {
    const problem = streamedProblem(name, { path: join(folder, "context.txt"), tokens, seed });
    const benchmark = await environmentNamed(name).open({}, seed);
    const policy = benchmark.strategies[policyName]!();
    const subModel = simulatedModel({ readers: benchmark.readers });
    const startedAt = performance.now();
    const env = assemble(
      name,
      { ...benchmark, problems: generated(name, () => problem) },
      {
        subModels: subModel,
        limits: { maxTokens: 2_000_000, maxExecSeconds: 3_600, maxSeconds: 7_200 },
        ...(policy.recursion && {
          maxDepth: policy.recursion.maxDepth,
          childPolicy: policy.recursion.childPolicy,
        }),
        ...(policy.budgetView && { budgetView: policy.budgetView }),
      },
    );
    const record = await rolloutEpisode(env, { policy, subModel, reset: { seed } });
    await env.close();
    const { promptTokens, completionTokens, nanoDollars, calls } = record.totals;
    const cell: Cell = {
      name,
      policy: policyName,
      tokens: problem.task.contextTokens,
      score: record.reward?.terms.official?.raw ?? record.reward?.score ?? 0,
      used: promptTokens + completionTokens,
      calls,
      dollars: (nanoDollars ?? 0) / 1e9,
      real: realDollars(record),
      seconds: (performance.now() - startedAt) / 1000,
      gigabytes: (process.resourceUsage().maxRSS * 1024) / 1e9,
    };
    console.log(JSON.stringify(cell));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the same tokens cost at the table's prices. */
function realDollars({ calls, children }: Pick<Trajectory, "calls" | "children">): number {
  const own = calls.map(({ purpose, usage }) =>
    priceOf(defaultPrices(), purpose === "policy" ? "gpt-5" : "gpt-5-mini", usage ?? NOTHING),
  );
  return sum(own.map((nano) => (nano ?? 0) / 1e9)) + sum(children.map(realDollars));
}

const NOTHING: Usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };

function cellOf(args: readonly string[]): Cell {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...process.execArgv, SELF, "play", ...args],
    {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    },
  );
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Cell;
}

/** The slope of a line through the logarithms: 1 is in proportion to the length, 0 is not at all. */
function slopeOf(cells: readonly Cell[], figure: (cell: Cell) => number): string {
  const points = cells
    .filter((cell) => figure(cell) > 0)
    .map((cell) => [Math.log(cell.tokens), Math.log(figure(cell))] as const);
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const below = sum(points.map(([at]) => (at - x) ** 2));
  return below === 0 ? "–" : (sum(points.map(([at, value]) => (at - x) * (value - y))) / below).toFixed(2);
}

function rowOf(cells: readonly Cell[], length: string): string {
  const [{ name, policy, tokens } = cells[0]!] = cells;
  const average = (figure: (cell: Cell) => number) => mean(cells.map(figure));
  const reading = priceOf(defaultPrices(), "gpt-5-mini", { ...NOTHING, promptTokens: tokens });
  const figures = [
    `${(100 * average((cell) => cell.score)).toFixed(0)} %`,
    `${(average((cell) => cell.used) / 1000).toFixed(1)}k`,
    average((cell) => cell.calls).toFixed(0),
    `$${average((cell) => cell.dollars).toFixed(3)}`,
    `$${average((cell) => cell.real).toFixed(3)}`,
    `$${((reading ?? 0) / 1e9).toFixed(2)}`,
    average((cell) => cell.seconds).toFixed(1),
    Math.max(...cells.map((cell) => cell.gigabytes)).toFixed(2),
  ];
  return `| \`${name}\` | \`${policy}\` | ${length} | ${figures.join(" | ")} |`;
}

function main([lengths = "1M,10M,100M,1000M", episodes = "3", only]: readonly string[]): void {
  const names = (only?.split(",") ?? STREAMED_NAMES) as readonly StreamedName[];
  console.log(
    "| environment | policy | tokens | accuracy | tokens used | calls | $ simulated | $ gpt-5 and -mini | $ one reading by gpt-5-mini | seconds | GB at most |",
  );
  console.log(`|${"---|".repeat(11)}`);
  const slopes: string[] = [];
  let isWell = true;
  for (const name of names)
    for (const policy of [IN_CODE[name], "meta:3"]) {
      const all = lengths.split(",").map((length) => {
        const cells = Array.from({ length: Number(episodes) }, (_, seed) =>
          cellOf([name, String(parseLength(length)), String(seed), policy]),
        );
        console.log(rowOf(cells, length));
        isWell &&= cells.every(({ gigabytes }) => gigabytes < MOST_GB);
        if (name === "s-niah") isWell &&= cells.every(({ score }) => score === 1);
        return cells;
      });
      const grown = all.flat();
      const figures = [
        slopeOf(grown, (cell) => cell.used),
        slopeOf(grown, (cell) => cell.dollars),
        slopeOf(grown, (cell) => cell.seconds),
        slopeOf(grown, (cell) => cell.gigabytes),
      ];
      slopes.push(`| \`${name}\` | \`${policy}\` | ${figures.join(" | ")} |`);
    }
  console.log("\n| environment | policy | tokens used | $ | seconds | memory |\n|---|---|---|---|---|---|");
  console.log(slopes.join("\n"));
  process.exitCode = isWell ? 0 : 1;
}

const [first, ...rest] = process.argv.slice(2);
if (first === "play") await playOne(rest[0] as StreamedName, Number(rest[1]), Number(rest[2]), rest[3]!);
else main(process.argv.slice(2));
