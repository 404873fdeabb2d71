/**
 * Frames that no client should send, for a time, on several sockets: each is answered, none crashes the server or holds it up,
 * and a session beside them notices nothing. Prints how many; exits with 1 where a reply did not come, or was of no known type.
 *
 *   tsx test/stress/serve/fuzz.ts [seconds = 60] [seed = 1]
 */
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { fuzzFrames } from "../../security/fuzz/frames.ts";

const [seconds = 60, seed = 1] = process.argv.slice(2).map(Number);

const repls = new PyodideReplPool();
const counts = await fuzzFrames(repls, seconds, seed);
await repls.close();
const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
console.log(
  `${total} frames in ${seconds} s, all answered: ${[...counts].map(([name, count]) => `${count} ${name}`).join(", ")}`,
);
process.exitCode = (counts.get("EXECUTION_ERROR") ?? 0) < total ? 0 : 1;
