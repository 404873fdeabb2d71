/** Names of megabytes in Python. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Task } from "../../src/types.ts";

const TASK: Task = { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} };
const fence = (code: string) => `\`\`\`repl\n${code}\n\`\`\``;

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool({ graceMs: 300 });
});
afterAll(() => pool.close());

async function play(replies: readonly string[], options: Partial<RLMEnvOptions>): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "test",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: ({ answer }) => ({ total: Number(answer?.text === "7"), score: 0, terms: {} }),
    repls: pool,
    priceOf: () => 0,
    ...options,
  });
  try {
    const reset = { task: TASK, reference: { taskId: "t", answers: ["7"], metadata: {} }, seed: 1 };
    return await rolloutEpisode(env, { policy: modelPolicy(scriptedModel(replies)), reset });
  } finally {
    await env.close();
  }
}

describe("a name of megabytes in Python", () => {
  const chars = 4_000_000;
  it.each([
    ["an identifier", `exec('a' * ${chars} + ' = 1')\nprint('done')`],
    ["an unknown identifier", `eval('a' * ${chars})`],
    ["a key", `{}['k' * ${chars}]`],
    ["a keyword argument", `(lambda: 1)(**{'k' * ${chars}: 1})`],
    ["a keyword argument of a sub-call", `llm_query('a', **{'k' * ${chars}: 1})`],
    ["an attribute", `getattr(object(), 'a' * ${chars})`],
    ["an exception's class", `raise type('E' * ${chars}, (Exception,), {})('m')`],
    ["an exception's message", `raise ValueError('m' * ${chars})`],
    ["a module", `__import__('m' * ${chars})`],
    ["a model", `llm_query('a', model='m' * ${chars})`],
  ])("ends as an observation within the limits: %s", async (_, code) => {
    const record = await play([fence(code), "FINAL(7)"], { subModels: [scriptedModel(["x"])] });
    expect([record.status, record.reward?.total]).toEqual(["ok", 1]);
    expect(record.turns[0]!.observation.length).toBeLessThan(record.limits.maxOutputChars + 2000);
    expect(JSON.stringify(record.turns[0]!.results).length).toBeLessThan(100_000);
  });
});
