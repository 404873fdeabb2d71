/** The declarative form of a reward: a score, named weighted terms, gates and clips; checked before anything is read. */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Reference } from "../types.ts";
import type { Potential } from "./potential.ts";

/** A term of the user's own. Its value is what it adds to the reward for a weight of 1. */
export type CustomTerm = (trajectory: Omit<Trajectory, "reward">, reference: Reference) => number;

const number = z.number();
const positive = number.positive();
const nonNegative = number.nonnegative();
const range = z
  .tuple([number, number])
  .refine(([low, high]) => low <= high, "expected the lower bound before the upper one");
const length = z.enum(["policy", "main", "all"]).default("policy");
const common = {
  weight: number.default(1),
  /** Bounds of what the term adds, before its weight. */
  clip: range.optional(),
  /** Episodes in which the term counts. */
  when: z.enum(["always", "right", "wrong"]).default("always"),
};
const term = <Name extends string, Shape extends z.ZodRawShape>(type: Name, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...shape, ...common });

const termSpec = z.discriminatedUnion("type", [
  term("linear_cost", {}),
  /** What share of the weight all cost past one reading takes away at most besides. */
  term("success_gated_cost", { excess: nonNegative.default(0) }),
  term("efficiency_bonus", {}),
  term("budget", {
    budget: positive,
    unit: z.enum(["dollars", "tokens"]).default("dollars"),
    /** The weight follows the costs of a run, batch by batch: it begins with 0 and not with `weight`. */
    adapt: z
      .strictObject({
        rate: nonNegative.default(0.1),
        max: nonNegative.default(10),
        every: z.int().positive().default(32),
      })
      .optional(),
  }),
  term("kimi_length", { length }),
  term("dapo_overlong", { length, max: positive, buffer: positive }),
  term("l1_exact", { length, target: positive, alpha: nonNegative.default(3e-4) }),
  term("l1_max", { length, target: positive, alpha: nonNegative.default(3e-4), delta: number.default(0.5) }),
  term("prime_linear", {
    output: nonNegative.default(0.25),
    input: nonNegative.default(0.1),
    turns: nonNegative.default(0.1),
  }),
  term("redundancy", { verifications: nonNegative.default(1), repeats: nonNegative.default(1) }),
  term("children", {}),
  term("custom", {
    /** A module, relative to the spec's file; or the function itself in a spec written in TypeScript. */
    file: z.string().optional(),
    export: z.string().default("term"),
    run: z.custom<CustomTerm>((value) => typeof value === "function", "expected a function").optional(),
  }),
]);

const stepCommon = { weight: number.default(1) };
const stepSpec = z.discriminatedUnion("type", [
  /** The progress that the environment's benchmark has. */
  z.strictObject({ type: z.literal("progress"), ...stepCommon }),
  z.strictObject({
    type: z.literal("custom"),
    /** A module, relative to the spec's file; or the function itself in a spec written in TypeScript. */
    file: z.string().optional(),
    export: z.string().default("potential"),
    run: z.custom<Potential>((value) => typeof value === "function", "expected a function").optional(),
    ...stepCommon,
  }),
]);

const ESTIMATORS = ["grpo", "dr_grpo", "rloo", "reinforce_baseline", "maxrl", "opo", "gdpo"] as const;

const rewardSpec = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]+$/, "expected letters, digits, dots and dashes")
    .optional(),
  /** `environment`: the one that rewards are made of; `official`: the published one; `contains`: any gold in the answer. */
  score: z.enum(["environment", "official", "contains"]).default("environment"),
  /** The score from which an answer is right. */
  rightFrom: number.gt(0).lte(1).default(1),
  terms: z.record(z.string().regex(/^[\w-]+$/), termSpec).default({}),
  /** The reward is 0 where one of them is broken, or what it was if that is less. */
  gates: z
    .strictObject({
      maxMainTokens: nonNegative.optional(),
      minSubCalls: nonNegative.optional(),
      maxSubCalls: nonNegative.optional(),
      minTurns: nonNegative.optional(),
    })
    .default({}),
  /** Potentials: what they give to each turn stands beside the total and is in no advantage. */
  steps: z.record(z.string().regex(/^[\w-]+$/), stepSpec).default({}),
  /** The discount of the potentials' differences. */
  gamma: number.min(0).max(1).default(1),
  /** Credit to each node of an episode's tree: its own success, and `bonus` times the mean of those below it. */
  credit: z.strictObject({ bonus: nonNegative.default(0.5), subCalls: z.boolean().default(true) }).optional(),
  /** Bounds of the whole reward. */
  clip: range.optional(),
  advantage: z.enum(ESTIMATORS).default("grpo"),
  /** Calls whose usage nobody reported: their reservation counts, or the run is refused. */
  unknownUsage: z.enum(["reservation", "refuse"]).default("reservation"),
});

export type TermSpec = z.output<typeof termSpec>;
export type StepSpec = z.output<typeof stepSpec>;
export type RewardSpec = z.output<typeof rewardSpec>;
export type RewardSpecInput = z.input<typeof rewardSpec>;
export type Gates = RewardSpec["gates"];
export type EstimatorName = (typeof ESTIMATORS)[number];

const TERM_TYPES = termSpec.options.map((option) => option.shape.type.value);
/** Names that the composition itself gives terms. */
const RESERVED = new Set(["gates", "clip", "official"]);

/** The spec with its defaults. Throws `UsageError` that names the field and what was expected. @param where its file */
export function parseSpec(given: unknown, where = "reward spec"): RewardSpec {
  const parsed = rewardSpec.safeParse(given);
  if (!parsed.success) {
    throw new UsageError(parsed.error.issues.map((issue) => `${where}: ${describe(issue)}`).join("; "));
  }
  const { terms } = parsed.data;
  for (const [name, { type, ...rest }] of Object.entries(terms)) {
    if (RESERVED.has(name))
      throw new UsageError(`${where}: terms.${name}: the name is taken; choose another one`);
    if (type === "custom" && !("file" in rest) && !("run" in rest))
      throw new UsageError(`${where}: terms.${name}: expected a file (or a function run, in TypeScript)`);
    if (type === "dapo_overlong" && "max" in rest && rest.buffer > rest.max)
      throw new UsageError(`${where}: terms.${name}.buffer: expected at most max, which is ${rest.max}`);
  }
  const adaptive = Object.entries(terms).filter(([, own]) => own.type === "budget" && own.adapt);
  if (adaptive.length > 1)
    throw new UsageError(
      `${where}: ${adaptive.map(([name]) => `terms.${name}`).join(", ")}: only one budget can adapt`,
    );
  for (const [name, step] of Object.entries(parsed.data.steps))
    if (step.type === "custom" && !step.file && !step.run)
      throw new UsageError(`${where}: steps.${name}: expected a file (or a function run, in TypeScript)`);
  return parsed.data;
}

function describe(issue: z.core.$ZodIssue): string {
  const field = issue.path.join(".") || "the whole";
  if (issue.code === "invalid_union" && issue.path.at(-1) === "type")
    return issue.path[0] === "steps"
      ? `${field}: unknown potential; expected progress or custom`
      : `${field}: unknown term; expected one of ${TERM_TYPES.join(", ")}`;
  return `${field}: ${issue.message}`;
}

/** A spec that changes while a run goes on: an environment reads it when it is made. */
export interface ChangingSpec {
  readonly now: () => RewardSpecInput;
}
