/**
 * A policy of your own, beside the baselines. Try it with
 *   npx rlm-gym compare s-niah --length 8k --episodes 5 --policy docs/examples/own-policy.ts,grep,direct
 */
import type { Action, Policy } from "rlm-gym";

/** Looks at the lines that mention a magic number, and answers with the numbers in them. */
export const policy: Policy = {
  name: "look-then-answer",
  // One actor plays one episode, so that many can play at once.
  start: () => {
    let turn = 0;
    return {
      act: async (): Promise<Action> => {
        turn += 1;
        if (turn === 1) return { code: LOOK };
        return { code: 'answer["content"] = ", ".join(found)\nanswer["ready"] = True' };
      },
    };
  },
};

const LOOK = `
import re
text = context if isinstance(context, str) else "\\n".join(context)
found = re.findall(r"special magic numbers? for [^:]+ is: (\\d+)", text)
print(len(found), "numbers")`.trim();
