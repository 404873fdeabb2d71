/** What one reply was worth: rewards and costs without it, from the recording alone. */
import { afterAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import type { Model } from "../../src/models/model.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { specReward } from "../../src/rewards/from-spec.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { counterfactualCredit } from "../../src/replay/counterfactual.ts";
import type { Trajectory } from "../../src/trajectory.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const reference = { taskId: "t", answers: ["42"], metadata: {} };
const task = { id: "t", dataset: "d", question: "?", context: "text", contextTokens: 100, metadata: {} };
/** The share of the gold's two digits that the answer holds, and a token's price for every token. */
const score = (answer: string) => ["4", "2"].filter((digit) => answer.includes(digit)).length / 2;
const reward = specReward({ terms: { cost: { type: "linear_cost", weight: 0.01 } } }, score);

/** Replies with the prompt's last character, for 10 tokens and as many as the prompt is long. */
const echo: Model = {
  name: "echo",
  simulated: false,
  complete: ({ messages }) => {
    const prompt = messages.at(-1)!.content;
    const usage = { promptTokens: prompt.length, completionTokens: 10, cachedTokens: 0 };
    const facts = { toolCalls: [], finishReason: "stop", model: "echo", attempts: 1 } as const;
    return Promise.resolve({ text: prompt.slice(-1), usage, usageSource: "reported", ...facts });
  },
};
const blocks = (...codes: string[]): Policy =>
  scriptedPolicy("blocks", function* () {
    for (const code of codes) yield { code };
  });

async function credit(policy: Policy, parts: Partial<RLMEnvOptions> = {}, unrecorded?: () => Model) {
  const env = new RLMEnv({
    name: "e",
    problems: { name: "d", size: 1, async *[Symbol.asyncIterator]() {} },
    reward,
    repls: pool,
    priceOf: (_, { promptTokens, completionTokens }) => promptTokens + completionTokens,
    subModels: [echo],
    ...parts,
  });
  const record = await rolloutEpisode(env, { policy, reset: { seed: 1, task, reference, rolloutId: "r" } });
  await env.close();
  const saved = JSON.parse(JSON.stringify(record)) as Trajectory;
  const found = await counterfactualCredit(saved, {
    context: task.context,
    reference,
    reward,
    repls: pool,
    ...(unrecorded && { unrecorded }),
  });
  expect(found.reward).toEqual(saved.reward);
  return found.credits;
}

describe("counterfactual credit", () => {
  it("is the score that a reply brought, less what it cost", async () => {
    const credits = await credit(
      blocks('a, b, c = llm_query_batched(["a 4", "bb 2", "c x"])', "FINAL(a + b + c)"),
    );
    // prompts of 3, 4 and 3 tokens and 10 each: 13, 14, 13 hundredths of a reading, at 0.01 a reading
    expect(credits.map(({ callId, tokens, nanoDollars }) => [callId, tokens, nanoDollars])).toEqual([
      [1, 13, 13],
      [2, 14, 14],
      [3, 13, 13],
    ]);
    expect(credits.map((one) => one.score)).toEqual([0.5, 0.5, 0]);
    for (const [index, expected] of [0.5 - 0.0013, 0.5 - 0.0014, -0.0013].entries())
      expect(credits[index]!.reward).toBeCloseTo(expected, 12);
  });

  it("ends the episode where it needed the reply, and follows what came of it", async () => {
    const policy = () => blocks('a = llm_query("a 4")', 'b = llm_query("then " + a)', "FINAL(a + a[0] + b)");
    const alone = await credit(policy());
    // Without a there is no a[0]: no answer. Asked without the first reply, nobody knows the second; it costs nothing then.
    expect(alone.map((one) => [one.score, one.unrecorded])).toEqual([
      [0.5, 1],
      [0, 0],
    ]);
    expect(alone[0]!.tokens).toBe(13 + 16);
    const answered = await credit(policy(), {}, () => echo);
    expect(answered[0]).toMatchObject({ score: 0.5, unrecorded: 1, tokens: 13 + 16 - 15 });
  });

  it("is given to children, and to the calls that they made", async () => {
    const child = () => blocks("x = llm_query(context)", "FINAL(x)");
    const credits = await credit(blocks('x = rlm_query("q", "k 4")', "FINAL(x + '2')"), {
      maxDepth: 3,
      childPolicy: child,
    });
    expect(credits.map((one) => [one.callId, one.depth, one.score, one.tokens])).toEqual([
      [null, 1, 0.5, expect.any(Number) as number],
      [expect.any(Number) as number, 2, 0.5, 13],
    ]);
    expect(credits[0]!.tokens).toBeGreaterThanOrEqual(13);
  });

  it("is refused for a record that does not run again as it was", async () => {
    const env = new RLMEnv({
      name: "e",
      reward,
      repls: pool,
      priceOf: () => 1,
      subModels: [echo],
      problems: { name: "d", size: 1, async *[Symbol.asyncIterator]() {} },
    });
    const policy = blocks('FINAL(llm_query("4"))');
    const record = await rolloutEpisode(env, { policy, reset: { seed: 1, task, reference } });
    await env.close();
    const changed = { ...record, calls: record.calls.map((call) => ({ ...call, reply: "5" })) };
    await expect(
      counterfactualCredit(changed, { context: task.context, reference, reward, repls: pool }),
    ).rejects.toThrow(/its replay differs from the record/);
  });
});
