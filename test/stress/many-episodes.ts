/**
 * Plays thousands of episodes of one run with a simulated model, as a user would: tasks, REPL, sub-calls, rewards, records on the
 * disk. Neither the memory nor what an episode takes may grow. Prints both for each tenth of the run; exits with 1 where
 * either grew: the last tenth against the median of the others, without the first, in which code is compiled. Processor time, since other work on the machine changes a rate, which is printed as well.
 *
 *   tsx test/stress/many-episodes.ts [episodes = 10000] [growth % = 10]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { rollout } from "../../envs/rollout.ts";
import { residentMb } from "./residue.ts";

const [episodes = 10_000, mostPercent = 10] = process.argv.slice(2).map(Number);
const TENTHS = 10;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Tenth {
  readonly perSecond: number;
  /** Milliseconds of all threads' processor time for each episode. */
  readonly processorMs: number;
  readonly residentMb: number;
}

const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-many-"));
const tenths: Tenth[] = [];
let [played, right] = [0, 0];
let [since, used] = [performance.now(), processorMs()];
const run = rollout("s-niah", {
  policy: "map-reduce",
  options: { length: "4k" },
  episodes,
  concurrency: 8,
  out: path.join(folder, "run"),
});
for await (const { status, reward } of run) {
  played += 1;
  if (status === "ok" && reward?.score === 1) right += 1;
  if (played % Math.floor(episodes / TENTHS) !== 0) continue;
  const count = Math.floor(episodes / TENTHS);
  tenths.push({
    perSecond: (1000 * count) / (performance.now() - since),
    processorMs: (processorMs() - used) / count,
    residentMb: residentMb(),
  });
  [since, used] = [performance.now(), processorMs()];
}
await rm(folder, { recursive: true });

const last = tenths.at(-1)!;
const others = tenths.slice(1, -1);
const growthOf = (what: (tenth: Tenth) => number) => 100 * (what(last) / median(others.map(what)) - 1);
const [time, memory] = [growthOf((tenth) => tenth.processorMs), growthOf((tenth) => tenth.residentMb)];
const passed = time <= mostPercent && memory <= mostPercent && right === episodes;
console.table(
  tenths.map(({ perSecond, processorMs: ms, residentMb: mb }) => ({
    "episodes/s": Number(perSecond.toFixed(1)),
    "processor ms each": Number(ms.toFixed(2)),
    "resident MB": Math.round(mb),
  })),
);
console.log(
  `${passed ? "pass" : "fail"}: ${episodes} episodes, ${right} right; the last tenth against the others: ` +
    `processor time ${time.toFixed(1)} %, memory ${memory.toFixed(1)} % (${mostPercent} % at most)`,
);
process.exitCode = passed ? 0 : 1;
