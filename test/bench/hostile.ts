/** Five hundred hostile episodes in random order: none may leave a trace. Ends with exit code 1 where one does. */
import { PyodideReplPool } from "../../src/repl/pool.ts";
import { findLeaks } from "../repl/hostile-episodes.ts";

const EPISODES = 500;
const SEED = 2;

export async function run({ json }: { json: boolean }): Promise<void> {
  const pool = new PyodideReplPool({ graceMs: 100 });
  const leaks = await findLeaks(pool, EPISODES, SEED);
  await pool.close();
  if (json) console.log(JSON.stringify({ episodes: EPISODES, leaks }));
  else console.log(`${EPISODES} hostile episodes, ${leaks.length} left a trace`, leaks);
  if (leaks.length > 0) process.exitCode = 1;
}
