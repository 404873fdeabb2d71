/**
 * Runs hostile episodes in random order: none may leave a trace. Prints one line of figures, and each pair of blocks
 * that did; exits with 1 where one did.
 *
 *   tsx test/stress/hostile.ts [episodes = 500]
 */
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { findLeaks } from "../security/hostile-episodes.ts";

const [episodes = 500] = process.argv.slice(2).map(Number);
const SEED = 2;

const started = performance.now();
const pool = new PyodideReplPool({ graceMs: 100 });
const leaks = await findLeaks(pool, episodes, SEED);
await pool.close();
const seconds = (performance.now() - started) / 1000;
console.log(
  `${leaks.length === 0 ? "pass" : "fail"}: ${episodes} hostile episodes in random order, ` +
    `${leaks.length} left a trace (0 may), ${seconds.toFixed(0)} s`,
);
for (const leak of leaks) console.log(leak);
process.exitCode = leaks.length === 0 ? 0 : 1;
