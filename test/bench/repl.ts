/** What the REPL engine costs: spawn, reset, step, calls, fork, resume, contexts and memory, each against its floor. */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { WorkerRepl } from "../../src/repl/pool/worker-repl.ts";
import type { HostCallHandler } from "../../src/repl/repl.ts";
import { startCPython } from "./cpython.ts";
import { timeMonty } from "./monty.ts";
import { printTable, summarize, time, type Measurement } from "./measure.ts";

const LIMITS = { timeoutMs: 60_000, maxOutputChars: 2000 };
const STEPS = 2000;
const MB = 2 ** 20;
const CONTEXT = "the quick brown fox\n".repeat((40 * MB) / 20);
const ONE_MB = "state = [str(i) * 3 for i in range(14_000)]";
const FIVE_MB = "state = [str(i) * 3 for i in range(70_000)]";

const onCall: HostCallHandler = (call) => Promise.resolve({ replies: call.prompts.map(() => "ok") });

export async function run({ json }: { json: boolean }): Promise<void> {
  const spawns: number[] = [];
  // One worker, so that two episodes displace each other.
  const pool = new PyodideReplPool({
    workerBytes: 0,
    onEvent: (event) => event.type === "spawn" && spawns.push(event.ms),
  });
  const repl = await pool.acquire();
  const start = (context = "context") => repl.start({ context, seed: 1, onCall });
  try {
    await start();
    const message = await measureMessage();
    const steps = await time(STEPS, () => repl.exec("x = 1", LIMITS), { warmUps: 500 });
    const rows: Record<string, Measurement> = {
      message,
      step: summarize(steps, "ms", message.median),
      reset: summarize(await time(50, () => start()), "ms", message.median),
      spawn: await measureSpawn(spawns),
      ...(await measureStates(repl, pool, message)),
      call: await measureCalls(repl, "llm_query('a')", message),
      batch: await measureCalls(repl, "llm_query_batched(['a'] * 64)", message),
      attach: await measureAttach(repl),
      memory: await measureMemory(),
    };
    const cpython = await measureCPython();
    const monty = await timeMonty(STEPS, 500);
    if (json) return console.log(JSON.stringify(rows));
    printTable("the REPL engine", {
      ...rows,
      ...(cpython && { "step of a CPython subprocess": cpython }),
      ...(typeof monty !== "string" && {
        "step of pydantic-monty, asynchronous client": summarize(monty.asynchronous, "ms"),
        "step of pydantic-monty, client that blocks": summarize(monty.blocking, "ms"),
      }),
    });
    if (typeof monty === "string") console.log(`pydantic-monty was not measured: ${monty}`);
  } finally {
    await pool.close();
  }
}

async function measureMessage(): Promise<Measurement> {
  const worker = new Worker(new URL("./echo-worker.js", import.meta.url));
  const roundTrip = () =>
    new Promise((resolve) => {
      worker.once("message", resolve);
      worker.postMessage({ type: "exec", code: "x = 1", maxOutputChars: 2000 });
    });
  const taken = await time(STEPS, roundTrip, { warmUps: 500 });
  await worker.terminate();
  return summarize(taken, "ms");
}

/** Forking an episode with 5 MB of changes, and one with 1 MB, until the fork has run a block; taking a sleeping episode up again. */
async function measureStates(
  repl: WorkerRepl,
  pool: PyodideReplPool,
  message: Measurement,
): Promise<Record<string, Measurement>> {
  const small = await forksOf(repl, ONE_MB);
  const forks = await forksOf(repl, FIVE_MB);
  const other = await pool.acquire();
  await other.start({ context: "other", seed: 2, onCall });
  const swapOut = async () => {
    await repl.snapshot();
    await other.exec("y = 1", LIMITS);
    await other.snapshot();
  };
  const resumes = await time(30, () => repl.exec("0", LIMITS), { prepare: swapOut });
  await pool.release(other);
  return {
    fork: summarize(forks, "ms", message.median),
    "fork of 1 MB": summarize(small, "ms", message.median),
    resume: summarize(resumes, "ms", message.median),
  };
}

async function forksOf(repl: WorkerRepl, code: string): Promise<number[]> {
  await repl.start({ context: "context", seed: 1, onCall });
  await repl.exec(code, LIMITS);
  const fork = async () => {
    const made = await repl.fork(onCall);
    await made.exec("0", LIMITS);
    await made.close();
  };
  return await time(30, fork, { prepare: () => repl.exec("state[0] = 'x'", LIMITS) });
}

/** One call's time inside a block of a hundred, so that the block's own round trip does not count. */
async function measureCalls(repl: WorkerRepl, call: string, message: Measurement): Promise<Measurement> {
  await repl.start({ context: "context", seed: 1, onCall });
  const taken = await time(20, () => repl.exec(`for _ in range(100): ${call}`, LIMITS));
  return summarize(
    taken.map((ms) => ms / 100),
    "ms",
    message.median,
  );
}

/** A context of 40 MB from a JavaScript string, laid out anew each time. The floor is one copy of its bytes. */
async function measureAttach(repl: WorkerRepl): Promise<Measurement> {
  let copy = 0;
  const attach = () => repl.start({ context: `${copy++}${CONTEXT}`, seed: 1, onCall });
  const bytes = Buffer.from(CONTEXT);
  const target = Buffer.alloc(bytes.length);
  const [floor] = [summarize(await time(5, () => Promise.resolve(bytes.copy(target))), "ms").median];
  return summarize(await time(5, attach, { warmUps: 1 }), "ms", floor);
}

async function measureSpawn(spawns: number[]): Promise<Measurement> {
  for (let round = 0; round < 5; round++) {
    const pool = new PyodideReplPool({ onEvent: (event) => event.type === "spawn" && spawns.push(event.ms) });
    const repl = await pool.acquire();
    await repl.start({ context: "context", seed: 1, onCall });
    await pool.close();
  }
  const bare = await time(5, async () => {
    const python = await startCPython();
    python?.close();
  });
  return summarize(spawns, "ms", summarize(bare, "ms").median);
}

/** Resident memory of one more worker with a started episode. */
async function measureMemory(): Promise<Measurement> {
  const pool = new PyodideReplPool({ size: 4 });
  const repls = await Promise.all(Array.from({ length: 4 }, () => pool.acquire()));
  const taken: number[] = [];
  const first = repls[0];
  await first?.start({ context: "context", seed: 1, onCall });
  for (let count = 2; count <= repls.length; count++) {
    const before = residentMb();
    await Promise.all(
      repls.slice(0, count).map(async (repl) => {
        await repl.start({ context: "context", seed: 1, onCall });
        await repl.exec("import time\nfor _ in range(200000): pass", LIMITS);
      }),
    );
    taken.push(residentMb() - before);
  }
  await pool.close();
  return summarize(taken, "MB");
}

function residentMb(): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

async function measureCPython(): Promise<Measurement | null> {
  const python = await startCPython();
  if (!python) return null;
  const taken = await time(STEPS, () => python.step("x = 1"));
  python.close();
  return summarize(taken, "ms");
}
