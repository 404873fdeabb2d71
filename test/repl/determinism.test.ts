import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { WorkerRepl } from "../../src/repl/pool/worker-repl.ts";
import type { HostCallHandler } from "../../src/repl/repl.ts";

const LIMITS = { timeoutMs: 20_000, maxOutputChars: 4000 };
const CLOCK_MS = Date.UTC(2031, 4, 6, 7, 8, 9);
/** Everything that depends on chance, time and addresses. */
const LOOK = `
import datetime, os, random, secrets, tempfile, time, uuid
class Thing: pass
print(time.time(), time.time_ns(), time.monotonic(), time.perf_counter(), time.process_time(), time.localtime().tm_hour)
print(datetime.datetime.now(), datetime.datetime.now(datetime.UTC), datetime.date.today(), time.strftime('%c %Z'))
print(random.random(), random.Random().random(), random.SystemRandom().random(), secrets.token_hex(8), os.urandom(8))
print(uuid.uuid1(), uuid.uuid4(), tempfile.mktemp(), hash('x'), hash(b'x'), hash((1, 'y')), id(object()), Thing())
print({'a', 'bc', 'def', 'ghij', Thing}, {str(i) for i in range(20)}, frozenset('chance'))
`;
const WORK = [
  LOOK,
  "import time\ntime.sleep(90)\nprint(llm_query('q'), time.time())\nopen('/tmp/f', 'w').close()",
  `import os\n${LOOK}\nprint(os.stat('/tmp/f').st_mtime_ns)`,
];

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool({ size: 2, graceMs: 100 });
});
afterAll(() => pool.close());

/** Answers after a different delay each time. */
const onCall: HostCallHandler = async (call) => {
  await new Promise(setImmediate);
  return { replies: call.prompts.map(() => "the reply") };
};

async function begin(seed: number): Promise<WorkerRepl> {
  const repl = await pool.acquire();
  await repl.start({ context: "c", seed, clockMs: CLOCK_MS, onCall });
  return repl;
}

async function see(repl: WorkerRepl, blocks: readonly string[]): Promise<string[]> {
  const shown: string[] = [];
  for (const code of blocks) {
    const { block } = await repl.exec(code, LIMITS);
    shown.push(block.stdout + (block.exception ?? ""));
  }
  return shown;
}

async function play(seed: number): Promise<string[]> {
  const repl = await begin(seed);
  const shown = await see(repl, WORK);
  await pool.release(repl);
  return shown;
}

test("two workers give the same results for one seed, and others for another seed", async () => {
  const [one, other, different] = await Promise.all([play(5), play(5), play(6)]);
  expect(other).toEqual(one);
  expect(one?.[0]).toContain("2031-05-06 07:08:09");
  expect(one?.[1]).toContain("the reply");
  expect(different).not.toEqual(one);
});

test("another process gives the same results, whatever its time zone and hash seed", async () => {
  const script = fileURLToPath(new URL("./start-elsewhere.ts", import.meta.url));
  const env = { ...process.env, TZ: "Asia/Tokyo", PYTHONHASHSEED: "77", LANG: "tr_TR.UTF-8" };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", script, "5", String(CLOCK_MS), JSON.stringify(WORK)],
    { env },
  );
  expect(JSON.parse(stdout)).toEqual(await play(5));
});

test("a fork, a restored state and an episode that lost its worker go on as if nothing had happened", async () => {
  const straight = await play(5);
  const repl = await begin(5);
  expect(await see(repl, WORK.slice(0, 2))).toEqual(straight.slice(0, 2));
  const saved = await repl.snapshot();
  const fork = await repl.fork(onCall);
  expect(await see(fork, WORK.slice(2))).toEqual(straight.slice(2));
  await fork.close();
  const others = await Promise.all([begin(1), begin(2), begin(3)]);
  await Promise.all(others.map((other) => see(other, WORK)));
  expect(await see(repl, WORK.slice(2))).toEqual(straight.slice(2));
  await repl.restore(saved, onCall);
  expect(await see(repl, WORK.slice(2))).toEqual(straight.slice(2));
  await Promise.all([repl, ...others].map((lent) => pool.release(lent)));
});

test("a block can move the clock forward but not back, and the new time survives a kill", async () => {
  const repl = await begin(5);
  const at = async (clockMs?: number) => {
    const { block } = await repl.exec("import time; int(time.time() * 1000)", {
      ...LIMITS,
      ...(clockMs && { clockMs }),
    });
    return Number(block.value);
  };
  expect(await at(CLOCK_MS + 60_000)).toBe(CLOCK_MS + 60_000);
  expect(await at()).toBe(CLOCK_MS + 60_000);
  expect(await at(CLOCK_MS)).toBe(CLOCK_MS + 60_000);
  await repl.exec("sum(range(10**12))", { ...LIMITS, timeoutMs: 200 });
  expect(await at()).toBe(CLOCK_MS + 60_000);
  await pool.release(repl);
});

test.each([
  ["killed", "import random\nrandom.random()\nsum(range(10**12))"],
  ["brought down", "import random, os\nrandom.random()\nos._exit(1)"],
])("a block that was %s leaves neither clock nor chance moved", async (_, code) => {
  const straight = await play(5);
  const repl = await begin(5);
  await see(repl, WORK.slice(0, 2));
  await repl.exec(code, { ...LIMITS, timeoutMs: 200 });
  expect(await see(repl, WORK.slice(2))).toEqual(straight.slice(2));
  await pool.release(repl);
});
