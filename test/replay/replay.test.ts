/** Episodes run again from their records alone, the same to the byte. */
import { afterAll, describe, expect, it } from "vitest";
import { completion } from "../../src/completion.ts";
import { ModelError } from "../../src/errors.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { RecordingPlayer } from "../../src/replay/recording.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { recordingOf } from "../../src/replay/recording-of-record.ts";
import { changedBytes } from "../../src/replay/replay.ts";
import type { Call, Trajectory } from "../../src/trajectory.ts";
import { ASK, blocks, CHILD, CONTEXT, NOW, recorder, tools, TOOLS, uneven } from "./recorded-episode.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());
const { record, again } = recorder(pool);

const KINDS: readonly (readonly [string, () => Promise<Trajectory>])[] = [
  ["batches with failures, chance and clocks", () => record(blocks(ASK, "FINAL(same[0])"))],
  ["tools of the host", () => record(blocks(TOOLS, "FINAL(1)"), { tools })],
  [
    "children with children",
    () =>
      record(blocks(CHILD, "FINAL(1)"), {
        maxDepth: 3,
        tools,
        childPolicy: () =>
          blocks("print(look(at=2))\nx = rlm_query('q', context + '!')", "FINAL(llm_query(x))"),
      }),
  ],
  [
    "a budget that refuses",
    () =>
      record(blocks("try:\n    llm_query_batched(['x' * 50] * 9)\nexcept RuntimeError as e:\n    print(e)"), {
        limits: { maxTokens: 30_000 },
      }),
  ],
  ["a budget of dollars", () => record(blocks(ASK, ASK), { limits: { maxDollars: 0.000_5 } })],
  ["the host's clock", () => record(blocks(NOW, NOW, "FINAL(1)"), { clock: uneven(), maxDepth: 2 })],
  ["turns that run out", () => record(blocks("1", "2"), { limits: { maxTurns: 1 } })],
  ["a sub-model that dies", () => record(blocks("llm_query('die')"))],
  [
    "summaries of old turns",
    () =>
      record(blocks("print('x' * 3000)", "print('y' * 3000)", "1", "FINAL(2)"), {
        history: { mode: "summarise", whenTokens: 600 },
      }),
  ],
  [
    "a policy whose model fails",
    () =>
      record(
        modelPolicy(
          scriptedModel([
            "```repl\nprint(1)\n```",
            () => Promise.reject(new ModelError("gone", { kind: "overloaded", attempts: 4 })),
          ]),
        ),
      ),
  ],
  [
    "a judge",
    () =>
      record(blocks("FINAL(1)"), {
        judge: {
          model: scriptedModel(["yes"]),
          judge: async (_, __, ask) => ask([{ role: "user", content: "is it?" }]),
        },
      }),
  ],
];

describe("an episode that runs again from its record", () => {
  it.each(KINDS)("is the same to the byte: %s", async (_, make) => {
    const recorded = await make();
    const { difference, trajectory } = await again(recorded);
    expect(difference).toBeNull();
    expect(trajectory?.turns).toHaveLength(recorded.turns.length);
  });

  it("has in its record when its clock was read, in children too, and shows Python those times", async () => {
    const recorded = await record(blocks(NOW, "FINAL(1)"), {
      clock: uneven(),
      maxDepth: 2,
      childPolicy: () => blocks("import time", "FINAL(time.time())"),
    });
    const { clockMs = [], turns, children } = recorded;
    const [at] = turns[0]!.results[0]!.stdout.split(" ");
    expect(clockMs).toHaveLength(1 + turns.length);
    expect(Math.floor(Number(at))).toBe(Math.floor(clockMs[1]! / 1000));
    const child = children[0]!;
    expect(child.clockMs).toHaveLength(3);
    expect(Math.floor(Number(child.answer!.text))).toBe(Math.floor(child.clockMs![2]! / 1000));
    const changed = { ...recorded, clockMs: clockMs.with(1, clockMs[1]! + 1) };
    expect(changedBytes(changed)).toMatchObject({ turn: 0, label: "reading of the clock" });
  });

  it("is refused where the context is another task's", async () => {
    const recorded = await record(blocks("FINAL(1)"));
    await expect(again(recorded, "another text")).rejects.toMatchObject({
      name: "RecordingError",
      message: expect.stringContaining("belongs to task t"),
    });
  });

  it("is refused where the record was put to another task with the same context, and says what each asks", async () => {
    const { seals: _, ...recorded } = await record(blocks("FINAL(llm_query(context))"));
    const other = { ...recorded.task, id: "u", question: "What else?" };
    const lacking = {
      ...recorded,
      task: other,
      calls: recorded.calls.filter(({ prompt }) => prompt === null),
    };
    await expect(again(lacking)).rejects.toMatchObject({
      name: "RecordingError",
      message: expect.stringMatching(
        /^recording of rollout r: it does not belong to task u: it begins ".*\?.*What else/,
      ),
    });
  });

  it("answers no code that is about another task, and says whose it is", async () => {
    const recorded = await record(blocks("FINAL(llm_query('same'))"));
    const model = new RecordingPlayer(recordingOf(recorded), "r").model({
      name: "counting",
      simulated: false,
    });
    const serve = (id: string) =>
      completion({
        prompt: "?",
        context: CONTEXT,
        seed: 3,
        rolloutId: id,
        policy: blocks("FINAL(llm_query('same'))"),
        subModels: model,
        repls: pool,
      });
    await expect(serve("other")).rejects.toThrow(
      "recording of rollout r: it belongs to task t, but rollout other asks about task other",
    );
    expect((await serve("t")).answer).toBe("reply 1");
  });

  it.each([
    ["a call", (call: Call) => call.prompt !== "what nobody prints", /call 8 to counting was not recorded/],
    ["a call of a batch", (call: Call) => call.batch?.index !== 2, /was not recorded: "same"/],
  ])("is refused where the recording lacks %s", async (_, keep, message) => {
    const { seals: __, ...recorded } = await record(blocks(ASK, "FINAL(1)"));
    const lacking = { ...recorded, calls: recorded.calls.filter(keep) };
    await expect(again(lacking)).rejects.toMatchObject({
      name: "RecordingError",
      message: expect.stringMatching(message),
    });
  });
});
