/** A token policy, smaller than the product's, taught by two demonstrations and then by reward, on tasks that it has not seen. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../src/env/assemble.ts";
import { sNiah } from "../../envs/s-niah/s-niah.ts";
import { Random } from "../../src/random.ts";
import { pairedBootstrap } from "../../src/report/bootstrap.ts";
import { type PlayOptions, ProblemCache, type TrainMatchup } from "../../src/train/arena.ts";
import { openBackend } from "../../src/train/backend.ts";
import { imitateOffline, untaught, warmStart } from "../../src/train/token/imitate.ts";
import { textOf } from "../../src/train/token/bytes.ts";
import { Sampler } from "../../src/train/token/sampler.ts";
import type { TransformerShape } from "../../src/train/token/shape.ts";
import { readTokenCheckpoint, type TokenCheckpoint } from "../../src/train/token/checkpoint.ts";
import { scoreTokens } from "../../src/train/token/play.ts";
import { policyOf } from "../../src/train/token/policy.ts";
import { demonstratedRows, readSegments } from "../../src/train/token/rows.ts";
import { type TokenTrainOptions, trainTokens } from "../../src/train/token/train.ts";
import { sharedPool } from "../shared-pool.ts";

const SMALL: TransformerShape = { context: 120, width: 64, heads: 4, layers: 1 };
const SEED = 1;
const { pool } = sharedPool();
let train: TrainMatchup;
let heldOut: TrainMatchup;

async function matchup(part: string): Promise<TrainMatchup> {
  const benchmark = await sNiah.open({ length: "1k", part }, SEED);
  const all = benchmark.macro!.demonstrations!;
  return {
    environment: "s-niah",
    label: "1k",
    problems: benchmark.problems,
    // The cheapest, and one that reads all.
    skills: { ...benchmark.macro!, demonstrations: [all[0]!, all[1]!] },
    tiers: ["simulated", "simulated"],
    subModel: null,
    fixed: new Map(),
    makeEnv: () => assemble("s-niah", benchmark, { repls: pool, limits: { maxTurns: 3 } }),
  };
}

function playing(): PlayOptions & { problems: ProblemCache; seed: number } {
  return {
    concurrency: 2,
    keeper: { append: () => Promise.resolve() },
    problems: new ProblemCache(),
    seed: SEED,
  };
}

async function optionsFor(updates: number): Promise<TokenTrainOptions> {
  return {
    ...playing(),
    matchups: [train],
    trainTasks: 2,
    updates,
    algorithm: "grpo",
    learningRate: 2e-3,
    patience: Infinity,
    tasksPerUpdate: 2,
    groupSize: 8,
    folder: await mkdtemp(join(tmpdir(), "rlm-gym-tokens-")),
  };
}

function score(name: string, checkpoint: TokenCheckpoint) {
  const tests = { ...playing(), matchups: [heldOut], tasks: 4, times: 5 };
  return scoreTokens(name, () => policyOf(checkpoint, heldOut), tests);
}

beforeAll(async () => {
  await openBackend(() => {}, "wasm");
  [train, heldOut] = await Promise.all([matchup("train"), matchup("held-out")]);
});
afterAll(() => pool.close());

async function saved(...rows: readonly object[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "rlm-gym-rows-")), "rows.jsonl");
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return path;
}

async function warmed(options: TokenTrainOptions): Promise<TokenCheckpoint> {
  const rows = await demonstratedRows(options);
  const teaching = { rows, steps: 60, batch: 2, seed: SEED, folder: options.folder };
  return warmStart(untaught(SMALL, SEED, {}), teaching, () => {});
}

it("after a warm start its programs run, and by reward it comes to earn more on held-out tasks", async () => {
  const options = await optionsFor(4);
  const warm = await warmed(options);
  const before = await score("warm", warm);
  expect(before.runs).toBeGreaterThan(0.9);
  const trained = await trainTokens(warm, options);
  const after = await score("trained", trained);
  const gain = pairedBootstrap(
    after.byTask.map((reward, task) => reward - before.byTask[task]!),
    SEED,
  );
  expect(gain!.interval[0]).toBeGreaterThan(0);
});

it("cut off and resumed is the training that was not cut off", async () => {
  const [whole, cut] = [await optionsFor(2), await optionsFor(2)];
  const warm = await warmed(whole);
  const expected = await trainTokens(warm, whole);
  const half = await trainTokens(warm, { ...cut, updates: 1 });
  expect(half.curve).toHaveLength(1);
  expect(half.parameters).not.toEqual(warm.parameters);
  expect(expected.parameters).not.toEqual(half.parameters);
  const resumed = await trainTokens(readTokenCheckpoint(cut.folder), cut);
  expect(resumed.curve).toEqual(expected.curve);
  expect(resumed.parameters).toEqual(expected.parameters);
});

describe("from a file of segments", () => {
  it("comes to write what earned more; cut off and resumed is the same", async () => {
    const { folder, ...options } = await optionsFor(1);
    const path = await saved(...(await demonstratedRows({ folder, ...options })));
    const rows = await readSegments(path, SMALL);
    expect(rows).toHaveLength(4);
    const teaching = { rows, batch: 2, seed: SEED, folder, algorithm: "awr", learningRate: 0.02 } as const;
    const blank = untaught(SMALL, SEED, {});
    await imitateOffline(blank, { ...teaching, steps: 20 });
    const resumed = await imitateOffline(readTokenCheckpoint(folder), { ...teaching, steps: 40 });
    const whole = await imitateOffline(blank, { ...teaching, steps: 40 });
    expect(resumed.parameters).toEqual(whole.parameters);
    const sampler = new Sampler(SMALL, whole.parameters);
    const promptIds = rows[0]!.input_ids.slice(0, rows[0]!.loss_mask.indexOf(1));
    const written = Array.from({ length: 20 }, (_, draw) => sampler.sample(promptIds, Random.of(draw)));
    const cheap = written.filter(({ ids }) => textOf(ids).includes('"is: '));
    expect(cheap.length).toBeGreaterThan(12);
  });

  it("stops where a parameter runs away, with the last good checkpoint kept", async () => {
    const { folder, ...options } = await optionsFor(1);
    const rows = await demonstratedRows({ folder, ...options });
    const teaching = { rows, batch: 2, seed: SEED, folder, algorithm: "bc", learningRate: 1e30 } as const;
    const blank = untaught(SMALL, SEED, {});
    await expect(imitateOffline(blank, { ...teaching, steps: 3 })).rejects.toThrow(
      /update 1: a parameter became .+; try a smaller --learning-rate; the checkpoint of update 0 is kept in /,
    );
    expect(readTokenCheckpoint(folder).parameters).toEqual(blank.parameters);
  });

  it("says what is wrong with a file that holds nothing to learn from", async () => {
    const { folder, ...options } = await optionsFor(1);
    const [row] = await demonstratedRows({ folder, ...options });
    await expect(readSegments(await saved({ ...row, train: false }), SMALL)).rejects.toThrow(
      /no row to learn from: 1 that no policy should be trained on/,
    );
    await expect(readSegments(await saved(row!), { ...SMALL, context: 20 })).rejects.toThrow(
      /no row to learn from: 1 of more than 20 ids/,
    );
    const foreign = {
      ...row,
      input_ids: [5000, ...row!.input_ids.slice(1)],
    };
    await expect(readSegments(await saved(row!, foreign), SMALL)).rejects.toThrow(
      /rows\.jsonl:2: field input_ids\.0: 5000 is not a byte/,
    );
    await expect(readSegments(folder, SMALL)).rejects.toThrow(/segments \(JSON Lines\), got a folder/);
    await expect(readSegments(await saved({ messages: [] }), SMALL)).rejects.toThrow(
      /rows\.jsonl:1: field .+ expected a row of export --format segments/,
    );
  });
});
