/**
 * One policy for three benchmarks, from random: its reward on held-out tasks and on lengths four times those seen, beside the
 * best plans of the grid, which are chosen on those very tasks. `tsx test/stress/train/macro.ts [SEEDS] [UPDATES] [HELD_OUT_TASKS]
 * [LEAST_SHARE] [MOST_SECONDS]`
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const [seeds = 5, updates = 40, tasks = 12, leastShare = 0.95, mostSeconds = 300] = process.argv
  .slice(2)
  .map(Number);

interface Result {
  readonly initial: { readonly reward: number };
  readonly heldOut: { readonly reward: number };
  readonly optimum: { readonly reward: number; readonly share: number };
  readonly wallClock: { readonly seconds: number; readonly cpuSeconds: number };
}

const ENVIRONMENTS = "s-niah,oolong,browsecomp-like";
const failures: string[] = [];
for (let seed = 0; seed < seeds; seed += 1) {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-train-show-"));
  const flags = `--length 4k,16k --seed ${seed} --updates ${updates} --held-out-tasks ${tasks} --json`;
  const command = ["scripts/rlm-gym.ts", "train", ENVIRONMENTS, "--out", join(folder, "policy")];
  const { stdout } = await promisify(execFile)("npx", ["tsx", ...command, ...flags.split(" ")], {
    maxBuffer: 2 ** 28,
  });
  const { initial, heldOut, optimum, wallClock } = JSON.parse(stdout) as Result;
  await rm(folder, { recursive: true });
  process.stdout.write(
    `seed ${seed}: untrained ${initial.reward.toFixed(3)}, held out ${heldOut.reward.toFixed(3)}, best plans ${optimum.reward.toFixed(3)}: ${(100 * optimum.share).toFixed(1)} % in ${wallClock.seconds.toFixed(0)} s (${wallClock.cpuSeconds.toFixed(0)} s of processor time), search and evaluation included\n`,
  );
  if (optimum.share < leastShare) failures.push(`seed ${seed} reached ${optimum.share}`);
  if (wallClock.seconds > mostSeconds) failures.push(`seed ${seed} took ${wallClock.seconds} s`);
}
if (failures.length > 0)
  throw new Error(`${failures.join("; ")}; expected ${leastShare} in ${mostSeconds} s`);
