import { afterAll, describe, expect, it } from "vitest";
import { assemble } from "../../src/env/assemble.ts";
import { defineEnvironment } from "../../src/env/define.ts";
import { RLMEnv } from "../../src/env/env.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { continueEpisode } from "../../src/replay/continue.ts";
import { checksumsOf } from "../../src/record/checksums.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Problem } from "../../src/types.ts";
import { z } from "zod";
import { shelf, shelfWorld } from "./shelf-world.ts";
import { defineWorld } from "../../src/episode/world/world.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const problem: Problem = {
  task: {
    id: "t",
    dataset: "d",
    question: "Put a cup on the shelf.",
    context: "c",
    contextTokens: 1,
    metadata: { things: ["jar"] },
  },
  reference: { taskId: "t", answers: ["cup"], metadata: {} },
};
const environment = defineEnvironment({
  name: "shelf",
  summary: "a shelf",
  options: z.object({}),
  open: () =>
    Promise.resolve({
      problems: {
        name: "one",
        size: 1,
        async *[Symbol.asyncIterator]() {
          yield await Promise.resolve(problem);
        },
      },
      world: shelfWorld,
      readers: [],
      strategies: {},
      label: "shelf",
    }),
});
const benchmark = await environment.open({}, 0);
const made = (parts: Parameters<typeof assemble>[2] = {}) =>
  assemble("shelf", benchmark, { repls: pool, reward: (score) => successGatedCost(score, 0), ...parts });

/** Plays code turn by turn, and ends with the answer. */
async function play(codes: readonly string[], answer: string | null = "done"): Promise<Trajectory> {
  const env = made();
  try {
    await env.reset({ seed: 0 });
    for (const code of codes) await env.step({ code });
    if (answer === null) return await env.abandon("max_turns");
    await env.step({ answer });
    return env.trajectory;
  } finally {
    await env.close();
  }
}

describe("a world", () => {
  it("is changed by its tools, and its last state is what is scored", async () => {
    const record = await play(["print(put('cup'))", "print(look())"]);
    expect(record.turns[0]!.observation).toContain("2");
    expect(record.turns[1]!.observation).toContain("['jar', 'cup']");
    expect(record.reward?.score).toBe(1);
    expect(record.world).toMatchObject({
      name: "shelf",
      begun: { calls: 0 },
      end: { things: ["jar", "cup"] },
    });
    expect(record.turns.map(({ world }) => world!.calls)).toEqual([1, 2, 2]);
    expect(record.turns[0]!.world!.sha256).toBe(record.turns[1]!.world!.sha256);
    expect(record.world!.begun.sha256).not.toBe(record.turns[0]!.world!.sha256);
    expect(record.systemPrompt).toContain("put(thing: str) -> object");
  });

  it("is scored where the episode ends without an answer", async () => {
    expect((await play(["put('cup')"], null)).reward?.score).toBe(0.5);
    expect((await play(["put('pot')"], null)).reward?.score).toBe(0);
  });

  it("is put back when a tool throws or returns something that is not JSON, and Python hears of it", async () => {
    const code = (thing: string) =>
      `try:\n    put(${JSON.stringify(thing)})\nexcept RuntimeError as error:\n    print(error)\nprint(look())`;
    const record = await play([
      code("bomb"),
      code("ghost"),
      "try:\n    put(5)\nexcept TypeError as e:\n    print(e)",
    ]);
    expect(record.turns[0]!.observation).toContain("put(): the shelf broke");
    expect(record.turns[1]!.observation).toContain("put(): returned something that is not JSON");
    for (const { observation } of record.turns.slice(0, 2)) expect(observation).toContain("['jar']");
    expect(record.turns[2]!.observation).toContain("put(): thing: Invalid input");
    expect(record.world!.end).toEqual({ things: ["jar"] });
  });

  it("forks with its environment: neither sees what the other does", async () => {
    const root = made();
    await root.reset({ seed: 0 });
    await root.step({ code: "put('cup')" });
    const branch = await root.fork();
    await branch.step({ code: "put('pot')" });
    await root.step({ code: "put('pan')" });
    const [one, other] = [await root.abandon("max_turns"), await branch.abandon("max_turns")];
    await root.close();
    await branch.close();
    expect(one.world!.end).toEqual({ things: ["jar", "cup", "pan"] });
    expect(other.world!.end).toEqual({ things: ["jar", "cup", "pot"] });
    expect(one.turns[0]!.world).toEqual(other.turns[0]!.world);
  });

  it("replays into the same states, with the world and without it", async () => {
    const record = await play(["put('cup')\nput('pan')", "put('bomb')"]);
    for (const world of [shelfWorld, undefined]) {
      const again = await replayEpisode(record, "c", { repls: pool, world });
      expect(again.difference).toBeNull();
      expect(again.trajectory!.world).toEqual(record.world);
      expect(again.trajectory!.turns.map((turn) => turn.world)).toEqual(
        record.turns.map((turn) => turn.world),
      );
    }
  });

  it("is found to differ in a replay if its tools do something else now", async () => {
    const record = await play(["put('cup')"]);
    const forgetful = defineWorld({ ...shelf, snapshot: () => ({ things: [] }) });
    const { difference } = await replayEpisode(record, "c", { repls: pool, world: forgetful });
    expect(difference).not.toBeNull();
    const other = { ...shelfWorld, name: "cupboard" };
    await expect(replayEpisode(record, "c", { repls: pool, world: other })).rejects.toThrow(
      "its world is shelf, and cannot be restored as cupboard",
    );
  });

  it("is not replayed from a record that counts a call which it lacks: nothing waits for it", async () => {
    const record = await play(["put('cup')", "put('pan')"]);
    const [first, second, ...others] = record.turns;
    const counting = { ...second!, world: { ...second!.world!, calls: 3 } };
    const changed = { ...record, turns: [first!, counting, ...others] };
    const broken = { ...changed, seals: checksumsOf(changed) };
    await expect(replayEpisode(broken, "c", { repls: pool, world: shelfWorld })).rejects.toThrow(
      "call 2 of its world's tools was not recorded",
    );
  });

  it("goes on from a recorded turn", async () => {
    const record = await play(["put('cup')", "put('pan')"]);
    const policy = scriptedPolicy("other", function* () {
      yield { code: "put('pot')" };
      yield { answer: "done" };
    });
    const continued = await continueEpisode(record, 1, {
      context: "c",
      reference: problem.reference,
      policy,
      subModels: [],
      makeEnv: made,
    });
    expect(continued.world!.end).toEqual({ things: ["jar", "cup", "pot"] });
    expect((await replayEpisode(continued, "c", { repls: pool, world: shelfWorld })).difference).toBeNull();
  });

  it("refuses a tool with the name of another", () => {
    const clash = defineWorld({ ...shelf, tools: { llm_query: shelf.tools.look! } });
    expect(() => new RLMEnv({ ...optionsOf(), world: clash })).toThrow(
      "world shelf: tool llm_query: the name is taken",
    );
  });
});

function optionsOf() {
  return {
    name: "e",
    problems: benchmark.problems,
    repls: pool,
    priceOf: () => 1,
    reward: successGatedCost(() => 1, 0),
  };
}

describe("children that a policy starts", () => {
  const child = scriptedPolicy("child", function* ({ observation: { question } }) {
    yield { code: `put(${JSON.stringify(question)})` };
    yield { code: "put('more')" };
    yield { answer: "put" };
  });
  const parent = scriptedPolicy("parent", function* () {
    yield { code: "print(rlm_query_batched(['a', 'b', 'c', 'd'], ['x'] * 4))\nput('cup')" };
    yield { answer: "done" };
  });

  it("share its world, and a replay keeps the order of their calls", async () => {
    const env = made({ maxDepth: 2, subModels: scriptedModel([]), childPolicy: () => child });
    const record = await rolloutEpisode(env, { policy: parent, reset: { seed: 0 } });
    await env.close();
    const { things } = record.world!.end as unknown as { things: string[] };
    expect(things.toSorted()).toEqual(["a", "b", "c", "cup", "d", "jar", "more", "more", "more", "more"]);
    expect(record.children[0]!.world).not.toHaveProperty("end");
    const again = await replayEpisode(record, "c", { repls: pool, world: shelfWorld });
    expect(again.difference).toBeNull();
    expect(again.trajectory!.world!.end).toEqual(record.world!.end);
  });
});
