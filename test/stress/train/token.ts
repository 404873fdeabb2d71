/**
 * The token policy on S-NIAH: a warm start on programs that answered, then GRPO on its own token ids. Prints what share of its programs
 * run before and after the warm start, and what it earns on held-out tasks, half of them four times as long, before and after GRPO.
 * `tsx test/stress/train/token.ts [UPDATES] [WARM_STEPS] [HELD_OUT_TASKS] [LEAST_RUNS] [MOST_SECONDS] [SEED]`
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const [updates = 12, warmSteps = 120, tasks = 8, leastRuns = 0.95, mostSeconds = 1200, seed = 0] =
  process.argv.slice(2).map(Number);

interface Score {
  readonly reward: number;
  readonly runs: number;
}

interface Result {
  readonly parameters: number;
  readonly initial: Score;
  readonly warmStart: Score;
  readonly heldOut: Score;
  readonly gain: {
    readonly pairs: number;
    readonly mean: number;
    readonly interval: readonly [number, number];
  };
  readonly wallClock: { readonly seconds: number; readonly cpuSeconds: number };
}

const folder = await mkdtemp(join(tmpdir(), "rlm-gym-token-show-"));
const flags = `--policy token --algo grpo --length 4k --seed ${seed} --updates ${updates} --warm-steps ${warmSteps} --held-out-tasks ${tasks} --json`;
const command = ["scripts/rlm-gym.ts", "train", "s-niah", "--out", join(folder, "policy")];
const { stdout } = await promisify(execFile)("npx", ["tsx", ...command, ...flags.split(" ")], {
  maxBuffer: 2 ** 28,
});
const { parameters, initial, warmStart, heldOut, gain, wallClock } = JSON.parse(stdout) as Result;
await rm(folder, { recursive: true });
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
process.stdout.write(
  `${parameters} parameters: ${percent(initial.runs)} of its programs run untrained, ${percent(warmStart.runs)} after the warm start; held-out reward ${warmStart.reward.toFixed(3)}, and ${heldOut.reward.toFixed(3)} after GRPO: ${gain.mean.toFixed(3)} more (95 %: ${gain.interval.map((end) => end.toFixed(3)).join(" to ")}, ${gain.pairs} tasks), in ${wallClock.seconds.toFixed(0)} s (${wallClock.cpuSeconds.toFixed(0)} s of processor time), evaluation included\n`,
);
const failures: string[] = [];
if (warmStart.runs < leastRuns) failures.push(`${percent(warmStart.runs)} of its programs run`);
if (initial.runs >= warmStart.runs) failures.push("no more of its programs run than untrained");
if (!(gain.interval[0] > 0)) failures.push(`the gain of ${gain.mean} is not outside its interval`);
if (wallClock.seconds > mostSeconds) failures.push(`it took ${wallClock.seconds} s`);
if (failures.length > 0) throw new Error(failures.join("; "));
