/**
 * Steps a second in one session, `x = 1` and `x=1` again and again, in turns with pydantic-monty: `npm run bench -- steps
 * [STEPS] [TURNS]`.
 * Other work on the machine then slows all of them alike.
 */
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { printTable, summarize, time, type Measurement } from "./measure.ts";
import { timeMonty, type MontySteps } from "./monty.ts";

const LIMITS = { timeoutMs: 60_000, maxOutputChars: 2000 };
const WARM_UPS = 500;
/** V8 compiles Python's own functions by and by. */
const FIRST_STEPS = 5000;

/** @param options.sizes steps in each of the turns (default 2000), and turns (default 5) */
export async function run({ json, sizes }: { json: boolean; sizes: readonly number[] }): Promise<void> {
  const [count = 2000, rounds = 5] = sizes;
  const pool = new PyodideReplPool({ workerBytes: 0 });
  try {
    const repl = await pool.acquire();
    await repl.start({ context: "context", seed: 1, onCall: async () => ({ error: "no model" }) });
    const step = (code: string) => () => repl.exec(code, LIMITS);
    await time(FIRST_STEPS, step("x = 1"));
    const spaced: number[] = [];
    const plain: number[] = [];
    const monty: MontySteps[] = [];
    let missing: string | null = null;
    let spentMs = 0;
    for (let round = 0; round < rounds; round++) {
      const began = process.cpuUsage();
      spaced.push(...(await time(count, step("x = 1"), { warmUps: WARM_UPS })));
      plain.push(...(await time(count, step("x=1"), { warmUps: WARM_UPS })));
      const { user, system } = process.cpuUsage(began);
      spentMs += (user + system) / 1000;
      const timed: MontySteps | string = missing === null ? await timeMonty(count, WARM_UPS) : missing;
      if (typeof timed === "string") missing = timed;
      else monty.push(timed);
    }
    const cpuMs = spentMs / (rounds * 2 * (count + WARM_UPS));
    const rivals = monty.length === 0 ? {} : rowsOf(monty);
    const floor = rivals["pydantic-monty, asynchronous client"]?.median;
    const rows = {
      "a session here, x = 1": summarize(spaced, "ms", floor),
      "a session here, x=1": summarize(plain, "ms", floor),
      ...rivals,
    };
    if (json) return console.log(JSON.stringify({ rows, cpuMs, missing }));
    printTable("steps in one session; the floor is the asynchronous client", rows);
    for (const [name, { median }] of Object.entries(rows))
      console.log(`${name}: ${Math.round(1000 / median)} steps a second by the median`);
    console.log(`a step here takes ${cpuMs.toFixed(3)} ms of processor time, both threads together`);
    if (missing !== null) console.log(`pydantic-monty was not measured: ${missing}`);
  } finally {
    await pool.close();
  }
}

function rowsOf(monty: readonly MontySteps[]): Record<string, Measurement> {
  return {
    "pydantic-monty, asynchronous client": summarize(
      monty.flatMap(({ asynchronous }) => asynchronous),
      "ms",
    ),
    "pydantic-monty, client that blocks": summarize(
      monty.flatMap(({ blocking }) => blocking),
      "ms",
    ),
  };
}
