/** `llm_query` returns the answer alone, and what the sub-model thought where the code asks for it. */
import { afterAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { RulesVersion } from "../../src/types.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const CONTEXT = "it is 42";
const task = { id: "t", dataset: "d", question: "?", context: CONTEXT, contextTokens: 3, metadata: {} };

/** Thinks about every prompt but those that begin with a full stop. */
const thinker: Model = {
  name: "thinker",
  simulated: false,
  complete: ({ messages }) => {
    const prompt = messages[0]!.content;
    return Promise.resolve({
      text: `re ${prompt}`,
      ...(!prompt.startsWith(".") && { reasoning: { text: `about ${prompt}`, tokens: 2 } }),
      toolCalls: [],
      finishReason: "stop",
      model: "thinker",
      usage: { promptTokens: 9, completionTokens: 4, cachedTokens: 0 },
      usageSource: "reported",
      attempts: 1,
    });
  },
};

async function run(code: string, rules?: RulesVersion) {
  const env = new RLMEnv({
    name: "e",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: pool,
    priceOf: (_, usage) => usage.promptTokens,
    subModels: [thinker],
    ...(rules && { rules }),
  });
  const policy = modelPolicy(scriptedModel([`\`\`\`repl\n${code}\n\`\`\``, "FINAL(42)"]));
  const trajectory = await rolloutEpisode(env, { policy, reset: { task, seed: 0 } });
  await env.close();
  const { difference } = await replayEpisode(trajectory, CONTEXT, { repls: pool });
  expect(difference).toBeNull();
  const [block] = trajectory.turns[0]!.results;
  return { trajectory, stdout: block!.stdout, exception: block!.exception };
}

describe("thoughts of a sub-model", () => {
  it("stay out of what llm_query returns", async () => {
    const { trajectory, stdout } = await run("print(llm_query('a'), llm_query_batched(['b']))");
    expect(stdout).toBe("re a ['re b']\n");
    expect(trajectory.calls.filter(({ asksReasoning }) => asksReasoning)).toEqual([]);
    expect(trajectory.calls[1]!.reasoning?.text).toBe("about a");
  });

  it("come beside the answer where they are asked for, and None where there are none", async () => {
    const { trajectory, stdout } = await run(
      "print(llm_query('a', reasoning=True), llm_query('.', reasoning=True))",
    );
    expect(stdout).toBe("('re a', 'about a') ('re .', None)\n");
    const asked = trajectory.calls.filter(({ purpose }) => purpose === "llm_query");
    expect(asked.map(({ asksReasoning }) => asksReasoning)).toEqual([true, true]);
  });

  it("come for each prompt of a batch, under both names of the function", async () => {
    const { stdout } = await run(
      "print(llm_batch(['a', '.'], reasoning=True), llm_query_batched([], reasoning=True))",
    );
    expect(stdout).toBe("[('re a', 'about a'), ('re .', None)] []\n");
  });

  it("are asked for after the code has overwritten the function, too", async () => {
    const { stdout } = await run("llm_query = 1\nprint(llm_batch(['a'], reasoning=True)[0][1])");
    expect(stdout).toBe("about a\n");
  });

  it("cannot be asked for by earlier rules, whose functions are as they were", async () => {
    const { exception } = await run("llm_query('a', reasoning=True)", "0.2.0");
    expect(exception).toContain("TypeError: llm_query() got an unexpected keyword argument 'reasoning'");
    const { stdout } = await run("print(llm_query.__doc__.splitlines()[0], llm_query.__name__)", "0.2.0");
    expect(stdout).toBe("llm_query(prompt, model=None) -> str llm_query\n");
  });
});
