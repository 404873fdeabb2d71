/**
 * Clients that play whole episodes over WebSocket and HTTP, on both profiles, for a time: memory must stay flat and nothing may
 * be left. Flat: the median of the last quarter against that of the second, after garbage was collected. Prints the figures;
 * exits with 1 where an episode went wrong, memory grew or a session is left. Reads /proc, so it needs Linux.
 *
 *   tsx test/stress/serve/soak.ts [seconds = 300] [growth % = 5]
 */
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { replEnvProfile } from "../../../src/server/profiles/repl-env.ts";
import { connect, post, serving, until } from "../../server/serving.ts";
import { residentMb } from "../residue.ts";

const [seconds = 300, maxGrowthPercent = 5] = process.argv.slice(2).map(Number);
const SAMPLES = 40;
const LANES = 6;

const repls = new PyodideReplPool({ size: 2, workerBytes: 0, recycleHeapBytes: 96 * 2 ** 20 });
const bounds = { maxSessions: 16, queueSeconds: 60 };
const native = await serving(repls, bounds);
const replEnv = await serving(repls, { ...bounds, profileOf: replEnvProfile });
const failures: string[] = [];
let episodes = 0;

/** Records are of the test's server; a real one writes them and lets go. */
const forget = () => [native, replEnv].forEach(({ records }) => (records.length = 0));

type Answer = { readonly done?: unknown };

async function playSocket(seed: number): Promise<Answer> {
  const client = await connect(native.url);
  await client.ask("reset", { seed });
  await client.run("said = llm_query_batched(['a', 'b']); blob = 'x' * 2_000_000");
  const ended = await client.ask("step", { completion: "FINAL(1)" });
  await client.close();
  return ended.data;
}

async function playHttp(seed: number): Promise<Answer> {
  const begun = await post(`${replEnv.url}/reset`, { seed });
  const headers = { "x-session-id": begun.headers.get("x-session-id") ?? "" };
  await post(`${replEnv.url}/step`, { action: { code: "n = len(context)" } }, headers);
  const ended = await post(
    `${replEnv.url}/step`,
    { action: { code: "", is_final: true, final_answer: "1" } },
    headers,
  );
  return ended.body;
}

const end = performance.now() + seconds * 1000;
let seed = 0;
async function lane(number: number): Promise<void> {
  while (performance.now() < end) {
    const play = number % 2 === 0 ? playSocket : playHttp;
    const own = seed++;
    const ended = await play(own).catch((error: unknown): Answer => ({ error: String(error) }) as Answer);
    if (ended.done === true) episodes += 1;
    else
      failures.push(`episode ${own} of lane ${number} did not end: ${JSON.stringify(ended).slice(0, 500)}`);
    forget();
  }
}

const residentMbs: number[] = [];
const lanes = Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
for (let sample = 0; sample < SAMPLES; sample += 1) {
  await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / SAMPLES));
  residentMbs.push(residentMb());
}
await lanes;
await until(() => native.pool.active === 0, 60);
await native.closeNow();
await replEnv.closeNow();
await repls.close();

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const quarter = SAMPLES / 4;
const [early, late] = [residentMbs.slice(quarter, 2 * quarter), residentMbs.slice(-quarter)].map(median);
const growth = 100 * ((late ?? 0) / (early ?? 1) - 1);
console.log(
  `${episodes} episodes in ${seconds} s, ${failures.length} failed; memory ${early?.toFixed(0)} MB, then ${late?.toFixed(0)} MB: ${growth.toFixed(1)} % (at most ${maxGrowthPercent} %)`,
);
for (const failure of failures.slice(0, 3)) console.error(failure);
process.exitCode = failures.length === 0 && growth <= maxGrowthPercent ? 0 : 1;
