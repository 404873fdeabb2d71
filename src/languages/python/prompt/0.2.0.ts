/** What the wordings of version 0.2.0 said otherwise than those of later versions. It never changes. */
import { REPL_TOOL } from "../native-tool.ts";
import type { Dialect } from "../../../types.ts";
import { DEFAULT_WORDING_OF_0_3_0 } from "./0.3.0.ts";
import { describeContext } from "./describe-context.ts";
import { PAPER_WORDING } from "./paper.ts";
import { LOOK as LOOK_OF_SMALL, SMALL_WORDING } from "./small.ts";
import type { OpeningFacts, Wording } from "../../wording.ts";

const LOOK: Record<Dialect, string> = {
  repl: "You have not seen the context yet. Write one ```repl block that looks at it.",
  tool: `You have not seen the context yet. Call ${REPL_TOOL} with code that looks at it.`,
};

/** It shows no example of a first block. */
function opening({ question, context, limits, dialect }: OpeningFacts): string {
  return `Question: ${question}\n\n${describeContext(context)} You have ${limits.maxTurns} turns.\n\n${LOOK[dialect]}`;
}

export const DEFAULT_WORDING_OF_0_2_0: Wording = { ...DEFAULT_WORDING_OF_0_3_0, opening };
export const SMALL_WORDING_OF_0_2_0: Wording = {
  ...SMALL_WORDING,
  opening: ({ question, context, limits, dialect }) =>
    `${describeContext(context)} You have ${limits.maxTurns} turns.\n\nQuestion: ${question}\n\n${LOOK_OF_SMALL[dialect]}`,
};
export const PAPER_WORDING_OF_0_2_0: Wording = { ...PAPER_WORDING, opening };
