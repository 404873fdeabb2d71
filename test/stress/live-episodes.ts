/**
 * Holds many live episodes over few workers: each keeps about 1 MB of state and takes interleaved steps, and after each
 * step its state must be what it alone put there. Prints one line of figures; exits with 1 where a state is wrong or
 * memory is above the bound.
 *
 *   tsx test/stress/live-episodes.ts [episodes = 1000] [steps = 20] [workers = 4] [max GB = 4] [hot MB = 2048]
 */
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Repl } from "../../src/repl/repl.ts";

const [episodes = 1000, steps = 20, workers = 4, maxGigabytes = 4, hotMegabytes = 2048] = process.argv
  .slice(2)
  .map(Number);
const CONTEXT = "a context that all of them share. ".repeat(30_000);
const EXEC = { timeoutMs: 10_000, maxOutputChars: 1000 };

const pool = new PyodideReplPool({ size: workers, workerBytes: 0, hotStateBytes: hotMegabytes * 2 ** 20 });
const started = performance.now();
const repls: Repl[] = [];
for (let index = 0; index < episodes; index += 1) {
  const repl = await pool.acquire();
  await repl.start({ context: CONTEXT, seed: index, onCall: () => Promise.resolve({ error: "no model" }) });
  await repl.exec(`mine = [${index}]\nstate = bytes([${index % 251}]) * (1 << 20)`, EXEC);
  repls.push(repl);
}

let wrong = 0;
let peakBytes = 0;
for (let step = 1; step <= steps; step += 1) {
  const results = await Promise.all(
    repls.map((repl) =>
      repl.exec(
        "mine.append(mine[-1] + 1)\n(mine[0], len(mine), mine[-1], len(state), state[0], state[-1])",
        EXEC,
      ),
    ),
  );
  for (const [index, { block }] of results.entries()) {
    const fill = index % 251;
    if (block.value !== `(${index}, ${step + 1}, ${index + step}, 1048576, ${fill}, ${fill})`) wrong += 1;
  }
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}
for (const repl of repls) await pool.release(repl as never);
await pool.close();

const gigabytes = peakBytes / 2 ** 30;
const passed = wrong === 0 && gigabytes <= maxGigabytes;
const seconds = (performance.now() - started) / 1000;
console.log(
  `${passed ? "pass" : "fail"}: ${episodes} live episodes over ${workers} workers, ${steps} steps each: ${wrong} wrong states (0 may), ` +
    `${gigabytes.toFixed(2)} GB at its peak (${maxGigabytes} at most), states beyond ${hotMegabytes} MB compressed, ${seconds.toFixed(0)} s`,
);
process.exitCode = passed ? 0 : 1;
