/**
 * One table over all environments and all their strategies, with the simulated models: accuracy and mean tokens of an episode, as
 * docs/simulated.md shows it. Environments that only read files get small invented ones. Exits with 1 where an environment is
 * missing or an episode ends with a fault.
 *
 *   tsx test/stress/overview.ts [tasks of each environment = 12] [environments, with commas between]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environments } from "../../envs/registry.ts";
import { environmentNamed } from "../../envs/make.ts";
import { rollout } from "../../envs/rollout.ts";
import type { Rollouts } from "../../src/rollout/rollouts.ts";
import type { JsonObject } from "../../src/types.ts";
import { benchmarksIn } from "../envs/benchmark-files.ts";
import { browseCompFiles, browseCompPlusFile, codeQaFile, oolongRealFile } from "./shape-files.ts";

const tasks = Number(process.argv[2] ?? 12);
const only = process.argv[3]?.split(",");
/** The columns, and the strategies that stand in each. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  "code alone": ["grep", "walk", "pick", "code", "search", "solve"],
  "map-reduce": ["map-reduce"],
  "rlm:1": ["rlm:1"],
  "rlm:2": ["rlm:2"],
  bm25: ["bm25"],
  compaction: ["compaction"],
  direct: ["direct"],
  others: ["vote", "recursive", "helpers"],
  random: ["random"],
};
/** The columns of the second table: the same tasks, by who does what for how much. */
const DELEGATING: typeof COLUMNS = Object.fromEntries(
  ["map-reduce", "leader", "memory", "lambda", "frugal", "meta:2", "meta:3"].map((name) => [name, [name]]),
);
/** `tutor` writes lessons and plays no better than the strategies it varies; `flat` is beside `recursive` in its own guide. */
const ELSEWHERE = ["tutor", "flat"];

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-overview-"));
const sizes = { questions: tasks, shortTokens: 4_000, longTokens: 96_000 };
const small = Object.fromEntries(benchmarksIn(folder));
const { file, corpus } = browseCompFiles(folder, tasks, 96);
const OPTIONS: Readonly<Record<string, JsonObject>> = {
  "s-niah": { length: "16k" },
  ruler: { length: "16k", variant: "vt,cwe,fwe" },
  oolong: { length: "16k" },
  "oolong-pairs": { length: "16k" },
  "oolong-real": { file: oolongRealFile(folder, sizes) },
  graphwalks: { length: "16k" },
  mrcr: { length: "16k" },
  babilong: { length: "16k" },
  longcot: { size: 2 },
  craft: { tier: "medium" },
  evidence: { length: "16k" },
  "browsecomp-like": { length: "16k" },
  "code-qa": { file: codeQaFile(folder, sizes) },
  "longbench-v2": small["longbench-v2"]!,
  "longbench-pro": small["longbench-pro"]!,
  longmemeval: small.longmemeval!,
  browsecomp: { file, corpus, documents: 96 },
  "browsecomp-plus": { file: browseCompPlusFile(folder, sizes) },
};

type Rows = Rollouts["summary"]["rows"];

try {
  const played = new Map<string, Rows>();
  for (const { name } of environments.filter((one) => only?.includes(one.name) ?? true)) {
    const options = OPTIONS[name];
    if (!options) throw new Error(`${name}: overview.ts has no options for it`);
    const shown = [COLUMNS, DELEGATING].flatMap((columns) => Object.values(columns).flat());
    const policy = environmentNamed(name).strategyNames.filter((strategy) => !ELSEWHERE.includes(strategy));
    const missing = policy.filter((strategy) => !shown.includes(strategy));
    if (missing.length > 0) throw new Error(`${name}: overview.ts shows no ${missing.join(", ")}`);
    const rollouts = rollout(environmentNamed(name), { options, policy, episodes: tasks, seed: 1 });
    await rollouts;
    const { rows, counts } = rollouts.summary;
    if (counts.infraErrors > 0) throw new Error(`${name}: ${counts.infraErrors} episodes ended with a fault`);
    played.set(name, rows);
    process.stderr.write(`${name}\n`);
  }
  printTable(played, COLUMNS);
  const delegating = [...played].filter(([, rows]) => rows.some(({ policy }) => policy === "leader"));
  printTable(new Map(delegating), DELEGATING);
} finally {
  rmSync(folder, { recursive: true });
}

function printTable(played: ReadonlyMap<string, Rows>, columns: typeof COLUMNS): void {
  const names = Object.keys(columns);
  console.log(`\n| environment | n | ${names.join(" | ")} |`);
  console.log(`|---|---|${names.map(() => "---").join("|")}|`);
  for (const [name, rows] of played) {
    const cells = Object.values(columns).map((strategies) => {
      const row = rows.find((one) => strategies.includes(one.policy));
      if (!row?.tokens) return "–";
      return `${Math.round(100 * row.accuracy!)} %, ${shortly(row.tokens.mean)}`;
    });
    console.log(`| \`${name}\` | ${tasks} | ${cells.join(" | ")} |`);
  }
}

function shortly(tokens: number): string {
  return tokens < 10_000 ? `${(tokens / 1000).toFixed(1)}k` : `${Math.round(tokens / 1000)}k`;
}
