/** The declarative form of a reward: a score, named weighted terms, gates and clips; checked before anything is read. */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { Potential } from "./potential.ts";
import { kindOf, TERM_TYPES, termSpec } from "./terms.ts";

const number = z.number();
const nonNegative = number.nonnegative();
const range = z
  .tuple([number, number])
  .refine(([low, high]) => low <= high, "expected the lower bound before the upper one");
const stepCommon = { weight: number.default(1) };
const stepSpec = z.discriminatedUnion("type", [
  /** The benchmark's own measure of progress. */
  z.strictObject({ type: z.literal("progress"), ...stepCommon }),
  z.strictObject({
    type: z.literal("custom"),
    /** A module, relative to the spec's file; in a spec written in TypeScript, the function itself may be given instead. */
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
  /** `environment`: the score that rewards use; `official`: the published one; `contains`: any gold in the answer. */
  score: z.enum(["environment", "official", "contains"]).default("environment"),
  /** The score from which an answer is right. */
  rightFrom: number.gt(0).lte(1).default(1),
  terms: z.record(z.string().regex(/^[\w-]+$/), termSpec).default({}),
  /** If an episode violates one of them, its reward is at most 0. */
  gates: z
    .strictObject({
      maxMainTokens: nonNegative.optional(),
      minSubCalls: nonNegative.optional(),
      maxSubCalls: nonNegative.optional(),
      minTurns: nonNegative.optional(),
    })
    .default({}),
  /** Potentials: what they give to each turn is recorded beside the total and is not part of any advantage. */
  steps: z.record(z.string().regex(/^[\w-]+$/), stepSpec).default({}),
  /** The discount of the potentials' differences. */
  gamma: number.min(0).max(1).default(1),
  /** Credit for each node of an episode's tree: its own success, and `bonus` times the mean of those below it. */
  credit: z.strictObject({ bonus: nonNegative.default(0.5), subCalls: z.boolean().default(true) }).optional(),
  /** Bounds of the whole reward. */
  clip: range.optional(),
  advantage: z.enum(ESTIMATORS).default("grpo"),
  /** For calls of unknown usage: `reservation` counts their reservation, `refuse` refuses the run. */
  unknownUsage: z.enum(["reservation", "refuse"]).default("reservation"),
});

export type StepSpec = z.output<typeof stepSpec>;
/** A checked reward spec with all defaults filled in. */
export type RewardSpec = z.output<typeof rewardSpec>;
/** A reward spec as its author writes it, without defaults. */
export type RewardSpecInput = z.input<typeof rewardSpec>;
export type Gates = RewardSpec["gates"];
/** The names of the estimators of advantages. */
export type EstimatorName = (typeof ESTIMATORS)[number];

/** Names that composed rewards use themselves. */
const RESERVED = new Set(["gates", "clip", "official"]);

/** The spec with its defaults. Throws `UsageError` that names the field and what was expected. @param where its file */
export function parseSpec(given: unknown, where = "reward spec"): RewardSpec {
  const parsed = rewardSpec.safeParse(given);
  if (!parsed.success) {
    throw new UsageError(parsed.error.issues.map((issue) => `${where}: ${describe(issue)}`).join("; "));
  }
  const { terms } = parsed.data;
  for (const [name, term] of Object.entries(terms)) {
    if (RESERVED.has(name))
      throw new UsageError(`${where}: terms.${name}: the name is taken; choose another one`);
    const problem = kindOf(term).problem(term);
    if (problem) {
      const field = problem.field === "" ? "" : `.${problem.field}`;
      throw new UsageError(`${where}: terms.${name}${field}: expected ${problem.expected}`);
    }
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

/** A spec that changes during a run: an environment reads it when it is made. */
export interface ChangingSpec {
  readonly now: () => RewardSpecInput;
}
