/**
 * Kills a run at random moments with SIGKILL, takes it up again each time, and compares what it leaves with a run that was
 * let be: `tsx test/stress/kill.ts [kills] [kills on Redis] [seed]`. On Redis, coordinator and worker are killed alike.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../src/random.ts";
import { hasRedis, startRedis } from "../queue/redis-server.ts";
import { ROOT } from "../scripts/command.ts";
import { audit, recordsOf } from "./faults/audit.ts";

const KILLS = Number(process.argv[2] ?? 50);
const REDIS_KILLS = Number(process.argv[3] ?? KILLS);
const SEED = Number(process.argv[4] ?? 11);
const ASKED =
  "rollout s-niah --policy random,map-reduce --length 2k --episodes 12 --group-size 3 --concurrency 2 --json".split(
    " ",
  );

interface Started {
  readonly child: ChildProcess;
  /** Whether it came to its end; false where it was killed. */
  readonly ended: Promise<boolean>;
}

function start(args: readonly string[]): Started {
  const command = [join(ROOT, "dist/scripts/rlm-gym.js"), ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<boolean>((resolve, reject) => {
    child.on("close", (code, signal) => {
      if (code === 0) resolve(true);
      else if (signal === "SIGKILL") resolve(false);
      else reject(new Error(`${args[0]} ended with ${code}: ${said}`));
    });
  });
  return { child, ended };
}

/** Starts the run, or goes on with it. A run that was killed before it had a folder of its own begins anew. */
function startRun(folder: string, more: readonly string[] = []): Started {
  const resume = existsSync(join(folder, "run.lock")) || existsSync(join(folder, "manifest.json"));
  return start([...ASKED, ...more, "--out", folder, ...(resume ? ["--resume"] : [])]);
}

/** Runs the command and returns whether it came to its end; it is killed after `killMs`. */
async function play(folder: string, killMs: number | null): Promise<boolean> {
  const { child, ended } = startRun(folder);
  const timer = killMs === null ? null : setTimeout(() => child.kill("SIGKILL"), killMs);
  const came = await ended;
  if (timer) clearTimeout(timer);
  return came;
}

/** A coordinator and a worker, of which one or the other is killed and started again, until the run has ended. */
async function playOnRedis(folder: string, url: string, killMs: () => number | null): Promise<void> {
  const queue = ["--redis", url, "--run", basename(folder), "--lease-seconds", "2", "--concurrency", "1"];
  const startWorker = () =>
    start(["worker", "--redis", url, "--run", basename(folder), "--concurrency", "1"]);
  let coordinator = startRun(folder, queue);
  let worker = startWorker();
  for (;;) {
    const wait = killMs();
    const stop = new AbortController();
    const moment = wait === null ? new Promise<"kill">(() => {}) : sleep(wait, "kill" as const, stop);
    // The moment that is called off.
    moment.catch(() => {});
    const first = await Promise.race([coordinator.ended, moment]);
    stop.abort();
    if (first === true) break;
    const victim = random.random() < 0.5 ? coordinator : worker;
    victim.child.kill("SIGKILL");
    if (victim === coordinator) {
      if (await victim.ended) break;
      coordinator = startRun(folder, queue);
    } else {
      await victim.ended;
      worker = startWorker();
    }
    count.kills += 1;
  }
  // A worker that started as the run ended waits for another one.
  worker.child.kill("SIGKILL");
  await worker.ended;
}

const place = await mkdtemp(join(tmpdir(), "rlm-gym-kill-"));
const whole = join(place, "whole");
const startedAt = performance.now();
await play(whole, null);
const wholeMs = performance.now() - startedAt;
const asked = await recordsOf(whole);
const random = new Random(SEED);
const faults: string[] = [];
const count = { kills: 0 };

/** Plays runs to their ends until so many kills are done, and looks at what each leaves. */
async function disturb(
  name: string,
  wanted: number,
  playOne: (folder: string) => Promise<void>,
): Promise<void> {
  count.kills = 0;
  let runs = 0;
  const before = faults.length;
  while (count.kills < wanted) {
    runs += 1;
    const folder = join(place, `${name}-${runs}`);
    await playOne(folder);
    const found = await audit(folder, { asked, wholeJournal: false });
    faults.push(...found.map((fault) => `${name} run ${runs}: ${fault}`));
    await rm(folder, { recursive: true });
  }
  for (const fault of faults.slice(before)) console.log(fault);
  console.log(
    `${name}: ${count.kills} kills over ${runs} run(s) of ${asked.length} episodes, ${faults.length - before} fault(s)`,
  );
}
/** Moments from soon after the start to soon after the end. */
const momentFor = (wanted: number) => (count.kills < wanted ? random.uniform(0.2, 1.1) * wholeMs : null);

await disturb("embedded", KILLS, async (folder) => {
  while (!(await play(folder, momentFor(KILLS)))) count.kills += 1;
});
if (!hasRedis) console.log("no redis-server: the part on Redis is skipped");
else {
  const server = await startRedis();
  await disturb("redis", REDIS_KILLS, (folder) =>
    playOnRedis(folder, server.url, () => momentFor(REDIS_KILLS)),
  );
  server.child.kill("SIGTERM");
  await once(server.child, "exit");
}
console.log(`undisturbed: ${(wholeMs / 1000).toFixed(1)} s`);
process.exitCode = faults.length === 0 && asked.length === 72 ? 0 : 1;
await rm(place, { recursive: true });
