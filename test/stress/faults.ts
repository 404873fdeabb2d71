/**
 * Lets faults befall runs, and audits what each leaves: `tsx test/stress/faults.ts [tasks] [seed] [names of faults, by a part]`.
 * Where a fault ends a run it is taken up again; what is there in the end must be what an undisturbed run leaves.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../src/random.ts";
import { audit, recordsOf } from "./faults/audit.ts";
import { clockSteps } from "./faults/clock-steps.ts";
import { play } from "./faults/command.ts";
import type { Fault } from "./faults/fault.ts";
import { fullDisk } from "./faults/full-disk.ts";
import { modelServer } from "./faults/model-server.ts";
import { redisBack, redisEmptied } from "./faults/redis-back.ts";
import { workerDies } from "./faults/worker-dies.ts";

const TASKS = Number(process.argv[2] ?? 16);
const SEED = Number(process.argv[3] ?? 5);
const ONLY = process.argv[4] ?? "";
const FAULTS: readonly Fault[] = [workerDies, redisBack, redisEmptied, modelServer, fullDisk, clockSteps];

const args = [
  ..."rollout s-niah --policy random,map-reduce --length 2k --group-size 2 --concurrency 2".split(" "),
  "--episodes",
  String(TASKS),
];
const place = await mkdtemp(join(tmpdir(), "rlm-gym-faults-"));
const startedAt = performance.now();
await play(join(place, "whole"), args);
const wholeMs = performance.now() - startedAt;
const offline = { args, asked: await recordsOf(join(place, "whole")), wholeMs };

let wrong = offline.asked.length === TASKS * 4 ? 0 : 1;
for (const fault of FAULTS.filter(({ name }) => name.includes(ONLY))) {
  if (fault.skip) {
    console.log(`${fault.name}: skipped, ${fault.skip}`);
    continue;
  }
  const begun = performance.now();
  const work: (() => void)[] = [];
  const folder = join(place, fault.name.replaceAll(/\W+/g, "-"));
  await mkdir(folder);
  const { runs, happened, words } = await fault.befall({
    place: folder,
    offline,
    tasks: TASKS,
    random: Random.of(SEED, fault.name),
    cleanUp: (task) => work.push(task),
  });
  const found = happened ? [] : ["it did not come about"];
  for (const run of runs)
    found.push(...(await audit(run.folder, run)).map((line) => `${run.folder}: ${line}`));
  for (const task of work) task();
  for (const line of found) console.log(`${fault.name}: ${line}`);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${fault.name}: ${words}; ${runs.length} run(s), ${found.length} wrong, ${seconds} s`);
  wrong += found.length;
}
process.exitCode = wrong === 0 ? 0 : 1;
if (wrong === 0) await rm(place, { recursive: true });
