/** How the strategies that read a whole context go through it, as the prompts to the sub-model show. */
import { afterAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../../src/env/env.ts";
import { ModelError } from "../../../src/errors.ts";
import type { Model } from "../../../src/models/model.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { compaction } from "../../../src/policies/strategies/compaction.ts";
import { mapReduce, type MapReduceOptions } from "../../../src/policies/strategies/map-reduce.ts";
import { rlm } from "../../../src/policies/strategies/rlm.ts";
import type { Context } from "../../../src/types.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const LINES = Array.from({ length: 300 }, (_, line) => `line ${line} holds ${line * 31}.\n`);
const context = LINES.join("");
const task = { id: "t", dataset: "d", question: "Which?", context, contextTokens: 1, metadata: {} };

/** Replies with the number of its call, and refuses prompts that exceed its window as a server does. */
function counting(windowTokens: number, maxChars = Infinity): { model: Model; prompts: string[] } {
  const prompts: string[] = [];
  const complete: Model["complete"] = ({ messages }) => {
    const prompt = messages[0]!.content;
    if (prompt.length > maxChars)
      return Promise.reject(new ModelError("past the window", { kind: "rejected", status: 400 }));
    prompts.push(prompt);
    const usage = { promptTokens: 1, completionTokens: 1, cachedTokens: 0 };
    const rest = { toolCalls: [], finishReason: "stop" as const, usageSource: "reported" as const };
    return Promise.resolve({ text: `<${prompts.length}>`, ...rest, model: "m", usage, attempts: 1 });
  };
  return { prompts, model: { name: "m", simulated: false, windowTokens, complete } };
}

async function play(policy: Policy, model: Model, of: Context = context) {
  const env = new RLMEnv({
    name: "e",
    problems: { name: "none", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: pool,
    priceOf: () => 1,
    subModels: [model],
    ...policy.recursion,
  });
  const reset = { seed: 0, task: { ...task, context: of } };
  const trajectory = await rolloutEpisode(env, { policy, subModel: model, reset });
  await env.close();
  return trajectory;
}

describe("compaction", () => {
  const instruction = (question: string) => `${question} Look here:`;

  it("reads a text that fits in one call, as direct does", async () => {
    const { model, prompts } = counting(100_000);
    const { answer } = await play(compaction(instruction), model);
    expect(prompts).toEqual([`Which? Look here:\n\n${context}`]);
    expect(answer?.text).toBe("<1>");
  });

  it("reads a longer one window by window, with the notes of the one before, to the last character", async () => {
    const { model, prompts } = counting(1_000);
    const { answer, metrics } = await play(compaction(instruction), model);
    expect(prompts.length).toBeGreaterThan(1);
    expect(prompts[1]).toMatch(/^Which\? Look here:\n\nYour notes of the parts before this one:\n<1>\n\n/);
    expect(prompts.at(-1)).toContain("line 299 holds");
    expect(answer?.text).toBe(`<${prompts.length}>`);
    expect(metrics.coverage).toBe(1);
  });

  it("takes a shorter window if the model refuses one, and leaves nothing out", async () => {
    const { model, prompts } = counting(100_000, 3_000);
    const { metrics, status } = await play(compaction(instruction), model);
    expect(status).toBe("ok");
    expect(prompts.length).toBeGreaterThan(2);
    expect(metrics.coverage).toBeGreaterThan(0.99);
  });
});

const options: MapReduceOptions = {
  chunkChars: 2_000,
  overlapChars: 0,
  batchSize: 2,
  instruction: (question) => `${question} In this part:`,
  combine: "result = ' '.join(replies)",
};

describe("rlm at depth 1", () => {
  it("sends the same chunks in plain calls as map-reduce, in batches", async () => {
    const [ours, theirs] = [counting(100_000), counting(100_000)];
    const recursive = await play(rlm(options), ours.model);
    const flat = await play(mapReduce(options), theirs.model);
    const chunksOf = (prompts: readonly string[]) =>
      prompts.map((prompt) => prompt.slice(prompt.indexOf("line ")));
    expect(chunksOf(ours.prompts)).toEqual(chunksOf(theirs.prompts));
    expect(recursive.answer?.text).toBe("<1> <2> <3> <4>");
    expect(recursive.metrics.batchSizes).toEqual(flat.metrics.batchSizes);
    expect(recursive.metrics.depths.map(({ depth, calls }) => [depth, calls])).toEqual([
      [0, { policy: 4 }],
      [1, { rlm_query: 4 }],
    ]);
  });
});

describe("rlm at depth 2", () => {
  it("never cuts a document on its way through the children, and leaves none out", async () => {
    const { model, prompts } = counting(100_000);
    const documents = Array.from({ length: 40 }, (_, i) => `<doc ${i}>\n${"words\n".repeat(100)}</doc ${i}>`);
    const { children } = await play(rlm(options, 2), model, documents);
    expect(children).toHaveLength(2);
    const whole = prompts.flatMap((prompt) => prompt.match(/<doc (\d+)>\n(?:words\n)+<\/doc \1>/g) ?? []);
    expect(whole.toSorted()).toEqual(documents.toSorted());
    expect(prompts.every((prompt) => prompt.length < 2_100)).toBe(true);
  });
});
