import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { checkEnv } from "../../src/env/check.ts";
import { Conversation } from "../../src/episode/history/conversation.ts";
import { RLMEnv } from "../../src/env/env.ts";
import { ModelError } from "../../src/errors.ts";
import { compactHistory } from "../../src/episode/history/history.ts";
import type { Model, ModelRequest } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { underSummary } from "../../src/episode/prompt.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { promptsOf } from "../../src/export/conversation.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { HistoryOptions, Limits, Message } from "../../src/types.ts";
import { datasetOf, problemOver } from "./one-problem.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const problem = problemOver("it is 42");
const { task } = problem;

function envWith(history: HistoryOptions, subModels: readonly Model[] = [], limits: Partial<Limits> = {}) {
  return new RLMEnv({
    name: "e",
    problems: datasetOf(problem),
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: pool,
    priceOf: (_, usage) => usage.promptTokens,
    subModels,
    limits,
    history,
  });
}

/** Plays the blocks and then an answer, and keeps every prompt of the policy. */
async function play(env: RLMEnv, blocks: readonly string[], windowTokens?: number) {
  const prompts: (readonly Message[])[] = [];
  const replies = [...blocks.map((code) => `\`\`\`repl\n${code}\n\`\`\``), "FINAL(42)"];
  const script = replies.map((reply) => ({ messages }: ModelRequest) => {
    prompts.push(messages);
    return reply;
  });
  const model = scriptedModel(script);
  const policy = modelPolicy(windowTokens === undefined ? model : { ...model, windowTokens });
  const trajectory = await rolloutEpisode(env, { policy, reset: { seed: 0 } });
  await env.close();
  return { trajectory, prompts };
}

/** The prompts, reconstructed from the record alone. */
function retold({ systemPrompt, opening, history, turns, calls }: Trajectory): (readonly Message[])[] {
  const conversation = new Conversation(systemPrompt, opening);
  const keepTurns = history.mode === "off" ? 0 : (history.keepTurns ?? 1);
  return turns.map((turn, index) => {
    const before = turns[index - 1];
    if (before) conversation.append(before.completion, before.observation);
    const summary = calls.find((call) => call.purpose === "summary" && call.turn === index - 1)?.reply;
    if (turn.segment > conversation.segment)
      conversation.keepLast(turn.keptTurns ?? keepTurns, summary ? underSummary(summary) : null);
    return conversation.messages;
  });
}

const BLOCKS = ["a = 1", "print(a)", "b = 2", "print(a + b)", "print('x' * 400)"];

describe("history", () => {
  it("keeps every turn by default, so that each prompt begins with the one before", async () => {
    const { trajectory, prompts } = await play(envWith({ mode: "off" }), BLOCKS);
    expect(trajectory.turns.map((turn) => turn.segment)).toEqual([0, 0, 0, 0, 0, 0]);
    for (const [index, prompt] of prompts.slice(1).entries())
      expect(prompt.slice(0, prompts[index]!.length)).toEqual(prompts[index]);
  });

  it("drops all but the first messages and the last turns, and begins a segment each time", async () => {
    const { trajectory, prompts } = await play(envWith({ mode: "drop", keepTurns: 2 }), BLOCKS);
    expect(prompts.map((prompt) => prompt.length)).toEqual([2, 4, 6, 6, 6, 6]);
    expect(trajectory.turns.map((turn) => turn.segment)).toEqual([0, 0, 0, 1, 2, 3]);
    for (const prompt of prompts) expect(prompt.slice(0, 2)).toEqual(prompts[0]);
    expect(prompts[3]!.slice(2).map((message) => message.content)).toEqual([
      expect.stringContaining("print(a)"),
      expect.stringContaining("(turn 2/16)"),
      expect.stringContaining("b = 2"),
      expect.stringContaining("(turn 3/16)"),
    ]);
    expect(retold(trajectory)).toEqual(prompts);
  });

  it("drops more turns than asked before the window bursts, and the record says how many stayed", async () => {
    const limits = { maxCompletionTokens: 100 };
    const blocks = ["a = 1", "b = 2", "c = 3", "d = 4", "e = 5", "f = 6"];
    const opened = await play(envWith({ mode: "off" }, [], limits), blocks);
    const windowTokens = opened.trajectory.calls[2]!.usage!.promptTokens + limits.maxCompletionTokens;
    const history: HistoryOptions = { mode: "drop", keepTurns: 4 };
    const { trajectory, prompts } = await play(envWith(history, [], limits), blocks, windowTokens);
    const used = trajectory.calls.map(({ usage }) => usage!.promptTokens + limits.maxCompletionTokens);
    expect(Math.max(...used)).toBeLessThanOrEqual(windowTokens);
    expect(trajectory.turns.map(({ keptTurns }) => keptTurns)).toContain(2);
    expect(retold(trajectory)).toEqual(prompts);
    expect(promptsOf(trajectory).map(({ prompt }) => prompt)).toEqual(prompts);
    const { difference } = await replayEpisode(trajectory, task.context, { repls: pool });
    expect(difference).toBeNull();
  });

  it("summarises once the conversation is long, by a call in the ledger, and goes on from the summary", async () => {
    const asked: string[] = [];
    const writer = scriptedModel(
      ["first", "second"].map((words) => ({ messages }: ModelRequest) => {
        asked.push(messages[0]!.content);
        return words;
      }),
      "writer",
    );
    const opened = await play(envWith({ mode: "off" }), BLOCKS);
    const system = opened.trajectory.calls[1]!.usage!.promptTokens;
    const whenTokens = system + 130;
    const { trajectory, prompts } = await play(
      envWith({ mode: "summarise", whenTokens }, [writer], {}),
      BLOCKS,
    );
    const summaries = trajectory.calls.filter((call) => call.purpose === "summary");
    expect(summaries.map(({ model, depth, reply }) => [model, depth, reply])).toEqual([
      ["writer", 0, "first"],
      ["writer", 0, "second"],
    ]);
    expect(asked[0]).toContain("What?");
    expect(asked[0]).toContain("a = 1");
    expect(asked[1]).toContain("first");
    const [turn] = summaries.map((call) => call.turn);
    expect(prompts[turn! + 1]!.map((message) => message.role)).toEqual([
      "system",
      "user",
      "assistant",
      "user",
    ]);
    expect(prompts[turn! + 1]![1]!.content).toMatch(/What\?[^]*summary[^]*first$/);
    expect(new Set(trajectory.turns.map((one) => one.segment)).size).toBe(3);
    expect(retold(trajectory)).toEqual(prompts);
    expect(trajectory.totals.calls).toBe(trajectory.calls.length);
  });

  it("goes on with the whole history if the model refuses the summary or writes none", async () => {
    const refuse = () => {
      throw new ModelError("writer: too long", { kind: "rejected" });
    };
    const writer = scriptedModel([refuse, ""], "writer");
    const env = envWith({ mode: "summarise", whenTokens: 1, keepTurns: 4 }, [writer]);
    const { trajectory, prompts } = await play(env, [...BLOCKS, "pass"]);
    expect(trajectory).toMatchObject({ status: "ok", stopReason: "answered" });
    expect(trajectory.calls.filter((call) => call.purpose === "summary").map((call) => call.error)).toEqual([
      "writer: too long",
      null,
    ]);
    expect(prompts.at(-1)).toHaveLength(14);
  });

  it("ends the episode as an infrastructure error if the summary's server is down", async () => {
    const down = () => {
      throw new ModelError("no connection", { kind: "unreachable" });
    };
    const env = envWith({ mode: "summarise", whenTokens: 1 }, [scriptedModel([down])]);
    const { trajectory } = await play(env, BLOCKS);
    expect(trajectory).toMatchObject({ status: "infra_error", error: { kind: "model_unreachable" } });
  });

  it("makes room under a token limit that the whole history would exceed", async () => {
    const limits = { maxTokens: 9_000, maxTurns: 40 };
    const long = Array.from({ length: 10 }, () => "print('word ' * 100)");
    const whole = await play(envWith({ mode: "off" }, [], limits), long);
    const dropped = await play(envWith({ mode: "drop", keepTurns: 1 }, [], limits), long);
    expect(whole.trajectory.stopReason).toBe("max_tokens");
    expect(dropped.trajectory.turns.length).toBeGreaterThan(whole.trajectory.turns.length);
  });

  it("forks with the current history, and each branch shortens its own", async () => {
    const env = envWith({ mode: "drop", keepTurns: 1 });
    await env.reset();
    for (const code of BLOCKS.slice(0, 3)) await env.step({ code });
    const branch = await env.fork();
    expect(branch.messages).toEqual(env.messages);
    await branch.step({ code: "c = 3" });
    expect(branch.messages.at(-2)?.content).toContain("c = 3");
    expect(env.messages.at(-2)?.content).toContain("b = 2");
    await branch.close();
    await env.close();
  });

  it("passes checkEnv", async () => {
    const env = envWith({ mode: "drop", keepTurns: 1 });
    await checkEnv(env, { seeds: [0] });
    await env.close();
  });

  it("names invalid options", () => {
    expect(() => envWith({ mode: "drop", keepTurns: 0 })).toThrow(/keepTurns/);
    expect(() => envWith({ mode: "summarise", whenTokens: 0.5 })).toThrow(/whenTokens/);
    expect(() => envWith({ mode: "forget" } as unknown as HistoryOptions)).toThrow(
      /off, drop, summarise or offload/,
    );
  });
});

describe("compactHistory", () => {
  it("never separates a native call from its replies, whatever is kept", async () => {
    const callsOfTurns = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        callsOfTurns,
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom("summarise" as const, "drop" as const, "offload" as const),
        async (turns, keepTurns, mode) => {
          const options: HistoryOptions = {
            summarise: { mode: "summarise", whenTokens: 40, keepTurns } as const,
            drop: { mode: "drop", keepTurns } as const,
            offload: { mode: "offload", keepTurns } as const,
          }[mode];
          const conversation = new Conversation("system", "opening");
          for (const [turn, calls] of turns.entries()) {
            const toolCalls = Array.from({ length: calls }, (_, index) => ({
              id: `${turn}.${index}`,
              name: "call_python_repl",
              arguments: "{}",
            }));
            conversation.append({ text: "words of a turn", toolCalls }, "observation");
            await compactHistory(
              conversation,
              options,
              { roomTokens: Infinity, dropsBeforeWindow: true },
              { summarise: async () => "summary", offload: async () => "moved" },
            );
            expectPaired(conversation.messages);
          }
        },
      ),
    );
  });
});

/** After the opening: turns of a completion and its replies, each native call answered once, in order. */
function expectPaired(messages: readonly Message[]): void {
  expect(messages.slice(0, 2).map((message) => message.role)).toEqual(["system", "user"]);
  let open: string[] = [];
  for (const message of messages.slice(2)) {
    if (message.role === "tool") expect(message.toolCallId).toBe(open.shift());
    else expect(open).toEqual([]);
    if (message.role === "assistant") open = (message.toolCalls ?? []).map((call) => call.id);
  }
  expect(open).toEqual([]);
}
