/** Ten thousand episodes on two workers: memory must stay flat, and no worker or port may be left. */
import { readFileSync } from "node:fs";
import { PyodideReplPool } from "../../src/repl/pool.ts";
import type { HostCallHandler } from "../../src/repl/repl.ts";

const EPISODES = 10_000;
const SAMPLES = 10;
const AT_ONCE = 2;
const LIMITS = { timeoutMs: 10_000, maxOutputChars: 2000 };
const onCall: HostCallHandler = (call) => Promise.resolve({ replies: call.prompts.map((prompt) => prompt) });

export async function run({ json }: { json: boolean }): Promise<void> {
  const pool = new PyodideReplPool({ size: 2 });
  const residentMbs: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await runEpisodes(pool, EPISODES / SAMPLES);
    residentMbs.push(residentMb());
  }
  await pool.close();
  const handles = process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name));
  const result = { episodes: EPISODES, residentMbs, handles };
  console.log(json ? JSON.stringify(result) : result);
}

async function runEpisodes(pool: PyodideReplPool, count: number): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let episode = next++; episode < count; episode = next++) {
      const repl = await pool.acquire();
      await repl.start({ context: ["x".repeat(2000), String(episode)], seed: episode, onCall });
      await repl.exec("parts = [c.upper() for c in context]\nopen('/tmp/f', 'w').write(parts[0])", LIMITS);
      await repl.exec("replies = llm_query_batched(parts)\nFINAL(replies[1])", LIMITS);
      await pool.release(repl);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

function residentMb(): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
