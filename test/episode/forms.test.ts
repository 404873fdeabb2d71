/** Forms of answers and code that models write, if their meaning depends on the REPL. */
import { afterAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Completion } from "../../src/types.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const task = { id: "t", dataset: "d", question: "?", context: "abc", contextTokens: 1, metadata: {} };
const fence = (code: string) => `\`\`\`repl\n${code}\n\`\`\``;

/** A server whose template adds tokens to every prompt. */
function server(added: number): Model {
  return {
    name: "server",
    simulated: false,
    complete: ({ seed }) =>
      Promise.resolve({
        text: String(seed),
        toolCalls: [],
        finishReason: "stop",
        model: "server",
        usage: { promptTokens: added, completionTokens: 2, cachedTokens: 0 },
        usageSource: "reported",
        attempts: 1,
      }),
  };
}

async function play(
  replies: readonly (string | Completion)[],
  parts: Partial<RLMEnvOptions> = {},
): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "e",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: successGatedCost(() => 1, 0),
    repls: pool,
    priceOf: () => 0,
    subModels: [server(30)],
    limits: { maxTurns: replies.length, ...parts.limits },
    ...parts,
  });
  try {
    const policy = modelPolicy(scriptedModel(replies, "policy"));
    return await rolloutEpisode(env, { policy, reset: { seed: 1, task } });
  } finally {
    await env.close();
  }
}

describe("an answer in prose", () => {
  it.each<[string, string[], string]>([
    ["an f-string is evaluated", [fence("n = 3"), 'FINAL(f"There are {n}")'], "There are 3"],
    ["a variable's bare name is the variable", [fence("result = 'gold'"), "FINAL(result)"], "gold"],
    ["a bare name that code never made is the word", ["FINAL(Paris)"], "Paris"],
    ["an item of a variable is the item", [fence("found = ['x', 'y']"), "FINAL(found[1])"], "y"],
    ["a name beside the code that makes it is the variable", [`${fence("r = 5")}\nFINAL(r)`], "5"],
    ["`answer` is what the dict holds", [fence("answer['content'] = 'held'"), "FINAL(answer)"], "held"],
    [
      "an item of `answer` is what it holds",
      [fence("answer['content'] = 'held'"), 'FINAL(answer["content"])'],
      "held",
    ],
    ["an operation on variables is its value", [fence("a, b = 6, 3"), "FINAL(a / b)"], "2.0"],
    ["an operation on words is the words", ["FINAL(north-west)"], "north-west"],
  ])("%s", async (_, replies, text) => {
    const { answer, stopReason } = await play(replies);
    expect(answer?.text).toBe(text);
    expect(stopReason).toBe("answered");
  });

  it.each(["value", "answer", "result"])(
    "is no answer if it is the name %s, which no code made, and the policy is told",
    async (name) => {
      const { turns, answer, metrics } = await play([`FINAL(${name})`, "FINAL(1)"]);
      expect(turns[0]!.observation).toContain("placeholder");
      expect(answer?.text).toBe("1");
      expect(metrics.invalidCompletions).toBe(1);
      const old = await play([`FINAL(${name})`], { rules: "0.2.0" });
      expect(old.answer?.text).toBe(name);
    },
  );

  it("that cannot be evaluated gets an error, and does not end the episode", async () => {
    const { turns, answer } = await play(['FINAL(f"{nobody}")', "FINAL(1)"]);
    expect(turns[0]!.observation).toContain("NameError");
    expect(answer?.text).toBe("1");
  });
});

describe("a value of `answer` that is not a dict", () => {
  it.each(["[]", "''", "0 or ''"])("never ends the episode if it is empty: %s", async (value) => {
    const { turns, answer } = await play([fence(`answer = ${value}`), "FINAL(1)"]);
    expect(turns).toHaveLength(2);
    expect(turns[0]!.observation).toContain("empty value");
    expect(answer?.text).toBe("1");
  });

  it("becomes content that is not ready yet, and the policy is told how to give it", async () => {
    const given = await play([
      fence("answer = llm_query('?')[:0] + 'text'"),
      fence("answer['ready'] = True"),
    ]);
    expect(given.turns[0]!.observation).toContain('answer["ready"] = True');
    expect(given.answer).toEqual({ text: "text", source: "answer_dict" });
    const left = await play([fence("answer = ['a', 'b']")]);
    expect(left.answer).toEqual({ text: "a, b", source: "standing" });
  });
});

it("says what to do if `answer` is None, and does not end with it", async () => {
  const replies = [fence("answer = None"), fence("answer['content'] = 'six'")];
  const { turns, answer } = await play(replies);
  expect(turns[0]?.observation).toMatch(/You set `answer` to an empty value. It is a dict again/);
  expect(answer).toEqual({ text: "six", source: "standing" });
  const [before] = (await play(replies, { rules: "0.3.0" })).turns;
  expect(before?.observation).not.toMatch(/You set `answer`/);
});

it("reports an overwritten context, and restores it", async () => {
  const { turns } = await play([fence("context = 'mine'"), fence("print(context)"), "FINAL(1)"]);
  expect(turns[0]!.observation).toContain("You overwrote `context`");
  expect(turns[1]!.results[0]!.stdout).toBe("abc\n");
});

it("awaits at the top of a block, and said how to await under earlier rules", async () => {
  const code = fence("import asyncio\nprint(await asyncio.sleep(0, 'waited'))");
  const { turns } = await play([code]);
  expect(turns[0]!.results[0]!.stdout).toBe("waited\n");
  const earlier = await play([code], { rules: "0.5.0" });
  expect(earlier.turns[0]!.observation).toContain("asyncio.run");
});

it("has common modules imported, whose names code may use for its own values", async () => {
  const { turns } = await play([
    fence("1"),
    fence("string = re.sub('a', 'z', context)"),
    fence("print(string)"),
  ]);
  expect(turns[2]!.results[0]!.stdout).toBe("zbc\n");
  expect(turns[1]!.observation).not.toContain("overwrote");
});

it("gives each turn and each repeated prompt its own seed, and records it", async () => {
  const asking = fence("print(llm_query_batched(['same', 'same', 'other']), llm_query('same'))");
  const { calls } = await play([asking, "Hm.", "FINAL(1)"]);
  const seeds = (purpose: string) => calls.filter((call) => call.purpose === purpose).map(({ seed }) => seed);
  expect(new Set(seeds("policy")).size).toBe(3);
  const [one, two, other, again] = seeds("llm_query");
  expect(new Set([one, two, again]).size).toBe(3);
  expect(other).toBe(one);
  expect(calls.filter(({ purpose }) => purpose === "llm_query").map(({ reply }) => Number(reply))).toEqual(
    seeds("llm_query"),
  );
});

it("goes on after a call that used more than its reservation, and reserves more for the next", async () => {
  const { calls, stopReason } = await play([fence("llm_query('a')"), fence("llm_query('b')"), "FINAL(1)"], {
    subModels: [server(400)],
    limits: { maxTokens: 1_000_000, maxTurns: 3 },
  });
  const [first, second] = calls.filter(({ purpose }) => purpose === "llm_query");
  expect(first!.reserved.promptTokens).toBeLessThan(400);
  expect(second!.reserved.promptTokens).toBeGreaterThanOrEqual(400);
  expect(stopReason).toBe("answered");
});
