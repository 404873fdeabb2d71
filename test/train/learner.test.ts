import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/random.ts";
import { openBackend } from "../../src/train/backend.ts";
import { FEATURES } from "../../src/train/features.ts";
import { Learner, type LearnerOptions } from "../../src/train/learner.ts";
import { ALGORITHMS } from "../../src/train/choices.ts";
import type { Sample } from "../../src/train/loss.ts";
import { HEADS, KINDS } from "../../src/train/moves.ts";
import { decide, drawWeights, forward } from "../../src/train/network.ts";

const OPTIONS: LearnerOptions = {
  algorithm: "grpo",
  entropyBonus: 0.01,
  clip: 0.2,
  valueWeight: 0.5,
  learningRate: 0.04,
  maxNorm: 1,
  epochs: 2,
};
const LEGAL = KINDS.map(() => true);
const states = [0, 1].map((on) => FEATURES.map((_, i) => (i < 2 ? Number(i === on) : 0.5)));

/** Draws moves in two states; the right kind is another one in each. */
function play(learner: Learner, random: Random): Sample[] {
  const { weights } = learner;
  return Array.from({ length: 64 }, (_, i) => {
    const { move, decision } = decide(weights, { features: states[i % 2]!, legal: LEGAL }, random);
    const earned = Number(move.kind === (i % 2 === 0 ? "grep" : "read"));
    return { decision, earned, advantage: earned - 0.5 };
  });
}

function learn(seed: number, steps: number, options: Partial<LearnerOptions> = {}): Learner {
  const learner = new Learner(drawWeights(Random.of(seed, "weights"), 16), { ...OPTIONS, ...options });
  const random = Random.of(seed, "play");
  for (let step = 0; step < steps; step += 1) learner.step(play(learner, random));
  return learner;
}

describe.each(["wasm", "cpu"] as const)("on the backend %s", (backend) => {
  it("the network computes what the plain loop computes", async () => {
    const lines: string[] = [];
    await openBackend((line) => lines.push(line), backend);
    expect(lines).toEqual([`backend: ${backend}`]);
    const learner = learn(1, 3);
    const [outputs] = learner.outputs([states[0]!]);
    const plain = forward(learner.weights, states[0]!);
    for (const [i, value] of [...plain.logits, plain.value].entries())
      expect(outputs![i]).toBeCloseTo(value, 5);
  });

  it("the same seed gives the same parameters", async () => {
    await openBackend(() => {}, backend);
    expect(learn(3, 5).weights).toEqual(learn(3, 5).weights);
    expect(learn(3, 5).weights).not.toEqual(learn(4, 5).weights);
  });

  it("has the gradient of gather", async () => {
    await openBackend(() => {}, backend);
    const gradient = tf.grad((x: tf.Tensor) =>
      tf.sum(
        tf.mul(
          tf.gather(x, tf.tensor1d([2, 0, 2], "int32")),
          tf.tensor2d([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        ),
      ),
    );
    expect(gradient(tf.zeros([3, 2])).arraySync()).toEqual([
      [3, 4],
      [0, 0],
      [6, 8],
    ]);
  });

  it("stops where a parameter is no number any more", async () => {
    await openBackend(() => {}, backend);
    expect(() => learn(5, 5, { learningRate: 1e38 })).toThrow(/became .+; try a smaller/);
  });
});

it.each(ALGORITHMS)("%s learns the right move of each state", async (algorithm) => {
  await openBackend(() => {}, "wasm");
  const { weights } = learn(2, 40, { algorithm });
  const kinds = states.map((features) => decide(weights, { features, legal: LEGAL }, null).move.kind);
  expect(kinds).toEqual(["grep", "read"]);
});

it("wasm and cpu agree", async () => {
  await openBackend(() => {}, "wasm");
  const onWasm = learn(6, 10).weights;
  await openBackend(() => {}, "cpu");
  const onCpu = learn(6, 10).weights;
  for (const [layer, { kernel }] of onCpu.entries())
    for (const [i, value] of kernel.entries()) expect(onWasm[layer]!.kernel[i]).toBeCloseTo(value, 3);
});

it("an optional backend that is absent is passed over, and the reason is told", async () => {
  const lines: string[] = [];
  const { name } = await openBackend((line) => lines.push(line));
  if (name === "node") return;
  expect(lines[0]).toMatch(/^backend: wasm \(node does not load: /);
});

it("a head that a move has no use for changes neither its probability nor its choice", () => {
  const random = new Random(1);
  const weights = drawWeights(random, 8);
  const legal = KINDS.map((kind) => kind === "answer");
  const { decision } = decide(weights, { features: states[0]!, legal }, random);
  expect(decision.choices).toEqual([KINDS.indexOf("answer"), ...HEADS.slice(1).map(() => 0)]);
  expect(decision.logProbability).toBeCloseTo(0, 6);
});
