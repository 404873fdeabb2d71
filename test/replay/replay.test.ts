/** Episodes run again from their records alone: the same to the byte, and a changed byte is named. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { completion } from "../../src/completion.ts";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { ModelError } from "../../src/errors.ts";
import type { HostClock } from "../../src/episode/host-clock.ts";
import { hostTool } from "../../src/episode/host-tools.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { RecordingPlayer } from "../../src/replay/recording.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { changedBytes, replayEpisode } from "../../src/replay/replay.ts";
import { recordingOf } from "../../src/replay/recording-of-record.ts";
import type { Call, Trajectory } from "../../src/trajectory.ts";
import type { Problem } from "../../src/types.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const CONTEXT = "the context, with ä and 🙂 in it";
const problem: Problem = {
  task: { id: "t", dataset: "d", question: "?", context: CONTEXT, contextTokens: 9, metadata: {} },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};

/** Answers with a number that counts up, so that the order of calls shows; fails where it is told to. */
function counting(): Model {
  let asked = 0;
  return {
    name: "counting",
    simulated: false,
    complete: async ({ messages }) => {
      const prompt = messages.at(-1)!.content;
      if (prompt.includes("refuse"))
        throw new ModelError("past the window", { kind: "rejected", attempts: 2 });
      if (prompt.includes("die")) throw new ModelError("it is down", { kind: "overloaded", attempts: 3 });
      asked += 1;
      const usage = { promptTokens: 20, completionTokens: 3, cachedTokens: 0 };
      const facts = { toolCalls: [], finishReason: "stop", model: "counting", attempts: 1 } as const;
      return await Promise.resolve({ text: `reply ${asked}`, usage, usageSource: "reported", ...facts });
    },
  };
}

/** A clock whose steps differ. */
function uneven(): HostClock {
  let [clockMs, stepMs] = [1_800_000_000_000, 1];
  return () => (clockMs += stepMs = (stepMs * 7) % 10_007);
}

const blocks = (...codes: string[]): Policy =>
  scriptedPolicy("blocks", function* () {
    for (const code of codes) yield { code };
  });

const tools = {
  look: hostTool({
    description: "Looks.",
    parameters: z.object({ at: z.number() }),
    run: ({ at }) => ({ at, seen: "something" }),
  }),
};

async function record(policy: Policy, parts: Partial<RLMEnvOptions> = {}): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "e",
    problems: { name: "d", size: 1, async *[Symbol.asyncIterator]() {} },
    reward: successGatedCost(() => 1, 0),
    repls: pool,
    priceOf: (_, usage) => usage.promptTokens * 3 + usage.completionTokens * 7,
    subModels: [counting()],
    ...parts,
  });
  const reset = { seed: 3, task: problem.task, reference: problem.reference, rolloutId: "r" };
  const trajectory = await rolloutEpisode(env, { policy, reset });
  await env.close();
  // What a file gives back.
  return JSON.parse(JSON.stringify(trajectory)) as Trajectory;
}

const again = (trajectory: Trajectory, context = CONTEXT) =>
  replayEpisode(trajectory, context, { repls: pool });

const ASK = `
import random, time, uuid
same = llm_query_batched(["same"] * 5 + ["please refuse"])
print(same, random.random(), time.time(), uuid.uuid4())
try:
    llm_query("refuse")
except RuntimeError as error:
    print(error)
hidden = llm_query("what nobody prints")`;
const NOW = `
import time
print(time.time(), rlm_query('when?', 'a context'))`;
const TOOLS = `
print(look(at=1))
try:
    look(at="x")
except TypeError as error:
    print("type", error)`;
const CHILD = 'rlm_query_batched(["a", "b"], ["context a", "context b"])';

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

describe("a changed byte", () => {
  let recorded: Trajectory;
  beforeAll(async () => {
    recorded = await record(blocks(ASK, CHILD, "FINAL(same[0])"), {
      maxDepth: 2,
      childPolicy: () => blocks("FINAL(llm_query(context))"),
    });
  });

  it("of a reply that no code ever shows is named with turn, call and offset", async () => {
    const call = recorded.calls.findIndex(({ prompt }) => prompt === "what nobody prints");
    const changed = edit(recorded, ["calls", call, "reply"], 3, "L");
    const { difference, trajectory } = await again(changed);
    expect(trajectory).toBeNull();
    expect(difference).toMatchObject({
      rolloutId: "r",
      turn: 0,
      label: `reply of call ${call} (llm_query)`,
      offset: 3,
    });
  });

  it("of an observation without a seal is named by running again", async () => {
    const { seals: _, ...bare } = edit(recorded, ["turns", 0, "observation"], 2, "Q");
    const { difference } = await again(bare);
    expect(difference).toMatchObject({ turn: 0, label: "observation", offset: 2 });
    expect(difference?.recorded).not.toBe(difference?.again);
  });

  it("of a child's reply without a seal is named in the child", async () => {
    const bare = JSON.parse(JSON.stringify(recorded), (key, value: unknown) =>
      key === "seals" ? undefined : value,
    ) as Trajectory;
    const changed = edit(bare, ["children", 1, "turns", 0, "observation"], 0, "Q");
    expect((await again(changed)).difference).toMatchObject({
      rolloutId: "r#1",
      turn: 0,
      label: "observation",
      offset: 0,
    });
  });

  it("is named wherever it is in any text of any turn", () => {
    const places = textsOf(recorded, []);
    expect(places.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.nat(),
        fc.constantFrom("~", "0", "z"),
        ({ path, text }, nat, put) => {
          const at = nat % text.length;
          if (text[at] === put || text.charCodeAt(at) > 127) return;
          const found = changedBytes(edit(recorded, path, at, put));
          expect(found).toMatchObject({ offset: expect.any(Number) });
          const turn = path.lastIndexOf("turns");
          if (turn >= 0) expect(found?.turn).toBe(path[turn + 1]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("beside another one is found all the same", () => {
    const twice = edit(
      edit(recorded, ["turns", 1, "observation"], 1, "~"),
      ["turns", 1, "observation"],
      3,
      "~",
    );
    expect(changedBytes(twice)).toMatchObject({ turn: 1, offset: null });
    expect(changedBytes(recorded)).toBeNull();
  });
});

type Path = readonly (string | number)[];

/** The record with one character of the text at a path put in another's place. */
function edit(trajectory: Trajectory, path: Path, at: number, put: string): Trajectory {
  const copy = structuredClone(trajectory) as unknown as Record<string | number, unknown>;
  const last = path.at(-1)!;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as typeof holder;
  const text = holder[last] as string;
  holder[last] = text.slice(0, at) + put + text.slice(at + 1);
  return copy as unknown as Trajectory;
}

/** Every text of what models, tools and the REPL said. */
function textsOf(value: unknown, path: Path): { path: Path; text: string }[] {
  const SAID = [
    "observation",
    "reply",
    "prompt",
    "error",
    "text",
    "stdout",
    "code",
    "opening",
    "systemPrompt",
    "question",
  ];
  if (typeof value === "string")
    return value !== "" && SAID.includes(String(path.at(-1))) ? [{ path, text: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "seals" || key === "judgement"
      ? []
      : textsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
