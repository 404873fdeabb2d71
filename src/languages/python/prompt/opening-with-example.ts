/** The first message of the style `paper`, and of `default` under the rules of 0.3.0: it ends with an example. */
import { REPL_TOOL } from "../native-tool.ts";
import type { Dialect } from "../../../types.ts";
import { describeAnyContext, firstLook } from "./lazy-context.ts";
import type { OpeningFacts } from "../../wording.ts";

const LOOK: Record<Dialect, string> = {
  repl: `You have not seen the context yet, so do not answer now. Write one short \`\`\`repl block that looks at it, such as:
\`\`\`repl
print(len(context), str(context)[:500])
\`\`\``,
  tool: `You have not seen the context yet, so do not answer now. Call ${REPL_TOOL} with code that looks at it, such as print(len(context), str(context)[:500]).`,
};

/** It begins with the question, and ends with what to do now. */
export function openingWithExample({
  question,
  context,
  limits,
  dialect,
  hidesLength,
}: OpeningFacts): string {
  return `Question: ${question}\n\n${describeAnyContext(context, hidesLength)} You have ${limits.maxTurns} turns.\n\n${firstLook(context, dialect, LOOK[dialect], hidesLength)}`;
}
