/**
 * Kills a run at random moments with SIGKILL, takes it up again each time, and compares what it leaves with a run that was
 * let be: `tsx test/shows/kill.ts [kills]`.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Random } from "../../src/random.ts";
import { readTrajectories } from "../../src/runs/read-run.ts";
import { ROOT } from "../scripts/command.ts";

const KILLS = Number(process.argv[2] ?? 50);
const SEED = 11;
const ASKED =
  "rollout s-niah --policy random,map-reduce --length 2k --episodes 12 --group-size 3 --concurrency 2 --json".split(
    " ",
  );

/** Runs the command and returns whether it came to its end; it is killed after `killMs`. */
function play(folder: string, resume: boolean, killMs: number | null): Promise<boolean> {
  const args = [
    join(ROOT, "dist/scripts/rlm-gym.js"),
    ...ASKED,
    "--out",
    folder,
    ...(resume ? ["--resume"] : []),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const timer = killMs === null ? null : setTimeout(() => child.kill("SIGKILL"), killMs);
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      if (timer) clearTimeout(timer);
      if (code === 0) resolve(true);
      else if (signal === "SIGKILL") resolve(false);
      else reject(new Error(`the command ended with ${code}: ${said}`));
    });
  });
}

/** Records sorted by their ids and without what a clock says. */
async function recordsOf(folder: string): Promise<string[]> {
  const records: string[] = [];
  for await (const record of readTrajectories(folder))
    records.push(JSON.stringify(record, (key, value: unknown) => (key === "wallClock" ? 0 : value)));
  return records.toSorted();
}

/** What is wrong with a folder that ought to hold a finished run. */
async function faultsOf(folder: string, asked: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  const records = await recordsOf(folder);
  if (!isDeepStrictEqual(records, asked)) faults.push(`${records.length} records are not those asked for`);
  const left = (await readdir(folder)).filter((name) => name.endsWith(".tmp") || name.startsWith("run.lock"));
  if (left.length > 0) faults.push(`left behind: ${left.join(", ")}`);
  for (const name of await readdir(join(folder, "contexts"))) {
    const hash = createHash("sha256").update(await readFile(join(folder, "contexts", name)));
    if (hash.digest("hex") !== name) faults.push(`context ${name} is not what its name says`);
  }
  const references = (await readFile(join(folder, "references.jsonl"), "utf8")).trim().split("\n");
  const tasks = new Set(references.map((line) => (JSON.parse(line) as { taskId: string }).taskId));
  if (tasks.size !== references.length || tasks.size !== 12) faults.push("references are missing or twice");
  const ids = new Set(records.map((record) => (JSON.parse(record) as { rolloutId: string }).rolloutId));
  const journal = (await readFile(join(folder, "journal.jsonl"), "utf8")).trim().split("\n");
  const done = journal
    .map((line) => JSON.parse(line) as { event: string; job: string })
    .filter(({ event }) => event === "done");
  if (done.some(({ job }) => !ids.has(job)))
    faults.push("the journal says done of a rollout without a record");
  if (new Set(done.map(({ job }) => job)).size !== done.length) faults.push("the journal says done twice");
  return faults;
}

const place = await mkdtemp(join(tmpdir(), "rlm-gym-kill-"));
const whole = join(place, "whole");
const startedAt = performance.now();
await play(whole, false, null);
const wholeMs = performance.now() - startedAt;
const asked = await recordsOf(whole);
const random = new Random(SEED);
let kills = 0;
let runs = 0;
const faults: string[] = [];
while (kills < KILLS) {
  runs += 1;
  const folder = join(place, `run-${runs}`);
  for (let ended = false; !ended;) {
    // A run that was killed before it had a folder of its own begins anew.
    const resume = existsSync(join(folder, "run.lock")) || existsSync(join(folder, "manifest.json"));
    ended = await play(folder, resume, kills < KILLS ? random.uniform(0.2, 1.1) * wholeMs : null);
    if (!ended) kills += 1;
  }
  faults.push(...(await faultsOf(folder, asked)).map((fault) => `run ${runs}: ${fault}`));
  await rm(folder, { recursive: true });
}
for (const fault of faults) console.log(fault);
console.log(
  `${kills} kills over ${runs} run(s) of ${asked.length} episodes, ${faults.length} fault(s); undisturbed: ${(wholeMs / 1000).toFixed(1)} s`,
);
process.exitCode = faults.length === 0 && asked.length === 72 ? 0 : 1;
await rm(place, { recursive: true });
