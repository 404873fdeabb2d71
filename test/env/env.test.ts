import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { EnvStateError, ModelError, ReplError } from "../../src/errors.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { ReplPool } from "../../src/repl/repl.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import type { Action, Dialect, Limits, Problem } from "../../src/types.ts";
import { sharedPool } from "../shared-pool.ts";

const { pool } = sharedPool();
afterAll(() => pool.close());

const problem: Problem = {
  task: {
    id: "t",
    dataset: "d",
    question: "What is it?",
    context: "it is 42",
    contextTokens: 4,
    metadata: {},
  },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};
const problems = {
  name: "one",
  size: 1,
  async *[Symbol.asyncIterator]() {
    yield await Promise.resolve(problem);
  },
};
const exact = (answer: string, gold: { answers: readonly string[] }) => (answer === gold.answers[0] ? 1 : 0);

function envWith(
  parts: {
    limits?: Partial<Limits>;
    dialect?: Dialect;
    subModels?: readonly Model[];
    repls?: ReplPool;
    severalBlocks?: boolean;
  } = {},
): RLMEnv {
  return new RLMEnv({
    name: "e",
    problems,
    reward: successGatedCost(exact, 0),
    repls: pool,
    priceOf: () => 1,
    ...parts,
  });
}

describe("RLMEnv", () => {
  let env: RLMEnv;
  beforeAll(() => {
    env = envWith();
  });

  it("refuses a step before a reset, after the end, and after close, and says which", async () => {
    const fresh = envWith();
    await expect(fresh.step("FINAL(1)")).rejects.toThrow(/call reset first/);
    await fresh.reset();
    await fresh.step("FINAL(1)");
    await expect(fresh.step("FINAL(1)")).rejects.toThrow(/has ended/);
    await fresh.close();
    await fresh.close();
    await expect(fresh.step("FINAL(1)")).rejects.toThrow(EnvStateError);
  });

  it("tells the policy the question and the context's type and length, and not the context", async () => {
    const { observation } = await env.reset();
    expect(observation.text).toContain("What is it?");
    expect(observation.text).toContain("str of 8 characters");
    expect(observation.text).not.toContain("42");
  });

  it("keeps state over turns and shows output and the last value", async () => {
    await env.reset();
    await env.step({ code: "x = 41" });
    const { observation, terminated, truncated } = await env.step("```repl\nprint('hi')\nx + 1\n```");
    expect(observation.text).toContain("hi\n42");
    expect([terminated, truncated]).toEqual([false, false]);
  });

  it.each([
    ["the answer dict", 'answer["content"] = context[-2:]; answer["ready"] = True', "answer_dict"],
    ["FINAL in code", "FINAL(context[-2:])", "final"],
    ["FINAL_VAR in code", "y = context[-2:]\nFINAL_VAR('y')", "final_var"],
  ])("takes an answer by %s", async (_, code, source) => {
    await env.reset();
    const { terminated, reward } = await env.step({ code });
    expect(terminated).toBe(true);
    expect(reward).toBe(1);
    expect(env.trajectory.answer).toEqual({ text: "42", source });
  });

  it("takes an answer in text, and one that is the action", async () => {
    await env.reset();
    expect((await env.step("FINAL(42)")).reward).toBe(1);
    await env.reset();
    expect((await env.step({ answer: "42" })).reward).toBe(1);
    expect(env.trajectory.answer?.source).toBe("action");
  });

  it("takes FINAL_VAR written as text after the code beside it", async () => {
    await env.reset();
    const result = await env.step("```repl\nz = context.split()[-1]\n```\nFINAL_VAR(z)");
    expect(result.info.answer).toBe("42");
  });

  it("stops a completion's blocks at the first that fails, and says how many were not run", async () => {
    const several = envWith({ severalBlocks: true });
    await several.reset();
    const { observation } = await several.step("```repl\n1/0\n```\n```repl\nprint('later')\n```");
    await several.close();
    expect(observation.text).toContain("ZeroDivisionError");
    expect(observation.text).toContain("1 more block(s) were not run");
    expect(observation.results).toHaveLength(1);
  });

  it("answers an unreadable completion with what was expected", async () => {
    await env.reset();
    const { observation, truncated } = await env.step("I would say 42.");
    expect(observation.invalid).toContain("```repl");
    expect(observation.text).toContain("```repl");
    expect(truncated).toBe(false);
  });

  it("truncates at the turn limit and takes the standing answer", async () => {
    const short = envWith({ limits: { maxTurns: 2 } });
    await short.reset();
    await short.step({ code: 'answer["content"] = "42"' });
    const last = await short.step({ code: "1" });
    expect([last.terminated, last.truncated, last.info.stopReason]).toEqual([false, true, "max_turns"]);
    expect(short.trajectory.answer).toEqual({ text: "42", source: "standing" });
    expect(last.reward).toBe(1);
    await short.close();
  });

  it("truncates when the tokens are spent, after Python has seen the refusal", async () => {
    const poor = envWith({ limits: { maxTokens: 2_000 }, subModels: [scriptedModel(["never sent"])] });
    await poor.reset();
    const code =
      "try:\n    llm_query('x' * 100)\nexcept RuntimeError as error:\n    print('refused:', error)";
    const { observation, truncated, info } = await poor.step({ code });
    expect(observation.text).toContain("refused: the token budget is spent");
    expect([truncated, info.stopReason]).toEqual([true, "max_tokens"]);
    await poor.close();
  });

  it("records a dead sub-model as an infra error without a reward", async () => {
    const dead: Model = {
      name: "dead",
      simulated: false,
      complete: () => Promise.reject(new ModelError("http://x: connection refused", { kind: "unreachable" })),
    };
    const broken = envWith({ subModels: [dead] });
    await broken.reset();
    const { reward, truncated, info } = await broken.step({ code: "llm_query('hi')" });
    expect([reward, truncated, info.stopReason]).toEqual([null, true, "infra_error"]);
    expect(broken.trajectory).toMatchObject({
      status: "infra_error",
      reward: null,
      error: { kind: "model_unreachable" },
    });
    await broken.close();
  });

  it("speaks the tool dialect: a native call runs, and the conversation answers it", async () => {
    const native = envWith({ dialect: "tool" });
    await native.reset();
    const toolCalls = [{ id: "c9", name: "call_python_repl", arguments: '{"code": "print(context)"}' }];
    await native.step({
      text: "",
      toolCalls,
      finishReason: "tool_calls",
      model: "m",
      usage: { promptTokens: 5, completionTokens: 5, cachedTokens: 0 },
      usageSource: "reported",
      attempts: 1,
    });
    const last = native.messages.at(-1);
    expect(last).toMatchObject({ role: "tool", toolCallId: "c9" });
    expect(last?.content).toContain("it is 42");
    await native.close();
  });

  it("gives no reward for the caller's own task without gold", async () => {
    await env.reset({ task: { ...problem.task, id: "mine" } });
    const { reward, terminated } = await env.step("FINAL(42)");
    expect([reward, terminated]).toEqual([null, true]);
    expect(env.trajectory.status).toBe("ok");
  });

  it("refuses a second step while one is running", async () => {
    await env.reset();
    const first = env.step({ code: "1" });
    await expect(env.step({ code: "2" })).rejects.toThrow(/under way/);
    await first;
  });

  it("names an invalid limit", () => {
    expect(() => envWith({ limits: { maxTurns: 0 } })).toThrow("maxTurns");
    expect(() => envWith({ limits: { maxTokens: 1.5 } })).toThrow("whole number");
  });

  it("plays a scripted model through the rollout loop, and counts its calls", async () => {
    const policy = modelPolicy(scriptedModel(["```repl\nprint(context)\n```", "FINAL(42)"]));
    const trajectory = await rolloutEpisode(env, { policy, reset: { seed: 0 } });
    expect(trajectory).toMatchObject({ stopReason: "answered", status: "ok", reward: { score: 1 } });
    expect(trajectory.calls.map((call) => call.purpose)).toEqual(["policy", "policy"]);
    expect(trajectory.turns.map((turn) => turn.callId)).toEqual([0, 1]);
  });

  it("forks: each branch goes on from the same state, with the history so far and its own costs", async () => {
    const plain = new PyodideReplPool();
    const reply = scriptedModel(["one", "two", "three"]);
    const root = new RLMEnv({
      name: "e",
      problems,
      reward: successGatedCost(exact, 0),
      repls: plain,
      priceOf: () => 1,
      subModels: [reply],
    });
    await root.reset();
    await root.step({ code: "x = [llm_query('a')]" });
    const branch = await root.fork();
    await branch.step({ code: "x.append(llm_query('b'))" });
    expect((await root.step({ code: "x" })).observation.text).toContain("['one']");
    expect((await branch.step({ code: "x" })).observation.text).toContain("['one', 'two']");
    await branch.step("FINAL(42)");
    await root.step("FINAL(7)");
    expect(branch.trajectory.turns).toHaveLength(4);
    expect(branch.trajectory.totals.calls).toBe(3);
    expect(root.trajectory.totals.calls).toBe(2);
    expect(branch.trajectory.rolloutId).toBe(`${root.trajectory.rolloutId}~1`);
    expect([branch.trajectory.reward?.score, root.trajectory.reward?.score]).toEqual([1, 0]);
    await branch.close();
    await root.close();
    await plain.close();
  });

  it("forks many times at once, and keeps shared resources until the last one is closed", async () => {
    const plain = new PyodideReplPool();
    const closed: string[] = [];
    const root = new RLMEnv({
      name: "e",
      problems,
      reward: successGatedCost(exact, 0),
      repls: plain,
      priceOf: () => 1,
      onClose: async () => void closed.push("all"),
    });
    await root.reset();
    await root.step({ code: "x = 1" });
    const [[first, second], third] = await Promise.all([root.fork(2), root.fork()]);
    await root.close();
    expect(closed).toEqual([]);
    const branches = [first!, second!, third];
    const seen = await Promise.all(
      branches.map(async (branch, at) => {
        await branch.step({ code: `x += ${at}` });
        return (await branch.step({ code: "x" })).observation.text;
      }),
    );
    expect(seen.map((text) => /\d/.exec(text)?.[0])).toEqual(["1", "2", "3"]);
    await expect(third.fork(0)).rejects.toThrow("fork: expected a whole number of at least 1, got 0");
    for (const branch of branches) await branch.close();
    expect(closed).toEqual(["all"]);
    await plain.close();
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])("refuses the seed %s, and names it", async (seed) => {
    await expect(env.reset({ seed })).rejects.toThrow(`got ${seed}`);
    await expect(env.problem(seed)).rejects.toThrow(`got ${seed}`);
  });

  it.each([undefined, null, {}, { code: 5 }, { answer: null }, { text: "x" }])(
    "refuses %j as an action, saying what is one, and the episode goes on",
    async (action) => {
      await env.reset();
      await expect(env.step(action as unknown as Action)).rejects.toThrow("{ code } or { answer }");
      expect((await env.step("FINAL(42)")).reward).toBe(1);
    },
  );

  it("refuses an unknown dialect, and names the known ones", () => {
    expect(() => envWith({ dialect: "xml" as Dialect })).toThrow("repl or tool");
  });

  it("runs the code of an action that contains fences", async () => {
    await env.reset();
    const { observation } = await env.step({ code: "text = 'a'\n# ```\n# ```repl\nprint(text)" });
    expect(observation.text).toContain("a\n");
    expect(observation.results).toHaveLength(1);
  });

  it("takes FINAL_VAR of an expression written as text", async () => {
    await env.reset();
    await env.step({ code: "found = context.split()" });
    expect((await env.step("FINAL_VAR(found[-1])")).info.answer).toBe("42");
  });

  it("truncates when the seconds are over, even if Python catches all errors and asks on", async () => {
    const deaf = { ...scriptedModel([]), complete: () => new Promise<never>(() => {}) };
    const hasty = envWith({ limits: { maxSeconds: 0.2 }, subModels: [deaf] });
    await hasty.reset();
    const code = "while True:\n    try:\n        llm_query('x')\n    except RuntimeError:\n        pass";
    const { truncated, info } = await hasty.step({ code });
    expect([truncated, info.stopReason]).toEqual([true, "max_seconds"]);
    await hasty.close();
  });

  it("truncates when the seconds are over while a policy thinks and ignores its signal", async () => {
    const hasty = envWith({ limits: { maxSeconds: 0.2 } });
    const policy = { name: "deaf", start: () => ({ act: () => new Promise<never>(() => {}) }) };
    const { stopReason } = await rolloutEpisode(hasty, { policy, reset: { seed: 0 } });
    expect(stopReason).toBe("max_seconds");
    await hasty.close();
  });

  it("records an episode without an interpreter as an infra error", async () => {
    const none = envWith({
      repls: { ...pool, acquire: () => Promise.reject(new ReplError("no worker starts")) },
    });
    const policy = modelPolicy(scriptedModel(["FINAL(42)"]));
    const trajectory = await rolloutEpisode(none, { policy, reset: { seed: 0 } });
    expect(trajectory).toMatchObject({ status: "infra_error", error: { message: "no worker starts" } });
    await expect(none.step("FINAL(42)")).rejects.toThrow(EnvStateError);
    await none.close();
  });
});
