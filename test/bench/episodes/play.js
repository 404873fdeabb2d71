// @ts-check
/** Plays the recipe in a process of its own, and prints one line of JSON about what it took. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { PyodideReplPool, rollout } from "../../../dist/index.js";
import { profiled } from "./parts.js";
import { PLAYED, recipe } from "./recipe.js";

const { atOnce, episodes, processes } = PLAYED;
const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-bench-"));
const module = new URL("./recipe.js", import.meta.url);
const many = processes > 1 ? { processes: { count: processes, module } } : {};
const repls = processes > 1 ? null : new PyodideReplPool({ size: 2 });

/** @param {number} count @param {string} name */
const play = (count, name) =>
  rollout(recipe.environment, {
    ...recipe.options,
    ...many,
    ...(repls && { repls }),
    episodes: count,
    concurrency: atOnce,
    out: path.join(folder, name),
  });

// Interpreters start, and code is compiled, before anything is timed.
if (repls) await play(Math.min(episodes, Math.max(8, atOnce)), "warm-up");
const before = process.memoryUsage().rss;
let most = before;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const startedAt = performance.now();
const { cpu, parts } = await profiled(async () => {
  const ended = await play(episodes, "run");
  const fine = ended.filter(({ status, reward }) => status === "ok" && reward?.score === 1).length;
  if (fine !== episodes) throw new Error(`${fine} of ${episodes} episodes ended well`);
});
const wallMs = performance.now() - startedAt;
delay.disable();
clearInterval(watch);
await repls?.close();
await rm(folder, { recursive: true });
const delayMs = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
process.stdout.write(
  `${JSON.stringify({ wallMs, cpu, parts, delayMs, bytesEach: (most - before) / atOnce })}\n`,
);
process.exit(0);
