/**
 * pydantic-monty, a subset of Python that always runs in processes of its own: the floor of isolated interpreters. Its Python
 * clients time it: one that blocks its caller, and one whose event loop goes on, as that of every client here does.
 */
import { execFile } from "node:child_process";

const STEPS = `
import asyncio, json, sys, time
from pydantic_monty import AsyncMonty, Monty
count, warm_ups = int(sys.argv[1]), int(sys.argv[2])
def timed(runs):
    return [1000 * taken for taken in runs[warm_ups:]]
def blocking():
    taken = []
    with Monty() as pool, pool.checkout() as session:
        for run in range(count + warm_ups):
            started = time.perf_counter()
            session.feed_run("x = 1")
            taken.append(time.perf_counter() - started)
    return timed(taken)
async def beside():
    taken = []
    async with AsyncMonty() as pool, pool.checkout() as session:
        for run in range(count + warm_ups):
            started = time.perf_counter()
            await session.feed_run("x = 1")
            taken.append(time.perf_counter() - started)
    return timed(taken)
print(json.dumps({"blocking": blocking(), "asynchronous": asyncio.run(beside())}), flush=True)
`;

/** Milliseconds of each step by the client that blocks its caller, and by the asynchronous one. */
export interface MontySteps {
  readonly blocking: number[];
  readonly asynchronous: number[];
}

/** Steps in one session of each client, or why they were not measured. `RLM_GYM_PYTHON` names another python3. */
export async function timeMonty(steps: number, warmUps: number): Promise<MontySteps | string> {
  const python = process.env["RLM_GYM_PYTHON"] ?? "python3";
  const end = await new Promise<{ stdout: string; stderr: string; isAbsent: boolean }>((resolve) => {
    execFile(
      python,
      ["-c", STEPS, String(steps), String(warmUps)],
      { maxBuffer: 1 << 26 },
      (error, stdout, stderr) => resolve({ stdout, stderr, isAbsent: error?.code === "ENOENT" }),
    );
  });
  if (end.isAbsent) return `there is no ${python}`;
  try {
    // Its worker may end with an error after the figures are there.
    return JSON.parse(end.stdout) as MontySteps;
  } catch {
    return end.stderr.trim().split("\n").at(-1) ?? "it printed nothing";
  }
}
