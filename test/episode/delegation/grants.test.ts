import { z } from "zod";
import { describe, expect, it } from "vitest";
import { Budget } from "../../../src/cost/budget.ts";
import { callsOfTree } from "../../../src/cost/totals.ts";
import { hostTool } from "../../../src/episode/tools/host-tools.ts";
import { coding, codingModel, delegationEnvs, modelThat } from "./delegation-env.ts";

const { play } = delegationEnvs();

const tokensOf = (record: Parameters<typeof callsOfTree>[0]) =>
  callsOfTree(record).reduce((sum, { usage }) => sum + usage!.promptTokens + usage!.completionTokens, 0);

describe("a grant of tokens", () => {
  it("bounds the child and all that it leads to, and flows back", async () => {
    const spend = "for i in range(100):\n    rlm_query(f'more {i}', context='x')";
    const { text, trajectory } = await play("print(rlm_query('go', 'c', budget=900))", {
      maxDepth: 2,
      limits: { maxTokens: 100_000, maxCompletionTokens: 50 },
      childPolicy: () => coding(spend),
    });
    expect(text).toContain("the sub-agent ended without an answer: max_tokens");
    const [child] = trajectory.children;
    expect(child).toMatchObject({ grant: { tokens: 900 }, stopReason: "max_tokens" });
    expect(tokensOf(child!)).toBeLessThanOrEqual(900);
    expect(tokensOf(child!)).toBeGreaterThan(700);
  });

  it.each([
    [
      "rlm_query('go', 'c', budget=2000)",
      "GrantError: a grant of 2000 tokens was asked for, and 1000 tokens can be granted",
    ],
    [
      "rlm_query('go', 'c', budget={'dollars': 30})",
      "GrantError: a grant of $30 was asked for, and $20 can be granted",
    ],
    [
      "rlm_query_batched(['a', 'b'], budget=600)",
      "GrantError: a grant of 600 tokens was asked for, and 400 tokens can be granted",
    ],
    ["rlm_query('go', budget=0)", "ValueError: budget must be at least 1, not 0"],
    ["rlm_query('go', budget='much')", "TypeError: budget must be an int"],
    [
      "rlm_query('go', budget={'euros': 1})",
      "ValueError: budget names 'tokens', 'dollars' or both, not 'euros'",
    ],
    ["rlm_query('go', max_turns=True)", "TypeError: max_turns must be an int, not bool"],
    ["rlm_query('go', tools=['hammer'])", 'TypeError: rlm_query: there is no tool "hammer" to hand on'],
  ])("is refused by a named error in %s", async (code, error) => {
    const parts = { maxDepth: 2, limits: { maxTokens: 1000 }, childPolicy: () => coding("FINAL(1)") };
    const { text, trajectory } = await play(code, parts);
    expect(text).toContain(error);
    expect(trajectory.children).toEqual([]);
    expect(trajectory.stopReason).toBe("max_turns");
  });

  it("nests: a child grants no more than it was granted itself", async () => {
    const { trajectory } = await play("print(rlm_query('go', 'c', budget=1000))", {
      maxDepth: 3,
      childPolicy: (_, { rolloutId }) =>
        coding(
          rolloutId.split("#").length === 2
            ? "try:\n    rlm_query('deep', 'c', budget=1001)\nexcept GrantError as error:\n    FINAL(error)"
            : "FINAL(0)",
        ),
    });
    expect(trajectory.children[0]!.answer?.text).toMatch(
      /a grant of 1001 tokens was asked for, and \d{3} tokens/,
    );
  });

  it("gives each child of a batch a part of its own, whatever the others spend", async () => {
    const { trajectory } = await play("rlm_query_batched(['spend', 'spare'], budget=500)", {
      maxDepth: 2,
      limits: { maxTokens: 1000, maxCompletionTokens: 40 },
      childPolicy: (_, { rolloutId }) =>
        coding(rolloutId.endsWith("#0") ? "while True: llm_query('x')" : "llm_query('y'); FINAL('ok')"),
    });
    expect(trajectory.children.map(({ stopReason }) => stopReason)).toEqual(["max_tokens", "answered"]);
  });

  it("holds for a plain call, whose reply gets what the prompt leaves", async () => {
    const { trajectory } = await play("rlm_query('go', budget=30)", { maxDepth: 1 });
    const [call] = trajectory.calls;
    expect(call).toMatchObject({ plain: true, grant: { tokens: 30 } });
    expect(call!.reserved.promptTokens + call!.reserved.completionTokens).toBe(30);
  });
});

describe("what a parent leaves a child", () => {
  it("is the number of its turns, which its own children do not inherit", async () => {
    const { trajectory } = await play("rlm_query('go', 'c', max_turns=2)", {
      maxDepth: 3,
      limits: { maxTurns: 4 },
      childPolicy: (_, { rolloutId }) =>
        coding(
          ...(rolloutId.split("#").length === 2 ? ["rlm_query('b', 'c')", "1", "1"] : ["1", "1", "1", "1"]),
        ),
    });
    const [child] = trajectory.children;
    expect(child).toMatchObject({ stopReason: "max_turns", limits: { maxTurns: 2 } });
    expect(child!.turns).toHaveLength(2);
    expect(child!.children[0]!.limits.maxTurns).toBe(4);
  });

  it("is the tools that it names, in Python and in the prompt", async () => {
    const tool = (result: string) =>
      hostTool({ description: `Gives ${result}.`, parameters: z.object({}), run: () => result });
    const { trajectory } = await play(
      "rlm_query('go', 'c', tools=['north'])\nrlm_query('go', 'c', tools=[])",
      {
        maxDepth: 2,
        tools: { north: tool("N"), south: tool("S") },
        childPolicy: () =>
          coding("try:\n    a = north()\n    a += south()\nexcept NameError as e:\n    FINAL(e)"),
      },
    );
    const [some, none] = trajectory.children;
    expect(some!.answer?.text).toContain("'south' is not defined");
    expect(some!.systemPrompt).toContain("Gives N.");
    expect(some!.systemPrompt).not.toContain("Gives S.");
    expect(none!.answer?.text).toContain("'north' is not defined");
    expect(none!.toolSource).toBeNull();
  });

  it("is its system prompt, its model and how hard that thinks", async () => {
    const efforts: unknown[] = [];
    const base = codingModel(["FINAL('done')"], "other");
    const other = {
      ...base,
      complete: (...of: Parameters<typeof base.complete>) => {
        efforts.push(of[0].effort);
        return base.complete(...of);
      },
    };
    const { trajectory } = await play(
      "print(rlm_query('go', 'c', 'other', prompt='Be brief.', effort='low'))",
      {
        maxDepth: 2,
        subModels: [modelThat(() => "?"), other],
      },
    );
    const [child] = trajectory.children;
    expect(child).toMatchObject({ systemPrompt: "Be brief.", policy: "other", answer: { text: "done" } });
    expect(child!.policyModel?.settings).toEqual({ reasoningEffort: "low" });
    expect(efforts).toEqual(["low"]);
  });
});

describe("prompts by role", () => {
  it("stand in the first episode, in children, in the deepest ones and in plain calls", async () => {
    const { trajectory } = await play("rlm_query('go', 'c')", {
      maxDepth: 3,
      prompts: { root: "R", child: "C", leaf: "L" },
      childPolicy: () => coding("rlm_query('deeper', 'c')"),
    });
    const child = trajectory.children[0]!;
    const leaf = child.children[0]!;
    expect([trajectory, child, leaf].map(({ systemPrompt }) => systemPrompt)).toEqual(["R", "C", "L"]);
    expect(leaf.calls.find(({ purpose }) => purpose === "rlm_query")).toMatchObject({
      plain: true,
      system: "L",
    });
  });
});

describe("limits on a tree", () => {
  const recursive = { maxDepth: 2, childPolicy: () => coding("1", "FINAL('ok')") };

  it("count its children", async () => {
    const code = "print(rlm_query('a', 'c'))\nrlm_query('b', 'c')";
    const { text, trajectory } = await play(code, { ...recursive, limits: { maxChildren: 1 } });
    expect(text).toContain("GrantError: a child was asked for, and 0 more may begin in this tree");
    expect(trajectory.children).toHaveLength(1);
  });

  it("count the turns of all its episodes", async () => {
    const { trajectory } = await play(["rlm_query('a', 'c')", "rlm_query('b', 'c')", "1"], {
      ...recursive,
      limits: { maxTreeTurns: 5 },
    });
    expect(trajectory.children.map(({ turns }) => turns.length)).toEqual([2, 1]);
    expect(trajectory.stopReason).toBe("max_turns");
    expect(trajectory.turns).toHaveLength(2);
  });

  it("count new tokens apart from those that a cache held", async () => {
    const cached = modelThat(() => "ok");
    const model = {
      ...cached,
      complete: async (...of: Parameters<typeof cached.complete>) => ({
        ...(await cached.complete(...of)),
        usage: { promptTokens: 1000, completionTokens: 5, cachedTokens: 990 },
      }),
    };
    const limits = { maxNewTokens: 2000, maxCompletionTokens: 50 };
    const { trajectory } = await play("while True: llm_query('x')", { limits, subModels: [model] });
    expect(trajectory.stopReason).toBe("max_tokens");
    expect(trajectory.calls.length * 15).toBeLessThanOrEqual(2000);
    expect(trajectory.calls.length * 15).toBeGreaterThan(1000);
    expect(trajectory.totals.promptTokens).toBeGreaterThan(50_000);
  });
});

describe("a budget", () => {
  it("takes back what a grant did not use, and holds nothing for one that is refused", () => {
    const budget = new Budget({ maxCalls: 10, maxTokens: 100, maxDollars: 1 });
    const [grant] = budget.grants(1, { tokens: 60 });
    expect(budget.tokensLeft).toBe(40);
    grant!.budget.hold([{ tokens: 30, nanoDollars: 0 }]);
    grant!.end();
    grant!.end();
    expect(budget.left).toMatchObject({ tokens: 70, calls: 9 });
    expect(() => budget.grants(2, { tokens: 50 })).toThrow(
      "a grant of 50 tokens was asked for, and 20 tokens",
    );
    expect(budget.left).toMatchObject({ tokens: 70, calls: 9 });
  });
});
