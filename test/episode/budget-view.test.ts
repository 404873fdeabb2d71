import { afterAll, describe, expect, it } from "vitest";
import { rollout } from "../../envs/rollout.ts";
import { RLMEnv } from "../../src/env/env.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { BudgetView } from "../../src/episode/budget-view.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const task = { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} };

async function play(budgetView?: BudgetView) {
  const policy = scriptedPolicy("looking", function* () {
    yield { code: "print(llm_query('one'))" };
    yield { code: "print(BUDGET() if 'BUDGET' in globals() else 'no budget')" };
    yield { answer: "done" };
  });
  const env = new RLMEnv({
    name: "e",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    repls: pool,
    subModels: [scriptedModel(["two"])],
    priceOf: (_, { promptTokens, completionTokens }) => 100 * (promptTokens + completionTokens),
    reward: successGatedCost(() => 1, 0),
    limits: { maxCalls: 50, maxTokens: 100_000, maxTurns: 5 },
    ...(budgetView && { budgetView }),
  });
  try {
    return await rolloutEpisode(env, { policy, reset: { task, seed: 0 } });
  } finally {
    await env.close();
  }
}

describe("the view of the budget", () => {
  it("is a function that tells what is left, and what the last turn cost", async () => {
    const record = await play("function");
    expect(record.budgetView).toBe("function");
    expect(record.systemPrompt).toContain("BUDGET() -> object");
    const [call] = record.toolCalls;
    // Three calls by then: two turns of the policy, and the sub-call.
    expect(call).toMatchObject({ name: "BUDGET", result: { calls: 47, turns: 4 } });
    const { tokens, last_turn } = call!.result as unknown as {
      tokens: number;
      last_turn: { tokens: number };
    };
    const used = record.calls.slice(0, 3).map(({ usage }) => usage!.promptTokens + usage!.completionTokens);
    expect(tokens).toBe(100_000 - used[0]! - used[1]! - used[2]!);
    expect(last_turn.tokens).toBe(used[0]! + used[1]!);
    expect(record.turns[0]!.observation).not.toContain("budget left");
  });

  it("is also a line in each observation, if asked", async () => {
    const record = await play("line");
    for (const { observation, budget } of record.turns) {
      expect(observation).toContain(`(budget left: ${budget!.calls} calls, ${budget!.tokens} tokens, $`);
      expect(observation).toContain(`your last turn took ${budget!.lastTurn.tokens} tokens`);
    }
  });

  it("is nothing without being asked for, and leaves no trace in the record", async () => {
    const record = await play();
    expect(record.turns[1]!.observation).toContain("no budget");
    expect(record).not.toHaveProperty("budgetView");
    expect(record.tape!.toolSource).toBeNull();
  });

  it.each(["function", "line"] as const)("replays byte for byte: %s", async (view) => {
    const record = await play(view);
    const again = await replayEpisode(record, "c", { repls: pool });
    expect(again.difference).toBeNull();
    expect(again.trajectory!.turns.map(({ budget }) => budget)).toEqual(
      record.turns.map(({ budget }) => budget),
    );
  });

  it("has a name that no tool may have, and two forms", () => {
    const options = {
      name: "e",
      problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
      repls: pool,
      priceOf: () => 0,
      reward: successGatedCost(() => 1, 0),
    };
    expect(() => new RLMEnv({ ...options, budgetView: "all" as BudgetView })).toThrow(
      "budgetView: expected function or line",
    );
  });
});

describe("frugal", () => {
  it("answers within a budget that cuts map-reduce, from the parts that promise most", async () => {
    const records = await rollout("s-niah", {
      options: { length: "32k" },
      policy: ["map-reduce", "frugal"],
      episodes: 2,
      seed: 1,
      limits: { maxTokens: 40_000 },
    });
    const scores = (policy: string) =>
      records.filter((one) => one.policy === policy).map((one) => one.reward!.score);
    expect(scores("map-reduce")).toEqual([0, 0]);
    expect(scores("frugal")).toEqual([1, 1]);
    for (const { totals } of records)
      expect(totals.promptTokens + totals.completionTokens).toBeLessThanOrEqual(40_000);
  });
});
