/** Ways in which a policy might leave its episode without a reward: each is scored, as its own doing. */
import { pythonOf } from "../../src/languages/python/python.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browseCompJudge } from "../../datasets/browsecomp/judge.ts";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { Budget } from "../../src/cost/budget.ts";
import { boundedTools } from "../../src/episode/tools/host-tools.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { ModelError, type ModelErrorKind } from "../../src/errors.ts";
import { MOST_LINE_CHARS } from "../../src/files/append-log.ts";
import type { Model } from "../../src/models/model.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Message, Task } from "../../src/types.ts";

const TASK: Task = { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} };
const REFERENCE = { taskId: "t", answers: ["7"], metadata: {} };
const fence = (code: string) => `\`\`\`repl\n${code}\n\`\`\``;

/** Replies in order, and rejects every prompt in which the word stands, as content filters do. */
function touchy(replies: readonly string[], word = "forbidden", kind: ModelErrorKind = "rejected"): Model {
  let next = 0;
  return {
    name: "touchy",
    simulated: true,
    complete: async ({ messages }: { readonly messages: readonly Message[] }) => {
      if (messages.some(({ content }) => content.includes(word)))
        throw new ModelError("touchy: rejects the request", { kind, status: 400 });
      return {
        text: replies[next++ % replies.length]!,
        toolCalls: [],
        finishReason: "stop",
        model: "touchy",
        usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 },
        usageSource: "simulated",
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

async function play(policy: Model, options: Partial<RLMEnvOptions> = {}): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "test",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: ({ answer }) => ({ total: Number(answer?.text === "7"), score: 0, terms: {} }),
    repls: pool,
    priceOf: () => 0,
    ...options,
  });
  try {
    const reset = { task: TASK, reference: REFERENCE, seed: 1 };
    return await rolloutEpisode(env, { policy: modelPolicy(policy), reset });
  } finally {
    await env.close();
  }
}

describe("a prompt that the policy's model rejects", () => {
  it("ends the episode, scored as it stands, where a turn of the policy led to it", async () => {
    const standing = "answer['content'] = '7'; print('for' + 'bidden')";
    const record = await play(touchy([fence(standing)]));
    expect(record).toMatchObject({ status: "ok", error: null, stopReason: "rejected" });
    expect(record.answer).toEqual({ text: "7", source: "standing" });
    expect(record.reward?.total).toBe(1);
    expect(record.calls.at(-1)).toMatchObject({ purpose: "policy", error: "touchy: rejects the request" });
    const { difference } = await replayEpisode(record, TASK.context, { repls: pool });
    expect(difference).toBeNull();
  });

  it("is the parent's doing in a child, from the first prompt on", async () => {
    const policy = touchy(
      [fence("print(rlm_query('for' + 'bidden', context='c'))"), "FINAL(7)"],
      "none of it",
    );
    const record = await play(policy, { maxDepth: 2, subModels: [touchy(["FINAL(1)"])] });
    expect(record.turns[0]?.results[0]?.stdout).toContain("ended without an answer: rejected");
    expect([record.status, record.reward?.total]).toEqual(["ok", 1]);
    expect(record.children[0]).toMatchObject({ status: "ok", stopReason: "rejected" });
    const { difference } = await replayEpisode(record, TASK.context, { repls: pool });
    expect(difference).toBeNull();
  });

  it("is a fault where it is the environment's own, and a recorded fault stays one", async () => {
    const record = await play(touchy(["FINAL(7)"], "?"));
    expect(record).toMatchObject({ status: "infra_error", error: { kind: "policy_rejected" }, reward: null });
    const later = await play(touchy([fence("print('for' + 'bidden')")]));
    const error = { kind: "policy_rejected", message: "touchy: rejects the request" };
    // As earlier versions recorded it.
    const { seals: _, ...old } = {
      ...later,
      status: "infra_error" as const,
      stopReason: "infra_error" as const,
      error,
    };
    const again = await replayEpisode(old, TASK.context, { repls: pool });
    expect(again.trajectory).toMatchObject({ status: "infra_error", error, stopReason: "infra_error" });
  });
});

describe("an answer that the judge's model does not take", () => {
  const judged = (kind: ModelErrorKind) =>
    play(touchy(["FINAL(forbidden)"], "none of it"), {
      judge: browseCompJudge(touchy(["correct: yes"], "[response]: forbidden", kind)),
    });

  it.each<ModelErrorKind>(["rejected", "filtered", "window"])("is wrong: %s", async (kind) => {
    const record = await judged(kind);
    expect(record).toMatchObject({ status: "ok", judgement: { correct: false, readable: false } });
    expect(record.reward).not.toBeNull();
  });

  it("is left without a verdict where the judge takes no other either", async () => {
    const judge = browseCompJudge(touchy(["correct: yes"], "[question]"));
    const record = await play(touchy(["FINAL(7)"]), { judge });
    expect(record).toMatchObject({ status: "infra_error", error: { kind: "judge_rejected" } });
  });
});

describe("a record that is made to be too long", () => {
  it("ends by the limit of calls before that, though each character takes six in it", async () => {
    const code = "for _ in range(40):\n  llm_query_batched(['\\0' * 5_000_000])";
    const record = await play(touchy([fence(code)]), {
      subModels: [touchy(["FINAL(1)"])],
      limits: { maxTokens: 2_000_000_000 },
    });
    expect([record.status, record.stopReason]).toEqual(["ok", "max_calls"]);
    expect(JSON.stringify(record).length).toBeLessThan(MOST_LINE_CHARS);
  });

  it("is bounded in answers that stand after each turn", async () => {
    const code =
      "answer['content'] = chr(1 + len(globals().setdefault('h', [])) % 7) * 1_000_000; h.append(1)";
    const record = await play(touchy([fence(code)]), { limits: { maxTurns: 100 } });
    expect([record.status, record.stopReason]).toEqual(["ok", "max_calls"]);
    expect(record.turns.length).toBeLessThan(60);
  });

  it("is bounded in calls of a tool that hardly say a word", async () => {
    const limits: string[] = [];
    const bounds = new Budget({ maxCalls: 100_000, maxTokens: 1e9, maxDollars: 1e9 });
    const look = { source: "def look():", call: () => Promise.resolve({ result: "" }) };
    const tools = boundedTools(look, pythonOf(), bounds, (limit) => limits.push(limit));
    for (let calls = 0; calls < 1_000_000 && limits.length === 0; calls += 1) await tools.call("look", {});
    expect(limits).toEqual(["calls"]);
  });
});
