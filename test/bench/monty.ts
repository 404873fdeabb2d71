/** pydantic-monty, a subset of Python in processes of its own: the floor of isolated interpreters. Its own client times it. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const STEPS = `
import json, sys, time
from pydantic_monty import Monty
count, warm_ups = int(sys.argv[1]), int(sys.argv[2])
taken = []
with Monty() as pool, pool.checkout() as session:
    for run in range(count + warm_ups):
        started = time.perf_counter()
        session.feed_run("x = 1")
        taken.append(1000 * (time.perf_counter() - started))
print(json.dumps(taken[warm_ups:]))
`;

/** Milliseconds of steps in one session, or why they were not measured. `RLM_GYM_PYTHON` names another python3. */
export async function timeMonty(steps: number, warmUps: number): Promise<number[] | string> {
  const python = process.env["RLM_GYM_PYTHON"] ?? "python3";
  try {
    const { stdout } = await promisify(execFile)(python, ["-c", STEPS, String(steps), String(warmUps)], {
      maxBuffer: 1 << 26,
    });
    return JSON.parse(stdout) as number[];
  } catch (error) {
    const { code, stderr = "" } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT") return `there is no ${python}`;
    return stderr.trim().split("\n").at(-1) ?? String(error);
  }
}
