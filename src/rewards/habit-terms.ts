/** Terms for how an episode worked: what it did twice, and how well its children did. */
import { z } from "zod";
import { mean } from "../statistics.ts";
import { defineTerm, type EpisodeTerm, plain } from "./term.ts";

/** `−(verifications + repeats)`: turns that left a standing answer unchanged, and sub-queries asked before. */
export function redundancy(weights: {
  readonly verifications: number;
  readonly repeats: number;
}): EpisodeTerm {
  return ({ verifications, repeatedQueries }) => {
    const raw = weights.verifications * verifications + weights.repeats * repeatedQueries;
    return { raw, effect: 0 - raw };
  };
}

/** `redundancy` in a spec. */
export const redundancyTerm = defineTerm({
  type: "redundancy",
  parameters: {
    verifications: z.number().nonnegative().default(1),
    repeats: z.number().nonnegative().default(1),
  },
  make: redundancy,
});

/** The mean of the children's success, 0 without children: the bonus of a recursive node (arXiv 2605.06639). */
export const childrenMean: EpisodeTerm = ({ children }) => plain(children.length === 0 ? 0 : mean(children));

/** `children` in a spec. */
export const childrenTerm = defineTerm({ type: "children", parameters: {}, make: () => childrenMean });
