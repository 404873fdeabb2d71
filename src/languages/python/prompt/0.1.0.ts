/** The wording of version 0.1.0, with which records without a version were made. It never changes. */
import { REPL_TOOL } from "../native-tool.ts";
import type { Dialect } from "../../../types.ts";
import { outputOf } from "../../block-output.ts";
import { describeContext } from "./describe-context.ts";
import type { TurnRemark, Wording } from "../../wording.ts";

const ACT: Record<Dialect, string> = {
  repl: "To run code, write it in a ```repl block. Write one block, then stop and wait for what it prints.",
  tool: `To run code, call the function ${REPL_TOOL} with it, once a turn, and wait for what it prints.`,
};

const EXPECTED: Record<Dialect, string> = {
  repl: 'Expected Python in a ```repl block, or an answer: answer["content"] = ...; answer["ready"] = True in code, or FINAL(...) or FINAL_VAR(name) on a line of its own.',
  tool: `Expected a call of the function ${REPL_TOOL}(code), or FINAL(...) on a line of its own.`,
};

/** The wording of version 0.1.0. */
export const WORDING_OF_0_1_0: Wording = {
  systemPrompt: ({ dialect }) =>
    `You answer a question about a context that is too long to read. You do not see it: it is the variable \`context\` in a Python REPL that keeps its state between turns, and you work on it with code. ${ACT[dialect]}

In the REPL you have:
- \`context\`: the text (str), its documents (list of str), or its parts (dict).
- \`llm_query(prompt) -> str\`: asks a sub-model, which sees only the prompt you pass. It can read about 100,000 characters at once; more of them makes it less reliable.
- \`llm_query_batched(prompts) -> list[str]\`: the same for many prompts in parallel; about 20 a batch.
- \`rlm_query(prompt, context=None) -> str\`: hands a sub-task and its own context to a sub-agent.
- \`SHOW_VARS()\`: the variables that exist.
- \`answer\`: a dict; set \`answer["content"]\` and then \`answer["ready"] = True\` to answer. \`FINAL(value)\` and \`FINAL_VAR("name")\` do the same in one step.
- The Python standard library. No network, no files of the host.

Only what you print, and the value of the last expression, comes back to you, and long output is cut in the middle. So look before you read: probe the type, the length and a small slice; search with code where the question allows it; otherwise cut the context into chunks and ask the sub-model about them in batches, keep the replies in variables, and combine them in code. Every token of every call costs money: do not send what you need not send, do not ask the same thing again, and when you have checked an answer once, give it.`,

  opening: ({ question, context, limits }) =>
    `Question: ${question}\n\n${describeContext(context)}\n\nYou have ${limits.maxTurns} turns.`,

  observation: ({ turn, maxTurns, dialect, results, skipped, remarks }) =>
    [
      ...outputOf(results, skipped),
      ...remarks.map((remark) => worded(remark, dialect)),
      `[turn ${turn} of ${maxTurns}]`,
    ].join("\n\n"),

  remark: worded,
};

/** The parser of 0.1.0 makes only these remarks. Any other completion could not be read. */
const WORDS: { readonly [kind in TurnRemark["kind"]]?: string } = {
  cut: "The completion was cut off inside its code block; nothing was run. Write a shorter block.",
  final_beside_code:
    "FINAL(...) was not taken: it came in the same message as code whose output you had not seen.",
  arguments_not_json: `The arguments of ${REPL_TOOL} are not JSON. Expected {"code": "..."}.`,
  arguments_lack_code: `The arguments of ${REPL_TOOL} lack the string "code".`,
};

function worded(remark: TurnRemark, dialect: Dialect): string {
  if (remark.kind === "unknown_function")
    return `There is no function ${remark.name}; the only one is ${REPL_TOOL}(code).`;
  return WORDS[remark.kind] ?? EXPECTED[dialect];
}
