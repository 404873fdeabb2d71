/** Another policy takes over in the middle of a recorded episode. */
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { assemble } from "../../src/env/assemble.ts";
import type { Benchmark } from "../../src/env/define.ts";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { hostTool } from "../../src/episode/tools/host-tools.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { continueEpisode, type ContinuedParts } from "../../src/replay/continue.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { Trajectory } from "../../src/trajectory.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const task = { id: "t", dataset: "d", question: "?", context: "text", contextTokens: 1, metadata: {} };
const reference = { taskId: "t", answers: ["42"], metadata: {} };

const blocks = (name: string, ...codes: string[]) =>
  scriptedPolicy(name, function* () {
    for (const code of codes) yield { code };
  });

const envWith = (subModels: readonly Model[], parts: Partial<RLMEnvOptions> = {}) =>
  new RLMEnv({
    name: "e",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: successGatedCost((answer) => Number(answer === "first, second"), 0),
    repls: pool,
    priceOf: (_, usage) => usage.promptTokens * 5,
    subModels,
    maxDepth: 2,
    ...parts,
  });

async function recorded(parts: Partial<ContinuedParts> = {}): Promise<Trajectory> {
  const env = envWith([scriptedModel(["first"])], parts);
  const policy = blocks("old", "import random\nx = llm_query('one')\nr = random.random()", "FINAL(x)");
  const trajectory = await rolloutEpisode(env, {
    policy,
    reset: { task, reference, seed: 4, rolloutId: "r" },
  });
  await env.close();
  return JSON.parse(JSON.stringify(trajectory)) as Trajectory;
}

const goOn = (record: Trajectory, turn: number, code: string, model: Model) =>
  continueEpisode(record, turn, {
    context: "text",
    reference,
    policy: blocks("new", code),
    subModels: [model],
    makeEnv: ({ subModels, ...parts }) => envWith(subModels, parts),
  });

describe("a continued episode", () => {
  it("has the readings of the clock that it took over, and replays", async () => {
    const first = await recorded({ clock: () => 1_800_000_000_000 });
    const next = await goOn(first, 1, "import time\nFINAL(int(time.time()))", scriptedModel([]));
    expect(next).toMatchObject({
      clockMs: [1_800_000_000_000, 1_800_000_000_000],
      answer: { text: "1800000000" },
    });
    expect((await replayEpisode(next, "text", { repls: pool })).difference).toBeNull();
  });

  it("has the first turns word for word, their state and their cost, and goes on with other models", async () => {
    const record = await recorded();
    const live = scriptedModel(["second"], "other");
    const next = await goOn(record, 1, "FINAL(x + ', ' + llm_query('two'))", live);
    expect(next).toMatchObject({
      rolloutId: "r@1/new",
      policy: "new",
      answer: { text: "first, second" },
      reward: { total: 1 },
      continues: { rolloutId: "r", turn: 1, subModels: [{ name: "other" }] },
    });
    expect(next.turns[0]).toMatchObject({
      completion: record.turns[0]!.completion,
      observation: record.turns[0]!.observation,
    });
    const asked = next.calls.filter(({ purpose }) => purpose === "llm_query");
    expect(asked.map(({ model, prompt, reply }) => [model, prompt, reply])).toEqual([
      ["scripted", "one", "first"],
      ["other", "two", "second"],
    ]);
    const { difference } = await replayEpisode(JSON.parse(JSON.stringify(next)) as Trajectory, "text", {
      repls: pool,
    });
    expect(difference).toBeNull();
  });

  it("has those models too in an environment that `assemble` makes of a benchmark", async () => {
    const benchmark: Benchmark = {
      problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
      score: () => 1,
      strategies: {},
      readers: [],
      label: "d",
    };
    const next = await continueEpisode(await recorded(), 1, {
      context: "text",
      reference,
      policy: blocks("new", "FINAL(x + ', ' + llm_query('two'))"),
      subModels: [scriptedModel(["second"], "other")],
      makeEnv: (parts) => assemble("e", benchmark, { ...parts, repls: pool }),
    });
    expect(next.answer?.text).toBe("first, second");
  });

  it("may begin anew at turn 0, and names a turn that there is not", async () => {
    const record = await recorded();
    const next = await goOn(record, 0, "FINAL(context)", scriptedModel([]));
    expect(next).toMatchObject({ answer: { text: "text" }, turns: [{ index: 0 }] });
    await expect(goOn(record, 2, "1", scriptedModel([]))).rejects.toMatchObject({
      name: "UsageError",
      message: "rollout r: there is no turn 2; it has turns 0 to 1",
    });
  });

  it("has its tools answered from the recording first, and by the same tools from the turn on", async () => {
    let asked = 0;
    const look = hostTool({
      description: "Looks.",
      parameters: z.object({ at: z.number() }),
      run: ({ at }) => `${at}: look ${(asked += 1)}`,
    });
    const tools = { look };
    const env = envWith([], { tools });
    const policy = blocks("old", "x = look(at=1)", "FINAL(x)");
    const played = await rolloutEpisode(env, { policy, reset: { task, reference, rolloutId: "r" } });
    await env.close();
    const record = JSON.parse(JSON.stringify(played)) as Trajectory;
    const options = {
      context: "text",
      reference,
      policy: blocks("new", "FINAL(x + ', ' + look(at=2) + rlm_query('deeper', 'c'))"),
      subModels: [scriptedModel(["```repl\nFINAL('; ' + look(at=3))\n```"])],
      makeEnv: ({ subModels, ...parts }: ContinuedParts) => envWith(subModels, parts),
    };
    const next = await continueEpisode(record, 1, { ...options, tools });
    expect(next.answer?.text).toBe("1: look 1, 2: look 2; 3: look 3");
    expect(next.toolCalls.map(({ turn, result }) => [turn, result])).toEqual([
      [0, "1: look 1"],
      [1, "2: look 2"],
    ]);
    const again = JSON.parse(JSON.stringify(next)) as Trajectory;
    expect((await replayEpisode(again, "text", { repls: pool })).difference).toBeNull();
    await expect(continueEpisode(record, 1, options)).rejects.toThrow(
      /expected the host tools of the record/,
    );
  });

  it("is refused where the first turns do not come out as recorded", async () => {
    const record = await recorded();
    const turns = record.turns.map((turn) => ({ ...turn, observation: `${turn.observation}!` }));
    await expect(goOn({ ...record, turns }, 1, "1", scriptedModel([]))).rejects.toThrow(
      /turn 0 differs from the record/,
    );
  });
});
