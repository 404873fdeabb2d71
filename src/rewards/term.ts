/** What a term of a reward is: its parameters, and a pure function of an episode's figures, alone or beside its group's. */
import { z } from "zod";
import type { Measures } from "./measures.ts";

/** A term's value. */
export interface TermValue {
  /** What was measured, such as a cost relative to one reading; recorded as it is. */
  readonly raw: number;
  /** What the term adds to the reward for a weight of 1. */
  readonly effect: number;
}

/** A term that an episode decides alone; `step` can tell it. */
export type EpisodeTerm = (episode: Measures) => TermValue;

/**
 * A term that compares an episode with its group: the usable rollouts of the same task, the episode among them where it
 * is usable itself.
 */
export type GroupTerm = (episode: Measures, group: readonly Measures[]) => TermValue;

/** What each term's spec has besides the parameters of its own. */
const COMMON = {
  weight: z.number().default(1),
  /** Bounds of what the term adds, before its weight. */
  clip: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low <= high, "expected the lower bound before the upper one")
    .optional(),
  /** Episodes in which the term counts. */
  when: z.enum(["always", "right", "wrong"]).default("always"),
};

/** The spec of a term of some type, with its parameters in `Shape`. */
export type TermSchema<Name extends string, Shape extends z.ZodRawShape> = z.ZodObject<
  { type: z.ZodLiteral<Name> } & Shape & typeof COMMON,
  z.core.$strict
>;

/** A spec of any term, as far as all terms are alike. */
export type AnyTermSpec = z.output<z.ZodObject<{ type: z.ZodString } & typeof COMMON>>;

/** A kind of term as the table of terms has it. */
export interface TermKind<Schema extends z.ZodObject = z.ZodObject> {
  readonly schema: Schema;
  /** True where the term compares an episode with its group, so that `step` cannot tell it. */
  readonly needsGroup: boolean;
  /** True where the weight is a price of cost, which `--sweep lambda` varies. */
  readonly weighsCost: boolean;
  /** The field that does not fit the others, and what was expected of it; null where all fit. */
  readonly problem: (spec: AnyTermSpec) => { readonly field: string; readonly expected: string } | null;
  /** The term's function. @param name the term's name in the reward's spec */
  readonly make: (spec: AnyTermSpec, name: string) => GroupTerm;
}

interface Definition<Name extends string, Shape extends z.ZodRawShape> {
  readonly type: Name;
  readonly parameters: Shape;
  readonly needsGroup?: boolean;
  readonly weighsCost?: boolean;
  readonly problem?: (
    spec: z.output<TermSchema<Name, Shape>>,
  ) => { readonly field: string; readonly expected: string } | null;
  readonly make: (spec: z.output<TermSchema<Name, Shape>>, name: string) => GroupTerm;
}

/** Defines a kind of term; it counts once it stands in the table of `terms.ts`. */
export function defineTerm<Name extends string, Shape extends z.ZodRawShape>({
  type,
  parameters,
  needsGroup = false,
  weighsCost = false,
  problem = () => null,
  make,
}: Definition<Name, Shape>): TermKind<TermSchema<Name, Shape>> {
  // The table hands a spec only to the kind that its own `type` names.
  const own = (spec: AnyTermSpec) => spec as unknown as z.output<TermSchema<Name, Shape>>;
  return {
    schema: z.strictObject({ type: z.literal(type), ...parameters, ...COMMON }),
    needsGroup,
    weighsCost,
    problem: (spec) => problem(own(spec)),
    make: (spec, name) => make(own(spec), name),
  };
}

/** The value, moved to the nearest bound where it lies outside. */
export function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** A term whose value is what it adds. */
export function plain(value: number): TermValue {
  return { raw: value, effect: value };
}
