// @ts-check
/** Plays the recipe in a process of its own, and prints one line of JSON about what the episodes of its window took. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { PyodideReplPool, rollout } from "../../../dist/index.js";
import { processorTime, profiled } from "./parts.js";
import { PLAYED, recipe } from "./recipe.js";

const { atOnce, episodes, warmUp, profiledEpisodes, processes, port } = PLAYED;
const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-bench-"));
const module = new URL("./recipe.js", import.meta.url);
const repls = processes > 1 ? null : new PyodideReplPool({ size: 2 });
const run = rollout(recipe.environment, {
  ...recipe.options,
  ...(repls ? { repls } : { processes: { count: processes, module } }),
  concurrency: atOnce,
  out: path.join(folder, "run"),
});
const serverMs = async () => Number(await (await fetch(`http://127.0.0.1:${port}/cpu`)).text());

const before = process.memoryUsage().rss;
let most = before;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
const records = run[Symbol.asyncIterator]();
/** @param {number} count */
const take = async (count) => {
  for (let taken = 0; taken < count; taken += 1) {
    const { value } = await records.next();
    if (value?.status !== "ok" || value.reward?.score !== 1)
      throw new Error(`an episode did not end well: ${value?.error?.message ?? value?.status}`);
  }
};

// Interpreters start, and code is compiled, before anything is counted. After the window, others play on: no place is empty in it.
await take(warmUp);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const server = await serverMs();
const startedAt = performance.now();
const cpu = await processorTime(() => take(episodes));
const wallMs = performance.now() - startedAt;
delay.disable();
const played = { wallMs, cpu, serverMs: (await serverMs()) - server };
clearInterval(watch);
const parts = await profiled(() => take(profiledEpisodes));
// Leaving cuts the episodes that are under way.
await records.return?.(undefined);
await repls?.close();
await rm(folder, { recursive: true });
const delayMs = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
process.stdout.write(
  `${JSON.stringify({ ...played, parts, delayMs, bytesEach: (most - before) / atOnce })}\n`,
);
process.exit(0);
