/** The token policy's model: TensorFlow and the plain sampler agree, it learns a text, and rewards change what it writes. */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/random.ts";
import { openBackend } from "../../src/train/backend.ts";
import { END_ID, idsOf, textOf } from "../../src/train/token/bytes.ts";
import { readTokenCheckpoint, writeTokenCheckpoint } from "../../src/train/token/checkpoint.ts";
import { Sampler } from "../../src/train/token/sampler.ts";
import { drawParameters, type TransformerShape } from "../../src/train/token/shape.ts";
import { type SegmentRow, TokenLearner } from "../../src/train/token/learner.ts";

const TINY: TransformerShape = { context: 24, width: 16, heads: 2, layers: 1 };

function rowOf(prompt: string, ids: readonly number[], parts: Partial<SegmentRow> = {}): SegmentRow {
  const promptIds = idsOf(prompt);
  return {
    input_ids: [...promptIds, ...ids],
    loss_mask: [...promptIds.map(() => 0 as const), ...ids.map(() => 1 as const)],
    logprobs: null,
    reward: 1,
    advantage: null,
    train: true,
    ...parts,
  };
}

function said(text: string): number[] {
  return [...idsOf(text), END_ID];
}

describe.each(["wasm", "cpu"] as const)("on the backend %s", (backend) => {
  it("the sampler draws from the distribution that TensorFlow computes", async () => {
    await openBackend(() => {}, backend);
    const parameters = drawParameters(TINY, Random.of(1));
    const row = rowOf("é|", said("x = 1"));
    const judged = new Sampler(TINY, parameters).judge(row.input_ids);
    const trained = judged.filter((_, place) => row.loss_mask[place + 1] === 1);
    const learner = new TokenLearner(TINY, parameters);
    const loss = learner.clone([row], 0);
    expect(loss).toBeCloseTo(-trained.reduce((sum, one) => sum + one, 0) / trained.length, 4);
    expect(learner.parameters).toEqual(parameters);
    learner.dispose();
  });
});

it("wasm and cpu agree", async () => {
  const learnt: Float32Array[] = [];
  for (const backend of ["wasm", "cpu"] as const) {
    await openBackend(() => {}, backend);
    const learner = new TokenLearner(TINY, drawParameters(TINY, Random.of(4)));
    for (let step = 0; step < 4; step += 1) learner.clone([rowOf("a|", said("x = 1"))], 0.01);
    learnt.push(learner.parameters);
    learner.dispose();
  }
  const [onWasm, onCpu] = learnt;
  for (const [i, value] of onCpu!.entries()) expect(onWasm![i]).toBeCloseTo(value, 3);
});

it("learns two texts, writes both by seed, and comes to write the one that is rewarded", async () => {
  await openBackend(() => {}, "wasm");
  const learner = new TokenLearner(TINY, drawParameters(TINY, Random.of(2)));
  const texts = ["f(1)", "print(2)"];
  for (let step = 0; step < 60; step += 1)
    learner.clone(
      texts.map((text) => rowOf("q|", said(text))),
      0.02,
    );
  const write = (count: number) => {
    const sampler = new Sampler(TINY, learner.parameters);
    return Array.from({ length: count }, (_, seed) => sampler.sample(idsOf("q|"), Random.of(seed)));
  };
  const drawn = write(24);
  expect(write(24)).toEqual(drawn);
  const written = drawn.map(({ ids }) => textOf(ids));
  expect(written.filter((text) => texts.includes(text)).length).toBeGreaterThan(20);
  expect(new Set(written).size).toBeGreaterThan(1);
  for (let update = 0; update < 4; update += 1) {
    const rows = write(12).map(({ ids, logprobs }) =>
      rowOf("q|", ids, {
        logprobs: [0, 0, ...logprobs],
        advantage: textOf(ids) === "f(1)" ? 1 : -1,
      }),
    );
    learner.reinforce(rows, 0.02);
  }
  const after = write(24).map(({ ids }) => textOf(ids));
  const count = (all: string[]) => all.filter((text) => text === "f(1)").length;
  expect(count(after)).toBeGreaterThan(count(written));
  learner.dispose();
});

it("a checkpoint is read as it was written, and refused where its shape or version is another one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-token-"));
  const parameters = drawParameters(TINY, Random.of(3));
  const adam = { steps: 2, first: parameters.slice(), second: parameters.slice() };
  const written = { update: 1, config: { seed: 3 }, shape: TINY, parameters, adam, curve: [] };
  await writeTokenCheckpoint(folder, written);
  expect(readTokenCheckpoint(folder)).toEqual(written);
  const path = join(folder, "token-policy.json");
  const kept = JSON.parse(await readFile(path, "utf8")) as object;
  await writeFile(path, JSON.stringify({ ...kept, shape: { ...TINY, layers: 2 } }));
  expect(() => readTokenCheckpoint(folder)).toThrow(/expected \d+ numbers in parameters, got \d+/);
  await writeFile(path, JSON.stringify({ ...kept, version: 9 }));
  expect(() => readTokenCheckpoint(folder)).toThrow(/field version/);
});
