/** Whatever a policy's model replies, the episode ends well, and its record adds up, is written, read and played again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { expectSums } from "../../src/cost/totals.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Completion, Dialect, FinishReason, PromptStyle } from "../../src/types.ts";
import { roundTrips } from "./round-trip.ts";

const pool = new PyodideReplPool();
let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rlm-gym-replies-"));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

const CONTEXT = "one 🙂 two\nthree é\n".repeat(4);
const MAX_TURNS = 5;

const PIECES = [
  "```repl\nprint(context[:9])\n```",
  "```repl\nx = 1\n```",
  "```\nprint(2)\n```",
  "```text\n3\n```",
  "```python print(4)```",
  "```repl\n1/0\n```",
  "```repl\nanswer = []\n```",
  "```repl\nanswer = 'five'\n```",
  "```repl\nanswer = None\n```",
  "```repl\ncontext = 1\ndel llm_query\n```",
  "```repl\nawait x\n```",
  "```repl\nprint(llm_query_batched(['a', 'a']))\n```",
  "```repl\nimport sys; sys.exit()\n```",
  "```repl\nanswer['ready'] = True\n```",
  "```repl\nprint('unclosed",
  "FINAL(6)",
  "FINAL(x)",
  "FINAL_VAR(x)",
  "FINAL(answer)",
  'FINAL(f"{x}")',
  "FINAL(",
  "FINAL(7) :)",
  "FINAL(...)",
  "<think>FINAL(8)</think>",
  "<think>never ends",
  "</think>",
  "print(9)",
  "Hm.",
  "",
  "\n",
  "\u{1F642}",
  "\uD800",
  "\u0000",
  '<tool_call>{"name": "call_python_repl", "arguments": {"code": "print(10)"}}</tool_call>',
];
const ARGUMENTS = [
  '{"code": "print(11)"}',
  '{"code": "',
  "null",
  "",
  "{'code': 'print(12)'}",
  '"print(13)"',
  '{"code": "FINAL(14)"}',
  "[]",
];

const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }).map((parts) => parts.join("\n"));
const toolCalls = fc.array(
  fc.record({
    id: fc.constantFrom("c1", "c2", ""),
    name: fc.constantFrom("call_python_repl", "python", ""),
    arguments: fc.constantFrom(...ARGUMENTS),
  }),
  { maxLength: 2 },
);
const usage = fc.option(
  fc.record({
    promptTokens: fc.nat({ max: 4000 }),
    completionTokens: fc.nat({ max: 6000 }),
    cachedTokens: fc.constant(0),
  }),
);
const finishReason = fc.constantFrom<FinishReason[]>(
  "stop",
  "length",
  "tool_calls",
  "content_filter",
  "unknown",
);

const repliesIn = (dialect: Dialect): fc.Arbitrary<Completion> =>
  fc
    .record({ text, toolCalls: dialect === "tool" ? toolCalls : fc.constant([]), usage, finishReason })
    .map((reply) => ({
      ...reply,
      model: "any",
      usageSource: reply.usage === null ? ("unknown" as const) : ("reported" as const),
      attempts: 1,
    }));

const episodes = fc.constantFrom<Dialect[]>("repl", "tool").chain((dialect) =>
  fc.record({
    dialect: fc.constant(dialect),
    replies: fc.array(repliesIn(dialect), { minLength: MAX_TURNS, maxLength: MAX_TURNS }),
    promptStyle: fc.constantFrom<PromptStyle[]>("default", "small", "paper"),
    severalBlocks: fc.boolean(),
    drops: fc.boolean(),
  }),
);

function echo(): Model {
  return {
    name: "echo",
    simulated: false,
    complete: ({ seed }) =>
      Promise.resolve({
        text: `reply ${seed}`,
        toolCalls: [],
        finishReason: "stop",
        model: "echo",
        usage: { promptTokens: 90, completionTokens: 3, cachedTokens: 0 },
        usageSource: "reported",
        attempts: 1,
      }),
  };
}

it("plays, adds up, is exported, imported and played again", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(episodes, async ({ dialect, replies, promptStyle, severalBlocks, drops }) => {
      const env = new RLMEnv({
        name: "any",
        problems: { name: "any", size: 0, async *[Symbol.asyncIterator]() {} },
        reward: successGatedCost(() => 1, 0),
        repls: pool,
        priceOf: (_, used) => used.promptTokens * 3 + used.completionTokens * 7,
        subModels: [echo()],
        limits: { maxTurns: MAX_TURNS, maxTokens: 20_000, maxExecSeconds: 5 },
        dialect,
        promptStyle,
        severalBlocks,
        ...(drops && { history: { mode: "drop", keepTurns: 1 } as const }),
      });
      const task = {
        id: "t",
        dataset: "any",
        question: "?",
        context: CONTEXT,
        contextTokens: 9,
        metadata: {},
      };
      const reset = {
        seed: 7,
        task,
        reference: { taskId: "t", answers: ["6"], metadata: {} },
        rolloutId: "r",
      };
      const played = await rolloutEpisode(env, { policy: modelPolicy(scriptedModel(replies, "any")), reset });
      await env.close();

      expect(played.error).toBeNull();
      expect(played.status).toBe("ok");
      // Only `answer["ready"] = True` gives an empty answer: it is said on purpose.
      if (played.answer?.text === "") expect(played.answer.source).toBe("answer_dict");
      expectSums(played);
      expect(played.metrics.invalidCompletions).toBe(played.turns.filter(({ invalid }) => invalid).length);

      // A file and a format of others give the same record back.
      const record = JSON.parse(JSON.stringify(played)) as Trajectory;
      const read = await roundTrips(record, join(folder, `${(files += 1)}.jsonl`));
      expect(read).toHaveLength(2);
      for (const [, trajectory] of read) {
        const { trajectory: again, difference } = await replayEpisode(trajectory, CONTEXT, { repls: pool });
        expect(again).not.toBeNull();
        expect(difference).toBeNull();
        expect(trajectory.turns.map(({ observation }) => observation)).toEqual(
          record.turns.map(({ observation }) => observation),
        );
      }
    }),
    { numRuns: 40 },
  );
});
