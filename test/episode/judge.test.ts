import { expect, it } from "vitest";
import { brokenChecksum } from "../../src/record/checksums.ts";
import { RLMEnv } from "../../src/env/env.ts";
import { ModelError } from "../../src/errors.ts";
import type { Judge } from "../../src/episode/contract.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import type { Reward } from "../../src/rewards/reward.ts";
import type { Problem } from "../../src/types.ts";

const problem: Problem = {
  task: { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};
const problems = {
  name: "one",
  size: 1,
  async *[Symbol.asyncIterator]() {
    yield await Promise.resolve(problem);
  },
};
/** An interpreter on which no code runs. */
const idle = {
  start: () => Promise.resolve(),
  exec: () => Promise.reject(new Error("nothing runs here")),
  close: () => Promise.resolve(),
};
const repls = { acquire: () => Promise.resolve(idle), release: () => Promise.resolve(), close: idle.close };
const byJudgement: Reward = ({ judgement }) => {
  const score = judgement === "yes" ? 1 : 0;
  return { total: score, score, terms: {} };
};

function envWith(judge: Judge): RLMEnv {
  const limits = { maxCalls: 1 };
  return new RLMEnv({ name: "e", problems, repls, priceOf: () => 1, reward: byJudgement, judge, limits });
}

it("records a judge's finding before the reward reads the record, and books its calls in the ledger", async () => {
  const env = envWith({
    model: scriptedModel(["unsure", "yes"], "judge"),
    judge: async ({ answer }, { answers }, ask) => {
      await ask([{ role: "user", content: `is ${answer?.text} ${answers[0]}?` }]);
      return ask([{ role: "user", content: "sure?" }]);
    },
  });
  await env.reset();
  const { reward } = await env.step({ answer: "forty-two" });
  expect(reward).toBe(1);
  expect(env.trajectory.judgement).toBe("yes");
  expect(env.trajectory.metrics.afterRight).toBeNull();
  expect(env.trajectory.totals.calls).toBe(2);
  expect(env.trajectory.metrics.depths[0]?.calls.judge).toBe(2);
  expect(brokenChecksum(env.trajectory)).toBeFalsy();
  expect(env.trajectory.calls.map(({ purpose, prompt }) => [purpose, prompt])).toEqual([
    ["judge", "is forty-two 42?"],
    ["judge", "sure?"],
  ]);
});

it("treats a failing judge as an infrastructure error, and gives no reward", async () => {
  const down = () => Promise.reject(new ModelError("refused", { kind: "unreachable" }));
  const env = envWith({
    model: { ...scriptedModel([], "judge"), complete: down },
    judge: (_, __, ask) => ask([{ role: "user", content: "?" }]),
  });
  await env.reset();
  const { reward, info } = await env.step({ answer: "42" });
  expect([reward, info.stopReason]).toEqual([null, "infra_error"]);
  expect(env.trajectory.error).toEqual({ kind: "judge_unreachable", message: "refused" });
  expect(env.trajectory.calls).toMatchObject([{ purpose: "judge", error: "refused" }]);
});
