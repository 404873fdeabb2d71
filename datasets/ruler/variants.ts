/** The thirteen tasks of RULER (Hsieh et al. 2024; its `synthetic.yaml`): eight of needles, and these five. */
import { UsageError } from "../../src/errors.ts";
import { VARIANTS as NEEDLES, type VariantName as NeedleName } from "../s-niah/variants.ts";

/** A task of RULER that hides no needles. */
export type OtherName = "vt" | "cwe" | "fwe" | "qa_1" | "qa_2";
/** A task of RULER, by the name that its files and its `synthetic.yaml` give it. */
export type RulerName = NeedleName | OtherName;

const OTHERS: readonly OtherName[] = ["vt", "cwe", "fwe", "qa_1", "qa_2"];

/** All thirteen names, in RULER's order. */
export const RULER_NAMES = [...(Object.keys(NEEDLES) as NeedleName[]), ...OTHERS] as const;

/** The tokens that RULER keeps free for a reply, for the tasks without needles. */
export const REPLY_TOKENS: Readonly<Record<OtherName, number>> = {
  vt: 30,
  cwe: 120,
  fwe: 50,
  qa_1: 32,
  qa_2: 32,
};

/** Whether a task hides needles. */
export function isNeedle(name: RulerName): name is NeedleName {
  return Object.hasOwn(NEEDLES, name);
}

/** The task of a name. Throws `UsageError` with the names there are. */
export function rulerNamed(name: string): RulerName {
  const found = RULER_NAMES.find((known) => known === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `ruler: unknown task ${JSON.stringify(name)}; expected one of ${RULER_NAMES.join(", ")}`,
  );
}
