/** A gradient step of the macro policy by TensorFlow.js against the same step as plain loops: `npm run bench -- train [--json]`. */
import { Random } from "../../src/random.ts";
import { freshAdam } from "../../src/train/adam.ts";
import { openBackend } from "../../src/train/backend.ts";
import { FEATURES } from "../../src/train/features.ts";
import { Learner, type LearnerOptions } from "../../src/train/learner.ts";
import type { Sample } from "../../src/train/loss.ts";
import { KINDS } from "../../src/train/moves.ts";
import { decide, drawWeights, flat, type Weights } from "../../src/train/network.ts";
import { printTable, summarize, time } from "./measure.ts";
import type { Measurement } from "./measure.ts";
import { plainStep } from "./plain-step.ts";

const RUNS = 30;
const HIDDEN = 32;
/** Decisions of an update: about those of 144 episodes. */
const SAMPLES = 450;
/** One pass over the samples is one step. */
const OPTIONS: LearnerOptions = {
  algorithm: "dr_grpo",
  entropyBonus: 0.2,
  clip: 0.2,
  valueWeight: 0.5,
  learningRate: 0.02,
  maxNorm: 1,
  epochs: 1,
};
/** What the parameters of both may differ by after a step, beside a step's size of 0.02. */
const TOLERANCE = 1e-3;

export async function run({ json }: { json: boolean }): Promise<void> {
  const weights = drawWeights(Random.of(1, "bench"), HIDDEN);
  const samples = drawn(weights);
  const plain = async () => plainStep(weights, freshAdam(flat(weights).length), samples, OPTIONS);
  const floor = summarize(await time(RUNS, plain), "ms");
  const rows: Record<string, Measurement> = { "plain loops": floor };
  for (const backend of ["node", "wasm", "cpu"] as const) {
    try {
      await openBackend(() => {}, backend);
    } catch {
      continue;
    }
    expectSame(weights, samples);
    const learner = new Learner(weights, OPTIONS);
    const step = async () => learner.step(samples);
    rows[`TensorFlow.js on ${backend}`] = summarize(await time(RUNS, step), "ms", floor.median);
  }
  if (json) console.log(JSON.stringify({ samples: SAMPLES, hidden: HIDDEN, rows }));
  else
    printTable(
      `one step on ${SAMPLES} decisions, two hidden layers of ${HIDDEN}; the floor is the same step as plain loops`,
      rows,
    );
}

function drawn(weights: Weights): Sample[] {
  const random = Random.of(2, "bench");
  const legal = KINDS.map(() => true);
  return Array.from({ length: SAMPLES }, () => {
    const features = FEATURES.map(() => random.uniform(-1, 1));
    const { decision } = decide(weights, { features, legal }, random);
    return { decision, earned: 0, advantage: random.uniform(-1, 1) };
  });
}

/** Throws where the two do not come to the same parameters: else the ratio would compare different things. */
function expectSame(weights: Weights, samples: readonly Sample[]): void {
  const learner = new Learner(weights, OPTIONS);
  learner.step(samples);
  const ours = flat(plainStep(weights, freshAdam(flat(weights).length), samples, OPTIONS).weights);
  const theirs = flat(learner.weights);
  learner.dispose();
  for (const [index, value] of ours.entries())
    if (!(Math.abs(value - theirs[index]!) <= TOLERANCE))
      throw new Error(`parameter ${index}: ${value} by plain loops, ${theirs[index]} by TensorFlow.js`);
}
