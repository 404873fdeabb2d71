/**
 * Writes a run of episodes of ten turns and 20 KB each, scores it again and reports on it with the verbs. Prints one line of
 * figures; exits with 1 where a row is missing or wrong, or a bound is passed.
 *
 *   tsx test/stress/large/rescore.ts [episodes = 100000] [max seconds = 60] [max GB = 2]
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportVerb } from "../../../scripts/verbs/report.ts";
import { rewardVerb } from "../../../scripts/verbs/reward.ts";
import type { ScoredRow } from "../../../src/rewards/score-episodes.ts";
import { GROUP, writeTenTurnRun } from "./ten-turn-run.ts";

const [episodes = 100_000, maxSeconds = 60, maxGigabytes = 2] = process.argv.slice(2).map(Number);

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-rescore-"));
try {
  const file = join(folder, "trajectories.jsonl");
  await writeTenTurnRun(folder, { episodes });
  const gigabytes = statSync(file).size / 1e9;
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  const started = performance.now();
  const flags = {
    runs: [folder],
    _: [],
    $0: "rlm-gym",
    json: true,
    explain: false,
    spec: "default",
    sweep: undefined,
    diff: undefined,
  };
  await rewardVerb.handler({ ...flags, prices: undefined, plot: undefined });
  const scored = performance.now();
  const plot = join(folder, "front.svg");
  const none = {
    budget: undefined,
    by: undefined,
    baseline: undefined,
    alike: false,
    "reference-cost": undefined,
    referenceCost: undefined,
    html: undefined,
  };
  await reportVerb.handler({ ...flags, ...none, plot, seed: 0 });
  const ended = performance.now();
  process.stdout.write = print;
  const rows = readFileSync(join(folder, "scored-default.jsonl"), "utf8").trim().split("\n");
  const wrong = rows.filter((line, index) => !isRight(JSON.parse(line) as ScoredRow, index)).length;
  const seconds = (ended - started) / 1000;
  const peak = process.resourceUsage().maxRSS / 2 ** 20;
  console.log(
    `${episodes} episodes in ${gigabytes.toFixed(2)} GB: scored in ${((scored - started) / 1000).toFixed(1)} s, reported in ` +
      `${((ended - scored) / 1000).toFixed(1)} s; ${wrong} rows wrong, ${peak.toFixed(2)} GB at most`,
  );
  const isWhole = rows.length === episodes && wrong === 0;
  process.exitCode = isWhole && seconds <= maxSeconds && peak <= maxGigabytes ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Every second rollout of a group is right, and costs the share of a reading that its place in the group says. */
function isRight({ reward, advantage }: ScoredRow, index: number): boolean {
  const place = index % GROUP;
  const expected = place % 2 === 0 ? 1 - 0.3 * (place / GROUP) : 0;
  return (
    Math.abs((reward?.total ?? -1) - expected) < 1e-12 &&
    Math.sign(advantage ?? 0) === (place % 2 === 0 ? 1 : -1)
  );
}
