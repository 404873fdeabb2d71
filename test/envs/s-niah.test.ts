import { afterAll, describe, expect, it } from "vitest";
import { environmentNamed, make } from "../../envs/make.ts";
import { checkEnv } from "../../src/env/check.ts";
import { simulatedModel } from "../../src/models/simulated/simulated.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { oracle } from "../../src/policies/strategies/oracle.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { sharedPool } from "../shared-pool.ts";

const { pool, recorded } = sharedPool();
afterAll(() => pool.close());

const benchmarkOf = (variant: string, length: string) =>
  environmentNamed("s-niah").open({ variant, length }, 0);

async function play(strategy: string, variant: string, length: string, episodes = 3): Promise<Trajectory[]> {
  const benchmark = await benchmarkOf(variant, length);
  const model = simulatedModel({ readers: benchmark.readers });
  const env = await make(environmentNamed("s-niah"), {
    options: { variant, length },
    repls: pool,
    subModels: model,
  });
  const trajectories: Trajectory[] = [];
  for (let seed = 0; seed < episodes; seed += 1) {
    const policy = benchmark.strategies[strategy]!();
    trajectories.push(await rolloutEpisode(env, { policy, subModel: model, reset: { seed } }));
  }
  await env.close();
  return trajectories;
}
const scores = (trajectories: readonly Trajectory[]) => trajectories.map((one) => one.reward?.score);

describe("s-niah", () => {
  it("passes the checks of every environment, in both dialects", async () => {
    for (const dialect of ["repl", "tool"] as const) {
      const env = await make("s-niah", { options: { length: "2k" }, repls: pool, dialect });
      const code = 'print(len(context)); answer["content"] = "x"; answer["ready"] = True';
      await checkEnv(env, {
        actions: [{ code: "import random; print(random.random(), context[:50])" }, { code }],
      });
      await env.close();
    }
  });

  it.each(["niah_single_1", "niah_single_2", "niah_single_3"])(
    "grep finds every needle of %s at 1k and 32k",
    async (variant) => {
      for (const length of ["1k", "32k"])
        expect(scores(await play("grep", variant, length))).toEqual([1, 1, 1]);
    },
  );

  it.each(["niah_multikey_1", "niah_multikey_2", "niah_multikey_3", "niah_multivalue", "niah_multiquery"])(
    "grep finds every needle of %s",
    async (variant) => expect(scores(await play("grep", variant, "4k"))).toEqual([1, 1, 1]),
  );

  it("map-reduce asks about every part of the context, and its cost grows with the length", async () => {
    const [short] = await play("map-reduce", "niah_single_2", "8k", 1);
    const [long] = await play("map-reduce", "niah_single_2", "64k", 1);
    const read = (one: Trajectory) =>
      one.calls.filter((call) => call.depth === 1).reduce((sum, call) => sum + call.usage!.promptTokens, 0);
    expect(read(short!)).toBeGreaterThan(7_000);
    expect(read(long!)).toBeGreaterThan(60_000);
    expect(long!.totals.nanoDollars!).toBeGreaterThan(4 * short!.totals.nanoDollars!);
  });

  it("direct sends the context in one call, cut at the sub-model's window", async () => {
    const [trajectory] = await play("direct", "niah_single_1", "400k", 1);
    const sent = trajectory!.calls.filter((call) => call.depth === 1 && call.error === null);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.usage!.promptTokens).toBeGreaterThan(200_000);
    expect(trajectory!.status).toBe("ok");
  });

  it("bm25 finds the needle's piece and sends few pieces, however long the context", async () => {
    const trajectories = await play("bm25", "niah_single_2", "64k");
    expect(scores(trajectories)).toEqual([1, 1, 1]);
    for (const { calls } of trajectories) {
      const sent = calls.filter((call) => call.depth === 1);
      expect(sent.map((call) => call.usage!.promptTokens < 4000)).toEqual([true]);
    }
  });

  it("the oracle reaches full marks in one turn, and its record says that it was told the gold", async () => {
    const benchmark = await benchmarkOf("niah_multivalue", "2k");
    const env = await make("s-niah", { options: { variant: "niah_multivalue", length: "2k" }, repls: pool });
    const { reference } = await env.problem(4);
    const policy = oracle(benchmark.oracle!).knowing(reference);
    const trajectory = await rolloutEpisode(env, { policy, reset: { seed: 4 } });
    await env.close();
    expect(trajectory).toMatchObject({ policy: "oracle", readsGold: true, reward: { score: 1 } });
    expect(trajectory.turns).toHaveLength(1);
    expect((await play("grep", "niah_single_1", "1k", 1))[0]).not.toHaveProperty("readsGold");
  });

  it("marks results that depend on a simulated model", async () => {
    expect((await play("grep", "niah_single_1", "1k", 1))[0]!.simulated).toBe(true);
  });

  it("gives the same record for the same seed, except for the clocks", async () => {
    const [first] = await play("map-reduce", "niah_single_2", "16k", 1);
    const [second] = await play("map-reduce", "niah_single_2", "16k", 1);
    expect(withoutClocks(first)).toEqual(withoutClocks(second));
  });

  it("sends a worker the same bytes whatever the gold", async () => {
    const env = await make("s-niah", { options: { length: "2k" }, repls: pool });
    const sent: unknown[] = [];
    for (const answers of [null, ["a-sentinel-in-the-place-of-gold"]]) {
      recorded.length = 0;
      const { task, reference } = await env.problem(3);
      await env.reset({ seed: 3, task, reference: answers ? { ...reference, answers } : reference });
      await env.step({
        code: "print(llm_query('What is the special magic number for x mentioned in the provided text?'))",
      });
      await env.step("FINAL(1)");
      sent.push(structuredClone(recorded));
    }
    await env.close();
    expect(JSON.stringify(sent[0])).toContain("context");
    expect(sent[1]).toEqual(sent[0]);
  });

  it("refuses invalid options, naming the option and the choices", async () => {
    const anyEnvironment = environmentNamed("s-niah");
    await expect(make(anyEnvironment, { options: { variant: "niah_single_9" } })).rejects.toThrow(
      /variant.*niah_single_1/,
    );
    await expect(make("s-niah", { options: { length: "0" } })).rejects.toThrow("length");
    await expect(make(anyEnvironment, { options: { depth: 3 } })).rejects.toThrow(/depth.*variant, length/);
    expect(() => environmentNamed("niah")).toThrow("s-niah");
  });

  it("refuses adjectives without nouns", async () => {
    const options = { adjectives: "words.txt" };
    await expect(environmentNamed("s-niah").open(options, 0)).rejects.toThrow("go together");
  });
});

function withoutClocks(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === "wallClock" ? undefined : item)));
}
