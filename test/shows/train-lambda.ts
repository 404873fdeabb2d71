/**
 * The weight of cost from 0 to 1: at each the trained policy is behind no strategy that `compare` plays, nor
 * behind the best plans of the grid, on held-out tasks, and what it spends does not rise with the weight.
 * `tsx test/shows/train-lambda.ts [STEPS] [UPDATES] [TASKS] [ENVIRONMENTS] [LENGTH] [LEAST_SHARE]`
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const [steps = "5", updates = "20", tasks = "4", environments = "s-niah,browsecomp-like", length = "16k"] =
  process.argv.slice(2);
const leastShare = Number(process.argv[7] ?? 0.95);
/** What dearer episodes at a higher weight are put down to chance. */
const TOLERANCE = 1.1;
/** By how much a strategy may be ahead on so few tasks. */
const CHANCE = 0.01;

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

const failures: string[] = [];
let before = Infinity;
for (let step = 0; step < Number(steps); step += 1) {
  const lambda = step / (Number(steps) - 1);
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-lambda-show-"));
  const flags = `--length ${length} --lambda ${lambda} --updates ${updates} --held-out-tasks ${tasks} --json`;
  const command = ["scripts/rlm-gym.ts", "train", environments, "--out", join(folder, "policy")];
  const { stdout } = await promisify(execFile)("npx", ["tsx", ...command, ...flags.split(" ")], {
    maxBuffer: 2 ** 28,
  });
  const { heldOut, optimum, strategies, wallClock } = JSON.parse(stdout) as Result;
  await rm(folder, { recursive: true });
  const fixed = Object.entries(strategies).toSorted(([, a], [, b]) => b.reward - a.reward);
  process.stdout.write(
    `lambda ${lambda}: accuracy ${heldOut.accuracy.toFixed(3)}, $${heldOut.costUsd.toFixed(5)}, reward ${heldOut.reward.toFixed(3)} of ${optimum.reward.toFixed(3)}; ${fixed.map(([name, { reward }]) => `${name} ${reward.toFixed(3)}`).join(", ")}; ${wallClock.seconds.toFixed(0)} s (${wallClock.cpuSeconds.toFixed(0)} s of processor time)\n`,
  );
  if (optimum.share < leastShare)
    failures.push(`lambda ${lambda} reached ${optimum.share} of the best plans`);
  const [best] = fixed;
  if (best && best[1].reward - heldOut.reward > CHANCE)
    failures.push(`lambda ${lambda} is behind ${best[0]}: ${heldOut.reward} to ${best[1].reward}`);
  if (heldOut.costUsd > before * TOLERANCE)
    failures.push(`lambda ${lambda} spends ${heldOut.costUsd}, more than ${before} before`);
  before = heldOut.costUsd;
}
if (failures.length > 0) throw new Error(failures.join("; "));
