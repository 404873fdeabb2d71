/**
 * Many WebSocket sessions at once on one server, each with state of its own: every observation must be the right one. Prints
 * what was done; exits with 1 where an observation was wrong or anything is left.
 *
 *   tsx test/stress/serve/sessions.ts [sessions = 64] [steps = 20]
 */
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { connect, serving, until } from "../../server/serving.ts";

const [sessions = 64, steps = 20] = process.argv.slice(2).map(Number);
const MODULUS = 1_000_003;

const repls = new PyodideReplPool();
const server = await serving(repls, { maxSessions: sessions, patienceSeconds: 300 });
const started = performance.now();
const wrong: string[] = [];
let right = 0;

async function play(number: number): Promise<void> {
  const client = await connect(server.url);
  const begun = await client.ask("reset", { seed: number, episode_id: `session-${number}` });
  const length = (begun.data.observation?.context as { chars: number } | undefined)?.chars;
  let total = number;
  for (let step = 0; step < steps; step += 1) {
    const before = step === 0 ? String(number) : "total";
    const seen = await client.run(
      `total = (${before} * 31 + ${step}) % ${MODULUS}\nprint("session", ${number}, len(context))\ntotal`,
    );
    total = (total * 31 + step) % MODULUS;
    const [result] = (seen.data.observation?.results ?? []) as { stdout: string; value: string }[];
    const isRight = result?.value === String(total) && result.stdout === `session ${number} ${length}\n`;
    if (isRight) right += 1;
    else wrong.push(`session ${number}, step ${step}: ${JSON.stringify(seen.data).slice(0, 300)}`);
  }
  await client.close();
}

await Promise.all(Array.from({ length: sessions }, (_, number) => play(number)));
await until(() => server.pool.active === 0);
const seconds = (performance.now() - started) / 1000;
await server.closeNow();
await repls.close();
console.log(
  `${sessions} sessions at once: ${right} of ${sessions * steps} observations right, in ${seconds.toFixed(1)} s`,
);
for (const line of wrong.slice(0, 5)) console.error(line);
process.exitCode = right === sessions * steps ? 0 : 1;
