/** Every model that an episode uses learns from its server what it is, before the episode begins. */
import { afterAll, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

/** A model that counts how often it is prepared, and knows its window from then on. */
function learning(name: string, replies: readonly string[]): Model & { readonly asked: () => number } {
  const model = scriptedModel(replies, name);
  let asked = 0;
  return {
    name,
    simulated: false,
    get windowTokens() {
      return asked > 0 ? 9_000 : undefined;
    },
    prepare: async () => {
      asked += 1;
    },
    complete: (...call) => model.complete(...call),
    asked: () => asked,
  };
}

function envOf(subModels: readonly Model[], judge: Model) {
  const task = { id: "t", dataset: "d", question: "?", context: "42", contextTokens: 1, metadata: {} };
  const reference = { taskId: "t", answers: ["42"], metadata: {} };
  return new RLMEnv({
    name: "e",
    problems: {
      name: "d",
      size: 1,
      at: async () => ({ task, reference }),
      async *[Symbol.asyncIterator]() {},
    },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: pool,
    priceOf: () => 0,
    subModels,
    judge: { model: judge, judge: (_, __, ask) => ask([{ role: "user", content: "right?" }]) },
  });
}

it("of a rollout: the policy's, every sub-model, and the judge's", async () => {
  const [first, second, judge] = [learning("first", []), learning("second", []), learning("judge", ["yes"])];
  const policy = learning("policy", ["FINAL(42)"]);
  const env = envOf([first, second], judge);
  const trajectory = await rolloutEpisode(env, { policy: modelPolicy(policy), reset: { seed: 0 } });
  await env.close();
  for (const model of [policy, first, second, judge]) expect(model.asked()).toBeGreaterThan(0);
  expect(trajectory).toMatchObject({
    policyModel: { windowTokens: 9_000 },
    tape: {
      subModels: [
        { name: "first", windowTokens: 9_000 },
        { name: "second", windowTokens: 9_000 },
      ],
    },
  });
});

it("of an episode that is stepped by hand", async () => {
  const [sub, judge] = [learning("sub", []), learning("judge", ["yes"])];
  const env = envOf([sub], judge);
  await env.reset({ seed: 0 });
  expect([sub.asked(), judge.asked()]).toEqual([1, 1]);
  expect(env.messages[0]!.content).toContain("20,000 characters");
  await env.close();
});
