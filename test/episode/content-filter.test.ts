/** What becomes of an episode if a server's content filter refuses a prompt, or withholds a reply. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { expectSums } from "../../src/cost/totals.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { RLMEnv } from "../../src/env/env.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import type { Model } from "../../src/models/model.ts";
import { openaiModel } from "../../src/models/openai/openai.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { type AnyServer, startAnyServer } from "../models/any-server.ts";
import { chat, said } from "../models/quirks/rows.ts";

const pool = new PyodideReplPool();
let server: AnyServer;
beforeAll(async () => {
  server = await startAnyServer();
});
afterAll(async () => {
  await server.close();
  await pool.close();
});

const CONTEXT = "it is 42";
const task = { id: "t", dataset: "d", question: "?", context: CONTEXT, contextTokens: 4, metadata: {} };
const json = (status: number, body: unknown) => ({
  status,
  type: "application/json",
  text: JSON.stringify(body),
});
const says = (text: string, choice: object = {}) => json(200, chat(said(text), choice));
const block = (code: string) => `\`\`\`repl\n${code}\n\`\`\``;
const REFUSED = json(400, {
  error: { message: "The response was filtered", code: "content_filter", param: "prompt", status: 400 },
});
const BLOCKED = json(200, { promptFeedback: { blockReason: "SAFETY" } });

let asked: () => Model;
beforeEach(() => {
  asked = () => openaiModel({ model: "m", baseUrl: server.baseUrl, backoffMs: 1, windowTokens: 100_000 });
});

async function play(policy: Model, options: Partial<RLMEnvOptions> = {}): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "e",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: ({ answer }) => {
      const score = answer?.text === "42" ? 1 : 0;
      return { total: score, score, terms: {} };
    },
    repls: pool,
    priceOf: (__, { promptTokens, completionTokens }) => promptTokens + completionTokens,
    ...options,
  });
  const reference = { taskId: "t", answers: ["42"], metadata: {} };
  const played = await rolloutEpisode(env, {
    policy: modelPolicy(policy),
    reset: { task, reference, seed: 0 },
  });
  await env.close();
  expectSums(played);
  const { difference } = await replayEpisode(played, CONTEXT, { repls: pool });
  expect(difference).toBeNull();
  return played;
}

it.each([
  ["an error", REFUSED],
  ["a reply without candidates", BLOCKED],
])(
  "a refused prompt of the policy, as %s, ends the episode, which is scored as it stands",
  async (_, refusal) => {
    server.answer(says(block('answer["content"] = "42"')), refusal);
    const played = await play(asked());
    expect(played).toMatchObject({
      status: "ok",
      error: null,
      stopReason: "content_filter",
      answer: { text: "42", source: "standing" },
      reward: { score: 1 },
    });
    expect(server.bodies).toHaveLength(2);
    expect(played.calls.at(-1)).toMatchObject({
      attempts: 1,
      error: expect.stringMatching(/content filter/) as string,
    });
  },
);

it("a refused first prompt is a score of 0, and no fault", async () => {
  server.answer(REFUSED);
  expect(await play(asked())).toMatchObject({
    status: "ok",
    stopReason: "content_filter",
    answer: null,
    reward: { score: 0 },
    totals: { promptTokens: 0, completionTokens: 0 },
  });
});

it("a refused prompt of a sub-call is an error that Python can catch", async () => {
  server.answer(REFUSED);
  const code =
    "try:\n    llm_query('a')\nexcept Exception as error:\n    print(error)\nprint(llm_query_batched(['a', 'b']))";
  const policy = scriptedModel([block(code), "FINAL(42)"], "p");
  const played = await play(policy, { subModels: [asked()] });
  expect(played).toMatchObject({ status: "ok", stopReason: "answered", reward: { score: 1 } });
  expect(played.turns[0]?.observation).toMatch(/a content filter refuses the prompt/);
  expect(server.bodies).toHaveLength(3);
});

it.each([
  ["nothing is left", ""],
  ["an answer is cut off", "FINAL(4"],
  ["a block is cut off", "```repl\nprint(1"],
])("a reply that the filter stopped, of which %s, is told to the policy", async (_, left) => {
  server.answer(says(left, { finish_reason: "content_filter" }), says("FINAL(42)"));
  const played = await play(asked());
  expect(played).toMatchObject({
    status: "ok",
    stopReason: "answered",
    reward: { score: 1 },
    metrics: { invalidCompletions: 1 },
  });
  expect(played.turns[0]?.results).toEqual([]);
  expect(played.turns[0]?.observation).toMatch(/content filter stopped your message/);
  expect(server.bodies).toHaveLength(2);
});

it("a reply that the filter stopped after a whole block runs that block", async () => {
  server.answer(
    says(`${block("print(6 * 7)")}\nThat`, { finish_reason: "content_filter" }),
    says("FINAL(42)"),
  );
  expect((await play(asked())).turns[0]?.results).toMatchObject([{ stdout: "42\n" }]);
});
