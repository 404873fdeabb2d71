/** Shows how long 200 prompts of one batch take at 50 ms each where 32 may be under way: `tsx test/stress/batch.ts`. */
import { setTimeout as sleep } from "node:timers/promises";
import { RLMEnv } from "../../src/env/env.ts";
import type { Model } from "../../src/models/model.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { Problem } from "../../src/types.ts";

const PROMPTS = 200;
const LATENCY_MS = 50;
const LIMIT = 32;
const MOST = 1.15;

const problem: Problem = {
  task: { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} },
  reference: { taskId: "t", answers: ["-"], metadata: {} },
};
const slow: Model = {
  name: "slow",
  simulated: true,
  async complete() {
    await sleep(LATENCY_MS);
    const usage = { promptTokens: 10, completionTokens: 1, cachedTokens: 0 };
    const facts = { toolCalls: [], finishReason: "stop", model: "slow", usageSource: "simulated" } as const;
    return { ...facts, text: "r", usage, attempts: 1 };
  },
};

const repls = new PyodideReplPool();
const env = new RLMEnv({
  name: "batch",
  problems: {
    name: "one",
    size: 1,
    async *[Symbol.asyncIterator]() {
      yield await Promise.resolve(problem);
    },
  },
  reward: successGatedCost(() => 0),
  repls,
  subModels: [slow],
  priceOf: () => 0,
  callsInFlight: LIMIT,
});
await env.reset();
await env.step({ code: "llm_query_batched(['warm'])" });
const startedAt = performance.now();
await env.step({ code: `llm_query_batched([str(i) for i in range(${PROMPTS})])` });
const ms = performance.now() - startedAt;
const idealMs = Math.ceil(PROMPTS / LIMIT) * LATENCY_MS;
console.log(
  `${PROMPTS} prompts in ${ms.toFixed(0)} ms; the ideal is ${idealMs} ms (×${(ms / idealMs).toFixed(3)}, at most ×${MOST})`,
);
process.exitCode = ms <= MOST * idealMs ? 0 : 1;
await env.close();
await repls.close();
