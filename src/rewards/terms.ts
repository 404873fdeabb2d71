/** The table of terms: a new kind of term is one more line here. */
import { z } from "zod";
import { budgetTerm, efficiencyTerm, gatedCostTerm, linearCostTerm } from "./cost-terms.ts";
import { customTerm } from "./custom-term.ts";
import { childrenTerm, redundancyTerm } from "./habit-terms.ts";
import { kimiTerm, l1ExactTerm, l1MaxTerm, overlongTerm, primeTerm } from "./length-terms.ts";
import type { AnyTermSpec, TermKind } from "./term.ts";

const TERMS = [
  linearCostTerm,
  gatedCostTerm,
  efficiencyTerm,
  budgetTerm,
  kimiTerm,
  overlongTerm,
  l1ExactTerm,
  l1MaxTerm,
  primeTerm,
  redundancyTerm,
  childrenTerm,
  customTerm,
] as const;

type SchemasOf<Kinds extends readonly TermKind[]> = {
  readonly [Index in keyof Kinds]: Kinds[Index]["schema"];
};

/** A term in a reward's spec, identified by its `type`. */
export const termSpec = z.discriminatedUnion(
  "type",
  TERMS.map(({ schema }) => schema) as unknown as SchemasOf<typeof TERMS>,
);

/** A term with its defaults. */
export type TermSpec = z.output<typeof termSpec>;

const BY_TYPE: ReadonlyMap<string, TermKind> = new Map(
  TERMS.map((kind) => [kind.schema.shape.type.value, kind]),
);

/** The types that a spec may name, in the order of the table. */
export const TERM_TYPES: readonly string[] = [...BY_TYPE.keys()];

/** The kind of a checked term. */
export function kindOf({ type }: AnyTermSpec): TermKind {
  return BY_TYPE.get(type)!;
}

/** Whether a term compares an episode with its group, so that `step` cannot compute it. */
export function needsGroup(term: AnyTermSpec): boolean {
  return kindOf(term).needsGroup;
}
