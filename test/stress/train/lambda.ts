/**
 * The weight of cost from 0 to 1: a policy trained at each walks along the Pareto front of accuracy and cost. On held-out tasks
 * none is behind a strategy that `compare` plays in the reward it was trained on, none is dominated by such a strategy or by a
 * policy of another weight, each comes near the best plans of the grid, and the highest weight spends less than the lowest.
 * `tsx test/stress/train/lambda.ts [STEPS] [UPDATES] [TASKS] [ENVIRONMENTS] [LENGTH] [LEAST_SHARE]`
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const [
  steps = "5",
  updates = "60",
  tasks = "8",
  environments = "s-niah,oolong,browsecomp-like",
  length = "16k",
] = process.argv.slice(2);
const leastShare = Number(process.argv[7] ?? 0.8);
/** By how much one is ahead on so few tasks by chance: of a reward or an accuracy, and as a factor of cost. */
const CHANCE = 0.02;
const COST_CHANCE = 1.1;
/** How much dearer one is that is dominated by another of no more than its accuracy. */
const CLEARLY_DEARER = 1.5;

interface Score {
  readonly reward: number;
  readonly accuracy: number;
  readonly costUsd: number;
}

interface Result {
  readonly heldOut: Score;
  readonly strategies: Readonly<Record<string, Score>>;
  readonly optimum: { readonly reward: number; readonly share: number };
  readonly wallClock: { readonly seconds: number; readonly cpuSeconds: number };
}

async function trainedAt(lambda: number): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-lambda-show-"));
  const flags = `--length ${length} --lambda ${lambda} --updates ${updates} --held-out-tasks ${tasks} --json`;
  const command = ["scripts/rlm-gym.ts", "train", environments, "--out", join(folder, "policy")];
  const { stdout } = await promisify(execFile)("npx", ["tsx", ...command, ...flags.split(" ")], {
    maxBuffer: 2 ** 28,
  });
  await rm(folder, { recursive: true });
  return JSON.parse(stdout) as Result;
}

const dominates = (one: Score, other: Score) =>
  (one.accuracy > other.accuracy + CHANCE && one.costUsd * COST_CHANCE < other.costUsd) ||
  (one.accuracy >= other.accuracy && one.costUsd * CLEARLY_DEARER < other.costUsd);

const failures: string[] = [];
const front: { readonly name: string; readonly score: Score }[] = [];
const fixed = new Map<string, Score>();
for (let step = 0; step < Number(steps); step += 1) {
  const lambda = step / (Number(steps) - 1);
  const name = `lambda ${lambda}`;
  const { heldOut, optimum, strategies, wallClock } = await trainedAt(lambda);
  const ranked = Object.entries(strategies).toSorted(([, a], [, b]) => b.reward - a.reward);
  process.stdout.write(
    `${name}: accuracy ${heldOut.accuracy.toFixed(3)}, $${heldOut.costUsd.toFixed(5)}, reward ${heldOut.reward.toFixed(3)} of ${optimum.reward.toFixed(3)} (${(100 * optimum.share).toFixed(1)} %); ${ranked.map(([other, { reward }]) => `${other} ${reward.toFixed(3)}`).join(", ")}; ${wallClock.seconds.toFixed(0)} s (${wallClock.cpuSeconds.toFixed(0)} s of processor time)\n`,
  );
  front.push({ name, score: heldOut });
  for (const [other, score] of ranked) fixed.set(other, score);
  if (optimum.share < leastShare) failures.push(`${name} reached ${optimum.share} of the best plans`);
  for (const [other, { reward }] of ranked)
    if (reward > heldOut.reward + CHANCE)
      failures.push(`${name} is behind ${other}: ${heldOut.reward} to ${reward}`);
}
const rivals = [...front, ...[...fixed].map(([name, score]) => ({ name, score }))];
for (const { name, score } of front)
  for (const rival of rivals)
    if (dominates(rival.score, score))
      failures.push(
        `${rival.name} dominates ${name}: ${rival.score.accuracy} at $${rival.score.costUsd} to ${score.accuracy} at $${score.costUsd}`,
      );
const [cheapest, dearest] = [front.at(-1)!.score.costUsd, front[0]!.score.costUsd];
if (cheapest > dearest * COST_CHANCE)
  failures.push(`the highest weight spends ${cheapest}, the lowest ${dearest}`);
if (failures.length > 0) throw new Error(failures.join("; "));
