import { afterAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../../src/env/env.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { standIn } from "../../../src/models/model.ts";
import { delegating } from "../../../src/policies/strategies/delegating.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../../src/rewards/cost.ts";
import type { Trajectory } from "../../../src/trajectory.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const OPTIONS = {
  chunkChars: 2000,
  overlapChars: 0,
  batchSize: 4,
  instruction: (question: string) => `Say what tells: ${question}`,
  combine: 'result = " ".join(reply for reply in replies if reply != "nothing")',
};
const filler = "The sea was calm and grey that day, and nobody spoke of it.\n";

/** Plays a strategy over a text; the sub-model gets the prompt and how often it was asked. */
async function play(
  name: "leader" | "memory" | "lambda",
  context: string,
  reply: (prompt: string, asked: number) => string,
  question = "Who kept the lantern?",
): Promise<Trajectory> {
  let asked = 0;
  const model = standIn({ name: "m", simulated: true }, ({ messages }) => {
    asked += 1;
    return Promise.resolve({
      text: reply(messages[0]!.content, asked),
      toolCalls: [],
      finishReason: "stop" as const,
      model: "m",
      usage: { promptTokens: 1, completionTokens: 1, cachedTokens: 0 },
      usageSource: "counted" as const,
      attempts: 1,
    });
  });
  const task = { id: "t", dataset: "d", question, context, contextTokens: 1, metadata: {} };
  const env = new RLMEnv({
    name: "e",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    repls: pool,
    subModels: [model],
    priceOf: () => 0,
    reward: successGatedCost(() => 1, 0),
  });
  try {
    return await rolloutEpisode(env, { policy: delegating(() => OPTIONS)[name](), reset: { task, seed: 0 } });
  } finally {
    await env.close();
  }
}

const found = (prompt: string) => (prompt.includes("kept the lantern was Ada") ? "Ada" : "nothing");
const text = filler.repeat(200) + "Who kept the lantern was Ada.\n" + filler.repeat(200);
const queries = ({ calls }: Trajectory) => calls.filter(({ purpose }) => purpose === "llm_query");

describe("leader", () => {
  it("assigns again, in halves, what its followers do not agree on", async () => {
    const steady = await play("leader", text, found);
    const torn = await play("leader", text, (prompt, asked) =>
      prompt.includes("Ada") && prompt.length > 700 && asked % 2 === 0 ? "nothing" : found(prompt),
    );
    expect([steady.answer?.text, torn.answer?.text]).toEqual(["Ada", "Ada"]);
    expect(queries(torn).length).toBeGreaterThan(queries(steady).length);
  });

  it("ends if they never agree", async () => {
    const record = await play("leader", text, (_, asked) => `reply ${asked}`);
    expect(record.stopReason).toBe("answered");
  });
});

describe("memory", () => {
  it("calls back from its archive what the question is about", async () => {
    const note = (prompt: string) =>
      prompt.includes("Ada") ? "The lantern: Ada kept it." : `Nothing here. ${"x".repeat(3000)}`;
    const record = await play("memory", text, note);
    expect(record.answer?.text).toContain("Ada kept it");
    expect(record.turns[1]!.observation).toMatch(/[1-9]\d* notes archived/);
  });
});

describe("lambda", () => {
  it("filters leaves by the question's rare words before it reads them", async () => {
    const record = await play("lambda", text, found);
    expect(record.answer?.text).toBe("Ada");
    expect(queries(record).length).toBeLessThan(3);
  });

  it("reads all leaves if the question counts, or if no word tells them apart", async () => {
    const counting = await play("lambda", text, found, "How many times is the lantern named?");
    const plain = await play("lambda", text, found, "Why?");
    for (const record of [counting, plain]) expect(queries(record).length).toBeGreaterThan(8);
  });
});
