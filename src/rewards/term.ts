/** The parts of a reward term: its parameters, and a pure function of an episode's figures, alone or compared with its group's. */
import { z } from "zod";
import type { Measures } from "./measures.ts";

/** A term's value. */
export interface TermValue {
  /** What was measured, such as a cost relative to one reading; recorded as it is. */
  readonly raw: number;
  /** What the term adds to the reward for a weight of 1. */
  readonly effect: number;
}

/** A term that depends on one episode only, so that `step` can compute it. */
export type EpisodeTerm = (episode: Measures) => TermValue;

/**
 * A term that compares an episode with its group: the usable rollouts of the same task, including the episode if it
 * is usable itself.
 */
export type GroupTerm = (episode: Measures, group: readonly Measures[]) => TermValue;

/** What each term's spec has besides its own parameters. */
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

/** A spec of any term, with the fields that all terms share. */
export type AnyTermSpec = z.output<z.ZodObject<{ type: z.ZodString } & typeof COMMON>>;

/** A kind of term, as an entry of the table of terms. */
export interface TermKind<Schema extends z.ZodObject = z.ZodObject> {
  readonly schema: Schema;
  /** True if the term compares an episode with its group, so that `step` cannot compute it. */
  readonly needsGroup: boolean;
  /** True if the weight is a price of cost, which `--sweep lambda` varies. */
  readonly weighsCost: boolean;
  /** The field that contradicts the others, and what was expected; null if all fit. */
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

/** Defines a kind of term; it takes effect when it is in the table of `terms.ts`. */
export function defineTerm<Name extends string, Shape extends z.ZodRawShape>({
  type,
  parameters,
  needsGroup = false,
  weighsCost = false,
  problem = () => null,
  make,
}: Definition<Name, Shape>): TermKind<TermSchema<Name, Shape>> {
  // The table passes a spec only to the kind that its own `type` names.
  const own = (spec: AnyTermSpec) => spec as unknown as z.output<TermSchema<Name, Shape>>;
  return {
    schema: z.strictObject({ type: z.literal(type), ...parameters, ...COMMON }),
    needsGroup,
    weighsCost,
    problem: (spec) => problem(own(spec)),
    make: (spec, name) => make(own(spec), name),
  };
}

/** The value, moved to the nearest bound if it lies outside. */
export function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** A term whose effect equals its measured value. */
export function plain(value: number): TermValue {
  return { raw: value, effect: value };
}
