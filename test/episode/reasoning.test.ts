/** A policy's thoughts are recorded, are never run, and are sent back to the server as the options say. */
import { afterAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { ModelError, UsageError } from "../../src/errors.ts";
import { conversationsOf, promptsOf } from "../../src/export/conversation.ts";
import type { Model, ModelRequest } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { Completion, HistoryOptions, Message, ReasoningHistory } from "../../src/types.ts";
import { datasetOf, problemOver } from "./one-problem.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const problem = problemOver("it is 42");
const { task } = problem;

interface Parts {
  readonly reasoning?: ReasoningHistory;
  readonly history?: HistoryOptions;
  readonly subModels?: readonly Model[];
}

function envWith(parts: Parts) {
  return new RLMEnv({
    name: "e",
    problems: datasetOf(problem),
    reward: ({ answer }) => ({ total: answer ? 1 : 0, score: answer ? 1 : 0, terms: {} }),
    repls: pool,
    priceOf: (_, usage) => usage.promptTokens + 2 * usage.completionTokens,
    ...parts,
  });
}

function thinking(thought: string, text: string): Completion {
  return {
    text,
    reasoning: { text: thought, tokens: 3, place: "reasoning_content" },
    toolCalls: [],
    finishReason: "stop",
    model: "m",
    usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 },
    usageSource: "reported",
    attempts: 1,
  };
}

const code = (python: string) => `\`\`\`repl\n${python}\n\`\`\``;
const REPLIES = [
  thinking("FINAL(1)", code("x = 1")),
  thinking("```repl\nx = 2\n```", code("print(x)")),
  thinking("it is 42", "FINAL(42)"),
];

async function play(parts: Parts, replies: readonly Completion[] = REPLIES) {
  const prompts: (readonly Message[])[] = [];
  const script = replies.map((reply) => ({ messages }: ModelRequest) => {
    prompts.push(messages);
    return reply;
  });
  const env = envWith(parts);
  const policy = modelPolicy(scriptedModel(script));
  const trajectory = await rolloutEpisode(env, { policy, reset: { seed: 0 } });
  await env.close();
  return { trajectory, prompts };
}

const thoughtsIn = (messages: readonly Message[]) =>
  messages.filter(({ role }) => role === "assistant").map(({ reasoning }) => reasoning?.text ?? null);

describe("a policy's thoughts", () => {
  it.each<[ReasoningHistory, (string | null)[][], number[]]>([
    ["keep", [[], ["FINAL(1)"], ["FINAL(1)", "```repl\nx = 2\n```"]], [0, 0, 0]],
    ["last", [[], ["FINAL(1)"], [null, "```repl\nx = 2\n```"]], [0, 0, 1]],
    ["drop", [[], [null], [null, null]], [0, 1, 2]],
  ])("are never run, and go back as %s says", async (reasoning, shown, segments) => {
    const { trajectory, prompts } = await play({ reasoning });
    expect(trajectory).toMatchObject({ stopReason: "answered", answer: { text: "42" } });
    expect(trajectory.turns[1]?.results[0]?.stdout).toBe("1\n");
    expect(trajectory.turns.map(({ completion }) => completion.reasoning)).toEqual(
      REPLIES.map((reply) => reply.reasoning),
    );
    expect(prompts.map(thoughtsIn)).toEqual(shown);
    expect(trajectory.turns.map(({ segment }) => segment)).toEqual(segments);
    expect(trajectory.reasoning).toBe(reasoning === "drop" ? undefined : reasoning);
  });

  it.each<Parts>([
    { reasoning: "keep" },
    { reasoning: "last" },
    { reasoning: "drop" },
    { reasoning: "drop", history: { mode: "drop", keepTurns: 1 } },
    { reasoning: "last", history: { mode: "drop", keepTurns: 1 } },
  ])("stand in the record, from which prompts are told and the episode replays: %j", async (parts) => {
    const { trajectory, prompts } = await play(parts);
    expect(promptsOf(trajectory).map(({ prompt }) => prompt)).toEqual(prompts);
    expect(conversationsOf(trajectory).map(({ segment }) => segment)).toEqual([
      ...new Set(trajectory.turns.map(({ segment }) => segment)),
    ]);
    const { difference } = await replayEpisode(trajectory, task.context, { repls: pool });
    expect(difference).toBeNull();
  });

  it("are covered by the record's checksums", async () => {
    const { trajectory } = await play({ reasoning: "keep" });
    const changed = structuredClone(trajectory);
    Object.assign(changed.turns[0]!.completion.reasoning!, { text: "FINAL(2)" });
    const { difference } = await replayEpisode(changed, task.context, { repls: pool });
    expect(difference).toMatchObject({ turn: 0, label: "completion", offset: 6 });
  });

  it("of a sub-model are in the record, but not in its reply in Python", async () => {
    const subModel = scriptedModel([thinking("FINAL(1)", "seven")], "sub");
    const { trajectory } = await play({ subModels: [subModel] }, [
      thinking("", code('print(llm_query("?"))')),
      thinking("", "FINAL(42)"),
    ]);
    expect(trajectory.turns[0]?.results[0]?.stdout).toBe("seven\n");
    const call = trajectory.calls.find(({ purpose }) => purpose === "llm_query");
    expect(call).toMatchObject({ reply: "seven", reasoning: { text: "FINAL(1)", tokens: 3 } });
    const { difference } = await replayEpisode(trajectory, task.context, { repls: pool });
    expect(difference).toBeNull();
  });

  it("have only three options", () => {
    expect(() => envWith({ reasoning: "some" as never })).toThrow(UsageError);
  });
});

describe("a policy whose prompt exceeds its model's window", () => {
  const bursting: Model = {
    ...scriptedModel([]),
    complete: async ({ messages }) => {
      if (messages.length < 4) return thinking("", code('answer["content"] = "41"'));
      throw new ModelError("past the window", { kind: "window", windowTokens: 8192, attempts: 1 });
    },
  };

  it("ends truncated, costs nothing more, is scored as it is, and replays", async () => {
    const env = envWith({});
    const trajectory = await rolloutEpisode(env, { policy: modelPolicy(bursting), reset: { seed: 0 } });
    await env.close();
    expect(trajectory).toMatchObject({
      status: "ok",
      error: null,
      stopReason: "max_window",
      answer: { text: "41", source: "standing" },
      reward: { score: 1 },
      totals: { promptTokens: 10, completionTokens: 5 },
    });
    expect(trajectory.calls.at(-1)).toMatchObject({ error: "past the window" });
    const { difference } = await replayEpisode(trajectory, task.context, { repls: pool });
    expect(difference).toBeNull();
  });
});
