/** The flags of `train`. */
import type { InferredOptionTypes, Options } from "yargs";
import { EXPLAIN_FLAG } from "../../output/explain.ts";
import { PYTHON } from "../../../src/languages/python/python.ts";
import { LANGUAGE_NAMES } from "../../../src/languages/registry.ts";
import { ALGORITHMS, BACKENDS, OFFLINE_ALGORITHMS } from "../../../src/train/choices.ts";

export const FLAGS = {
  env: { type: "string", describe: "file that exports your own environment, instead of a name" },
  policy: {
    choices: ["macro", "token"] as const,
    default: "macro" as const,
    describe:
      "what to train: a network that chooses moves, or a small byte-level language model that writes Python",
  },
  repl: {
    choices: LANGUAGE_NAMES,
    default: PYTHON,
    describe: "language in which the moves run; a token policy writes Python",
  },
  algo: {
    choices: [...ALGORITHMS, ...OFFLINE_ALGORITHMS],
    describe: "how it learns; bc and awr from --offline (default: dr_grpo; a token policy: grpo)",
  },
  offline: {
    type: "string",
    describe:
      "learn only from saved data, with --algo bc or awr: macro moves from a run's folder or export; a token policy from an export in the format segments",
  },
  updates: { type: "number", default: 40, describe: "total number of updates" },
  out: { type: "string", demandOption: true, describe: "folder for the policy, its curve and its episodes" },
  resume: {
    type: "boolean",
    default: false,
    describe: "continue the training in --out, with the same flags",
  },
  seed: { type: "number", default: 0, describe: "seed of weights, tasks and everything else random" },
  "tasks-per-update": {
    type: "number",
    describe: "groups in an update (default: 6 for each kind of tasks; a token policy: 8)",
  },
  "group-size": { type: "number", describe: "rollouts of each task (default: 4; a token policy: 8)" },
  "train-tasks": {
    type: "number",
    describe: "different tasks of each kind to train on (default: 128; a token policy: 24)",
  },
  "held-out-tasks": { type: "number", default: 8, describe: "tasks of each kind to evaluate on" },
  "held-out-length": {
    type: "string",
    describe: "lengths to evaluate on without training on them (default: four times the longest)",
  },
  "warm-steps": {
    type: "number",
    describe: "supervised steps on good programs before a token policy learns by reward (default: 120)",
  },
  "learning-rate": {
    type: "number",
    describe: "step size of Adam (default: 0.02, offline 0.01; a token policy: 0.0002, offline 0.003)",
  },
  entropy: { type: "number", describe: "weight of the entropy bonus (default: 0.2)" },
  anneal: {
    type: "number",
    describe:
      "updates over which the entropy bonus falls to 0 and the learning rate to a twentieth (default: --updates; 0: never)",
  },
  patience: { type: "number", describe: "stop after this many updates without a better mean reward" },
  lambda: {
    type: "number",
    default: 0.3,
    describe: "weight of cost in the reward; at 0 it only tells equally good rollouts apart",
  },
  cost: {
    choices: ["gated", "linear"] as const,
    default: "gated" as const,
    describe: "count cost only for right answers (--lambda 0 to 1), or for all",
  },
  "sub-model": { type: "string", describe: "simulated sub-model, with knobs as in rollout" },
  backend: { choices: BACKENDS, describe: "library that computes gradients (default: the first that loads)" },
  optimum: {
    type: "boolean",
    default: true,
    describe:
      "for comparison, also search the grid of plans and play compare's baselines on the held-out tasks",
  },
  concurrency: { type: "number", describe: "episodes at a time (default: the number of cores)" },
  ...EXPLAIN_FLAG,
  json: {
    type: "boolean",
    default: false,
    describe: "print the closing figures as one JSON object on stdout",
  },
} satisfies Record<string, Options>;

export type TrainFlags = { environment?: string } & InferredOptionTypes<typeof FLAGS> &
  Record<string, unknown>;
