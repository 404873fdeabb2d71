/** Time-outs of sub-calls: those of the policy's making are scored, and those of the server are faults. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { ModelError } from "../../src/errors.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Task } from "../../src/types.ts";

const TASK: Task = { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} };
const REFERENCE = { taskId: "t", answers: ["7"], metadata: {} };
const SPENT = { promptTokens: 9, completionTokens: 2, cachedTokens: 0 };

/** A server that is too slow for prompts of more than so many characters. */
function slowServer(
  most: number,
  error = new ModelError("slow: no answer in time", { kind: "timeout" }),
): Model {
  return {
    name: "slow",
    simulated: false,
    complete: async ({ messages }) => {
      if (messages.at(-1)!.content.length > most) throw error;
      return {
        text: "fine",
        toolCalls: [],
        finishReason: "stop",
        model: "slow",
        usage: SPENT,
        usageSource: "reported",
        attempts: await Promise.resolve(1),
      };
    },
  };
}

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool({ graceMs: 300 });
});
afterAll(() => pool.close());

async function play(code: string, options: Partial<RLMEnvOptions>): Promise<Trajectory> {
  const policy = scriptedModel([`\`\`\`repl\n${code}\n\`\`\``, "FINAL(7)"]);
  const env = new RLMEnv({
    name: "test",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: ({ answer }) => ({ total: Number(answer?.text === "7"), score: 0, terms: {} }),
    repls: pool,
    priceOf: (_, { promptTokens }) => promptTokens,
    ...options,
  });
  try {
    const reset = { task: TASK, reference: REFERENCE, seed: 1 };
    return await rolloutEpisode(env, { policy: modelPolicy(policy), reset });
  } finally {
    await env.close();
  }
}

/** Plays the record again, as it comes out of a file. */
async function differenceInReplay(record: Trajectory) {
  const kept = JSON.parse(JSON.stringify(record)) as Trajectory;
  return (await replayEpisode(kept, TASK.context, { repls: pool })).difference;
}

const LONG = "'x' * 9000";
const pingsOf = ({ calls }: Trajectory) => calls.filter(({ purpose }) => purpose === "ping");

describe("a time-out of the policy's making", () => {
  it.each([
    ["llm_query", `try:\n  llm_query(${LONG})\nexcept Exception as error:\n  print(error)`],
    ["llm_query_batched", `print(llm_query_batched(['a', ${LONG}, 'b', ${LONG}]))`],
    ["rlm_query", `try:\n  rlm_query(${LONG})\nexcept Exception as error:\n  print(error)`],
  ])("in %s is told to its code, and the episode is scored", async (_, code) => {
    const record = await play(code, { subModels: [slowServer(2000)] });
    expect(record).toMatchObject({ status: "ok", error: null, reward: { total: 1 } });
    expect(record.turns[0]?.results[0]?.stdout).toContain("no answer in time");
    const slow = record.calls.filter(({ error }) => error !== null);
    expect(pingsOf(record)).toMatchObject([
      { reply: "fine", usage: SPENT, nanoDollars: 9, timedOut: slow.map(({ id }) => id), depth: 1, turn: 0 },
    ]);
    expect(record.totals.calls).toBe(record.calls.length);
    expect(await differenceInReplay(record)).toBeNull();
  });

  it("is known by the status of a proxy, too", async () => {
    const error = new ModelError("slow: failed (status 504)", { kind: "overloaded", status: 504 });
    const record = await play(`llm_query(${LONG})`, { subModels: [slowServer(2000, error)] });
    expect([record.status, record.reward?.total, pingsOf(record).length]).toEqual(["ok", 1, 1]);
    expect(await differenceInReplay(record)).toBeNull();
  });

  it("is its parent's in a child whose own prompt is too long", async () => {
    const code = `print(rlm_query(${LONG}, context='c'))`;
    const record = await play(code, { subModels: [slowServer(8000)], maxDepth: 2 });
    expect(record.children[0]?.error?.kind).toBe("policy_timeout");
    expect([record.status, record.reward?.total, pingsOf(record).length]).toEqual(["ok", 1, 1]);
    expect(await differenceInReplay(record)).toBeNull();
  });
});

describe("a time-out of a server that answers nothing", () => {
  it.each([
    ["llm_query('a')", 1, "model_timeout"],
    ["llm_query_batched(['a', 'b'])", 1, "model_timeout"],
    ["rlm_query('a')", 2, "policy_timeout"],
  ])("is a fault: %s", async (call, maxDepth, kind) => {
    const code = `try:\n  ${call}\nfinally:\n  answer.update(content='7', ready=True)`;
    const record = await play(code, { subModels: [slowServer(0)], maxDepth });
    expect(record).toMatchObject({ status: "infra_error", error: { kind }, reward: null });
    expect(pingsOf(record)).toMatchObject([{ error: "slow: no answer in time", usage: null }]);
    expect(await differenceInReplay(record)).toBeNull();
  });

  it("is a fault without a ping in records of earlier rules, which still replay", async () => {
    const record = await play(`llm_query(${LONG})`, { subModels: [slowServer(2000)], rules: "0.4.0" });
    expect(record).toMatchObject({ rules: "0.4.0", status: "infra_error", error: { kind: "model_timeout" } });
    expect(pingsOf(record)).toEqual([]);
    expect(await differenceInReplay(record)).toBeNull();
  });
});

describe("a ping", () => {
  it("shows nothing if the episode's time ends first", async () => {
    const busy: Model = {
      ...slowServer(0),
      complete: ({ messages }) =>
        messages[0]!.content.length > 2000
          ? Promise.reject(new ModelError("slow: no answer in time", { kind: "timeout" }))
          : new Promise(() => {}),
    };
    const code = `answer['content'] = '7'\nllm_query(${LONG})`;
    const record = await play(code, { subModels: [busy], limits: { maxSeconds: 3 } });
    expect(record).toMatchObject({ status: "ok", stopReason: "max_seconds", reward: { total: 1 } });
    expect(pingsOf(record)).toMatchObject([{ reply: null, usage: null }]);
    expect(await differenceInReplay(record)).toBeNull();
  });

  it("is sent though the policy has spent its budget on the call before", async () => {
    const limits = { maxCalls: 2 };
    const record = await play(`llm_query(${LONG})`, { subModels: [slowServer(0)], limits });
    expect(record).toMatchObject({ status: "infra_error", error: { kind: "model_timeout" } });
    const spared = await play(`llm_query(${LONG})`, { subModels: [slowServer(2000)], limits });
    expect(spared).toMatchObject({ status: "ok", stopReason: "max_calls" });
    expect(await differenceInReplay(spared)).toBeNull();
  });
});
