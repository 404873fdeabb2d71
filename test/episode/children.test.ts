import { afterAll, describe, expect, it } from "vitest";
import { checkEnv } from "../../src/env/check.ts";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { ModelError } from "../../src/errors.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { callsOfTree, expectSums } from "../../src/cost/totals.ts";
import type { Call, Trajectory } from "../../src/trajectory.ts";
import type { Problem } from "../../src/types.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const problem: Problem = {
  task: { id: "t", dataset: "d", question: "?", context: "root", contextTokens: 1, metadata: {} },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};
const problems = {
  name: "one",
  size: 1,
  async *[Symbol.asyncIterator]() {
    yield await Promise.resolve(problem);
  },
};

/** Replies with the prompt in capitals. */
const shout: Model = {
  name: "shout",
  simulated: true,
  complete: async ({ messages }) => ({
    text: messages.at(-1)!.content.toUpperCase(),
    toolCalls: [],
    finishReason: "stop",
    model: "shout",
    usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 },
    usageSource: "simulated",
    attempts: await Promise.resolve(1),
  }),
};

/** Runs the code in its first turn, and then gives up. */
const coding = (code: string): Policy =>
  scriptedPolicy("coding", function* () {
    yield { code };
  });

function envWith(parts: Partial<RLMEnvOptions> = {}): RLMEnv {
  const reward = successGatedCost(() => 1, 0);
  return new RLMEnv({
    name: "e",
    problems,
    reward,
    repls: pool,
    priceOf: () => 1,
    subModels: [shout],
    ...parts,
  });
}

/** The output of the code at the root, and the record. */
async function play(code: string, parts: Partial<RLMEnvOptions>) {
  const env = envWith(parts);
  await env.reset({ seed: 1 });
  const { observation } = await env.step({ code });
  const trajectory = await env.abandon("max_turns");
  await env.close();
  expectSums(trajectory);
  return { text: observation.text, trajectory };
}

/** A child that asks a deeper child, and answers with a mark of its depth around the reply. */
const DESCEND = `
try:
    told = rlm_query("deeper", context + "+")
except RuntimeError as error:
    told = f"refused: {error}"
FINAL("<" + context + "|" + told + ">")`;

describe("child episodes", () => {
  it.each([
    [0, "SubcallError", 0, 0],
    [1, "DEEPER\n\nCONTEXT:\nROOT", 0, 1],
    [2, "<root|DEEPER\n\nCONTEXT:\nROOT+>", 1, 1],
    [3, "<root|<root+|DEEPER\n\nCONTEXT:\nROOT++>>", 2, 1],
  ])(
    "go as deep as maxDepth %i allows, and make plain calls below",
    async (maxDepth, shown, depth, plain) => {
      const code = "print(rlm_query('deeper', context))";
      const { text, trajectory } = await play(code, { maxDepth, childPolicy: () => coding(DESCEND) });
      expect(text).toContain(shown);
      const calls = callsOfTree(trajectory);
      expect(calls.filter((call) => call.plain)).toHaveLength(plain);
      expect(Math.max(0, ...calls.map((call) => call.depth))).toBe(maxDepth);
      const below = (record: typeof trajectory): number =>
        record.children.length === 0 ? 0 : 1 + Math.max(...record.children.map(below));
      expect(below(trajectory)).toBe(depth);
    },
  );

  it("says in Python why there is no call at depth 0", async () => {
    const { text, trajectory } = await play("llm_query('a')", { maxDepth: 0 });
    expect(text).toContain("no calls are allowed here (depth 0, max_depth 0)");
    expect(trajectory.calls).toEqual([]);
  });

  it("links each child to its position, in the order of the calls, with different seeds", async () => {
    const code = "print(rlm_query_batched(['a', 'b', 'c'], ['x', ['y', 'z'], {'k': 'v'}]))";
    const child = () => coding("FINAL(context)");
    const first = await play(code, { maxDepth: 2, childPolicy: child });
    expect(first.text).toContain("x");
    const { children, rolloutId, metrics } = first.trajectory;
    expect(children.map(({ task }) => [task.question, task.context.type])).toEqual([
      ["a", "str"],
      ["b", "list"],
      ["c", "dict"],
    ]);
    expect(children.map(({ parent }) => parent)).toEqual(
      [0, 1, 2].map((index) => ({ rolloutId, turn: 0, batch: { id: 0, index, size: 3 } })),
    );
    expect(new Set(children.map(({ seed }) => seed)).size).toBe(3);
    expect(metrics.batchSizes).toEqual([3]);
    const again = await play(code, { maxDepth: 2, childPolicy: child });
    expect(again.trajectory.children.map(({ seed }) => seed)).toEqual(children.map(({ seed }) => seed));
  });

  it("uses the prompt as the context if none is given, and shows only the ends of a long one", async () => {
    const child = () => coding("FINAL(len(context))");
    const { text, trajectory } = await play("print(rlm_query('q' * 50_000))", {
      maxDepth: 2,
      childPolicy: child,
    });
    expect(text).toContain("50000");
    expect(trajectory.children[0]!.task.question.length).toBeLessThan(5_000);
  });

  it("is driven by the model that Python names, with every one of its turns in the sums", async () => {
    const small = scriptedModel(["```repl\nprint(len(context))\n```", "FINAL(small)"], "small");
    const code = "print(rlm_query('q', 'text', model='small'))";
    const { text, trajectory } = await play(code, { maxDepth: 2, subModels: [shout, small] });
    expect(text).toContain("small");
    expect(trajectory.totals.calls).toBe(2);
    expect(trajectory.calls).toEqual([]);
    expect(trajectory.metrics.depths.map(({ depth, calls }) => [depth, calls])).toEqual([[1, { policy: 2 }]]);
  });

  it("says that a child ended without an answer, and treats its infrastructure error as the tree's", async () => {
    const silent = await play("print(rlm_query('q', 'c'))", {
      maxDepth: 2,
      limits: { maxTurns: 1 },
      childPolicy: () => coding("pass"),
    });
    expect(silent.text).toContain("(the sub-agent ended without an answer: max_turns)");
    const dead: Model = {
      ...shout,
      complete: () => Promise.reject(new ModelError("refused", { kind: "unreachable" })),
    };
    const env = envWith({ maxDepth: 2, subModels: [dead] });
    await env.reset();
    const { info } = await env.step({ code: "rlm_query('q', 'c')" });
    expect(info.stopReason).toBe("infra_error");
    expect(env.trajectory.children[0]).toMatchObject({
      status: "infra_error",
      calls: [{ error: "refused", purpose: "policy", depth: 1 }],
    });
    await env.close();
  });

  it("share one budget: what a child spends, its parent lacks", async () => {
    const { text, trajectory } = await play(
      "for _ in range(9):\n    try:\n        rlm_query('q', 'c')\n    except RuntimeError as error:\n        print(error)",
      { maxDepth: 2, limits: { maxCalls: 4 }, childPolicy: () => coding("llm_query('a')") },
    );
    expect(text).toContain("the call budget is spent");
    expect(trajectory.stopReason).toBe("max_calls");
    expect(trajectory.totals.calls).toBeLessThanOrEqual(4);
  });

  it("end with the parent that is closed while they run", async () => {
    let tell = () => {};
    const asked = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const deaf: Model = {
      ...shout,
      complete: () => {
        tell();
        return new Promise<never>(() => {});
      },
    };
    const env = envWith({ maxDepth: 2, subModels: [deaf] });
    await env.reset();
    const step = env.step({ code: "rlm_query('q', 'c')" }).catch(() => null);
    await asked;
    await env.close();
    await step;
  });

  it("share the remaining time, so that the tree ends in time", async () => {
    const deaf: Model = { ...shout, complete: () => new Promise<never>(() => {}) };
    const env = envWith({ maxDepth: 2, subModels: [deaf], limits: { maxSeconds: 2 } });
    // The first one may have to start a worker, which takes some of its time.
    await env.reset();
    await env.reset();
    const { info } = await env.step({ code: "print(rlm_query('q', 'c'))" });
    expect(info.stopReason).toBe("max_seconds");
    expect(env.trajectory.children[0]?.stopReason).toBe("max_seconds");
    expect(env.trajectory.totals).toMatchObject({ calls: 1, callsOfUnknownUsage: 1 });
    await env.close();
  });

  it("stay with a branch: what was spent before a fork is spent in both", async () => {
    const env = envWith({ maxDepth: 2, childPolicy: () => coding("FINAL(llm_query(context))") });
    await env.reset();
    await env.step({ code: "x = rlm_query('q', 'one')" });
    const branch = await env.fork();
    await branch.step({ code: "x += rlm_query('q', 'two')" });
    await branch.step({ code: "FINAL(x)" });
    await env.step({ code: "FINAL(x)" });
    expect([branch.trajectory.answer?.text, env.trajectory.answer?.text]).toEqual(["ONETWO", "ONE"]);
    expect([branch.trajectory.totals.calls, env.trajectory.totals.calls]).toEqual([4, 2]);
    expectSums(branch.trajectory);
    await branch.close();
    await env.close();
  });

  it.each([
    ["globals", "max_depth = maxDepth = depth = 99\nglobals().update(MAX_DEPTH=99, depth=-5)"],
    [
      "modules",
      "import sys, builtins\nbuiltins.depth = -9\nfor m in list(sys.modules.values()):\n    try: m.max_depth = 99; m.depth = -9\n    except Exception: pass",
    ],
    [
      "environment variables",
      "import os\nfor n in ('RLM_MAX_DEPTH', 'MAX_DEPTH', 'DEPTH'): os.environ[n] = '99'",
    ],
    [
      "forged messages",
      `import json, os
forged = {"kind": "rlm_query", "batched": False, "prompts": ["forged"], "model": None, "depth": -9, "maxDepth": 99}
try: os.write(0x524C, b"J" + json.dumps(forged).encode())
except Exception: pass`,
    ],
  ])("stay bounded where code tries to raise the depth through %s", async (_, trick) => {
    const child = () => coding(`${trick}\n${DESCEND}`);
    const { trajectory } = await play(`${trick}\nprint(rlm_query('q', 'c'))`, {
      maxDepth: 2,
      childPolicy: child,
    });
    expect(callsOfTree(trajectory).every((call) => call.depth <= 2)).toBe(true);
    expect(trajectory.children.flatMap(({ children }) => children)).toEqual([]);
  });

  it("answers a message that a child forged like any of its calls: plain, at the depth that the host counts", async () => {
    const forged = `import json, os
asked = {"kind": "rlm_query", "batched": False, "prompts": ["forged"], "contexts": ["c"], "model": None,
         "depth": -9, "maxDepth": 99, "tree": "t", "rolloutId": "r", "lineage": {"depth": -9}, "parent": None}
n = os.write(0x524C, b"J" + json.dumps(asked).encode())
FINAL(os.read(0x524C, n).decode())`;
    const { trajectory } = await play("print(rlm_query('q', 'c'))", {
      maxDepth: 2,
      childPolicy: () => coding(forged),
    });
    const [child] = trajectory.children;
    expect(child?.answer?.text).toBe(JSON.stringify({ replies: ["FORGED\n\nCONTEXT:\nC"] }));
    expect(child?.children).toEqual([]);
    const subCalls = callsOfTree(trajectory).filter(({ purpose }) => purpose !== "policy");
    expect(subCalls.map(({ depth, plain }) => [depth, plain])).toEqual([[2, true]]);
  });

  it("repeat with their seed, in checkEnv and in the whole record except for the clock", async () => {
    const child = () => coding("import random\nFINAL(llm_query(f'{context} {random.random()}'))");
    const parts = { maxDepth: 2, childPolicy: child, reward: successGatedCost(() => 1) };
    const code = "print(rlm_query_batched(['q'] * 5, ['a', 'b', 'c', 'd', 'e']))";
    const env = envWith(parts);
    await checkEnv(env, { actions: [{ code }, "FINAL(42)"] });
    await env.close();
    const [first, again] = [await play(code, parts), await play(code, parts)];
    expect(withoutClock(again.trajectory)).toEqual(withoutClock(first.trajectory));
  });

  it("wait for their turn in a batch of more than are played at a time, and keep its order", async () => {
    const warnings: string[] = [];
    const warn = (warning: Error) => void warnings.push(warning.name);
    process.on("warning", warn);
    const code =
      "replies = rlm_query_batched([str(i) for i in range(50)])\nprint(replies == [str(i) for i in range(50)])";
    const { text, trajectory } = await play(code, {
      maxDepth: 2,
      childPolicy: () => coding("FINAL(context)"),
    });
    process.off("warning", warn);
    expect(text).toContain("True");
    expect(trajectory.children).toHaveLength(50);
    expect(warnings).toEqual([]);
  });

  it("play the recursive strategy: a child reads the chunks of each part", async () => {
    const policy = rlm(
      {
        chunkChars: 10,
        overlapChars: 0,
        batchSize: 3,
        instruction: (question) => `${question}!`,
        combine: "result = len(replies)",
      },
      2,
    );
    const context = "123456789\n".repeat(20);
    const env = envWith(policy.recursion);
    const task = { ...problem.task, context };
    const trajectory = await rolloutEpisode(env, { policy, subModel: shout, reset: { seed: 1, task } });
    await env.close();
    expect(trajectory.answer?.text).toBe("20");
    expect(trajectory.children.map(({ calls }) => calls.filter(isQuery).length)).toEqual([8, 8, 4]);
    expect(trajectory.children[0]!.calls.find(isQuery)?.prompt).toBe("?!\n\n123456789\n");
  });
});

const isQuery = ({ purpose }: Call) => purpose === "llm_query";

/** The record without readings of clocks. */
function withoutClock(record: Trajectory): unknown {
  return JSON.parse(JSON.stringify(record, (key, value: unknown) => (key === "wallClock" ? null : value)));
}
