/** What every benchmark's environment guarantees, for generated tasks and for tasks from files. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { environmentNamed, make } from "../../envs/make.ts";
import { environments } from "../../envs/registry.ts";
import { checkEnv } from "../../src/env/check.ts";
import { type Dataset, problemAt, take } from "../../src/data/dataset.ts";
import { simulatedModel } from "../../src/models/simulated/simulated.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { oracle } from "../../src/policies/strategies/oracle.ts";
import type { JsonObject, Problem } from "../../src/types.ts";
import { textOf } from "../datasets/text-of.ts";
import { sharedPool } from "../shared-pool.ts";
import { benchmarksIn, PUBLISHED_OOLONG as published } from "./benchmark-files.ts";

const { pool } = sharedPool();
const folder = mkdtempSync(join(tmpdir(), "rlm-gym-envs-"));
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

const BENCHMARKS = benchmarksIn(folder);

it("every registered environment is among these", () => {
  const names = new Set(environments.map(({ name }) => name));
  expect(new Set(BENCHMARKS.map(([name]) => name))).toEqual(names);
});

async function problemsOf(dataset: Dataset, count: number): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of take(dataset, count)) problems.push(problem);
  return problems;
}

describe.each(BENCHMARKS)("%s with %j", (name, options) => {
  it("passes the checks of every environment", async () => {
    const env = await make(environmentNamed(name), { options, repls: pool });
    await checkEnv(env);
    await env.close();
  });

  it("gives the oracle full marks, an empty answer none, and none to the whole context", async () => {
    const benchmark = await environmentNamed(name).open(options, 0);
    const env = await make(environmentNamed(name), { options, repls: pool });
    for (const [index, { task, reference }] of (await problemsOf(benchmark.problems, 4)).entries()) {
      const policy = oracle(benchmark.oracle!).knowing(reference);
      const { reward, answer } = await rolloutEpisode(env, {
        policy,
        reset: { seed: index, task, reference },
      });
      expect(reward?.score, task.question).toBe(1);
      expect(reward?.terms.official).toEqual({ raw: 1, weighted: 0 });
      // A world is scored by its last state, and not by the answer.
      if (benchmark.world) continue;
      const goldIsEmpty = answer!.text === "";
      expect(benchmark.score("", reference)).toBe(goldIsEmpty ? 1 : 0);
      if (!goldIsEmpty) expect(benchmark.score(textOf(task), reference)).toBe(0);
    }
    await env.close();
  });

  it("plays every strategy to its end", async () => {
    const benchmark = await environmentNamed(name).open(options, 0);
    const model = simulatedModel({ readers: benchmark.readers });
    const env = await make(environmentNamed(name), { options, repls: pool, subModels: model });
    expect(Object.keys(benchmark.strategies)).toEqual(environmentNamed(name).strategyNames);
    for (const strategy of Object.values(benchmark.strategies)) {
      const trajectory = await rolloutEpisode(env, {
        policy: strategy(),
        subModel: model,
        reset: { seed: 1 },
      });
      expect(trajectory.stopReason).toBe("answered");
      for (const { results } of trajectory.turns)
        for (const { exception } of results) expect(exception).toBeNull();
    }
    await env.close();
  });

  it("shares no context between the two parts", async () => {
    const contexts = async (part: string) => {
      const given = { ...options, part, holdout: 0.5, take: 60 };
      const problems = await problemsOf((await environmentNamed(name).open(given, 0)).problems, 60);
      return new Set(problems.map(({ task }) => JSON.stringify(task.context)));
    };
    const [train, heldOut] = [await contexts("train"), await contexts("held-out")];
    for (const context of train) expect(heldOut.has(context)).toBe(false);
    expect(train.size + heldOut.size).toBeGreaterThan(0);
  });
});

describe("the strategy that labels every line", () => {
  it.each(["oolong", "oolong-pairs"])("answers all kinds of questions of %s", async (name) => {
    const options = { length: "2k" };
    const benchmark = await environmentNamed(name).open(options, 3);
    // Clarity is below 1, so a line may be mistaken; most questions do not depend on one line.
    const model = simulatedModel({ readers: benchmark.readers, rot: "flat" });
    const env = await make(environmentNamed(name), { options, seed: 3, repls: pool, subModels: model });
    const scores: number[] = [];
    for (let seed = 0; seed < 25; seed += 1) {
      const policy = benchmark.strategies["map-reduce"]!();
      const { reward } = await rolloutEpisode(env, { policy, subModel: model, reset: { seed } });
      scores.push(reward!.score);
    }
    await env.close();
    expect(scores.filter((score) => score > 0.5).length).toBeGreaterThan(20);
  });
});

it("orders a question's documents by each episode's own seed", async () => {
  const options = BENCHMARKS.find(([, given]) => "canary" in given)![1];
  const env = await make(environmentNamed("browsecomp-plus"), { options, repls: pool });
  const documents = async (seed: number) => (await env.problem(seed)).task.context as readonly string[];
  // The set has three questions, so seeds 1, 4 and 7 pick the same one.
  const orders = await Promise.all([1, 4, 7].map(documents));
  expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(3);
  expect(new Set(orders.map((order) => JSON.stringify(order.toSorted()))).size).toBe(1);
  expect(await documents(4)).toEqual(orders[1]);
  await env.close();
});

describe("a benchmark's files", () => {
  const open = (name: string, options: JsonObject) => environmentNamed(name).open(options, 0);

  it("are filtered, shuffled by a seed and cut", async () => {
    const ids = async (options: JsonObject) =>
      (await problemsOf((await open("oolong", { file: published, ...options })).problems, 99)).map(
        ({ task }) => task.id,
      );
    expect(await ids({ ids: "1000,1011" })).toEqual(["1000", "1011"]);
    expect(await ids({ dataset: "trec_coarse", take: 3 })).toHaveLength(3);
    expect(await ids({ group: "counting" })).toHaveLength(3);
    const [shuffled, all] = [await ids({ shuffle: 1 }), await ids({})];
    expect(shuffled).not.toEqual(all);
    expect(shuffled.toSorted()).toEqual(all.toSorted());
    expect(await ids({ shuffle: 1 })).toEqual(shuffled);
  });

  it("are read further when the next problem is asked for, and from the front after the end", async () => {
    const { problems } = await open("oolong", { file: published, take: 3 });
    const ids = await Promise.all(
      [0, 1, 2, 3, 1, 7].map(async (index) => (await problemAt(problems, index)).task.id),
    );
    expect(ids).toEqual(["1000", "1001", "1002", "1000", "1001", "1001"]);
  });

  it("skip bad rows if told to, and report each", async () => {
    const file = join(folder, "bad.jsonl");
    writeFileSync(file, '{"_id":\n{"_id":"x","domain":"Code Repository Understanding"}\n');
    await expect(problemAt((await open("code-qa", { file })).problems, 0)).rejects.toThrow(
      /bad\.jsonl line 1/,
    );
    const benchmark = await open("code-qa", { file, "skip-bad-rows": true });
    await expect(problemAt(benchmark.problems, 0)).rejects.toThrow("has no problems");
    expect([...benchmark.badRows!]).toEqual([
      expect.stringContaining("bad.jsonl line 1"),
      expect.stringMatching(/bad\.jsonl line 2: .*"context"/),
    ]);
  });

  it("are named if a folder or a split is empty, and options that need a file are refused without one", async () => {
    await expect(open("oolong", { file: folder, split: "validation-9" })).rejects.toThrow(
      /validation-9.*dnd/,
    );
    await expect(open("oolong", { dataset: "trec_coarse" })).rejects.toThrow(/dataset.*file/);
    await expect(open("s-niah", { shuffle: 1 })).rejects.toThrow(/shuffle.*ruler/);
    await expect(open("oolong", { group: "all" })).rejects.toThrow(/"all".*counting/);
    await expect(open("oolong-pairs", { predicates: "21" })).rejects.toThrow("from 1 to 20");
    await expect(open("code-qa", {})).rejects.toThrow("option file: expected the path of LongBench-v2");
    await expect(open("code-qa", { file: "none.json" })).rejects.toThrow("none.json: there is no such file");
  });
});
