/** Remarks about the form of a policy's completions: what was wrong, and one right example. */
import { REPL_TOOL } from "../native-tool.ts";
import type { Dialect } from "../../../types.ts";
import type { TurnRemark } from "../../wording.ts";

/** A right message. It shows only the form, and no text that could be taken for an answer. */
const RIGHT: Record<Dialect, string> = {
  repl: "A right message is one block of Python:\n```repl\nprint(str(context)[:500])\n```\nor, once you know it, the answer on a line of its own: FINAL(...).",
  tool: `A right message is a call of ${REPL_TOOL} with {"code": "print(str(context)[:500])"}, or, once you know it, the answer on a line of its own: FINAL(...).`,
};

/** The reasons why nothing was run, each as the end of a sentence. */
const REASONS: { readonly [kind in TurnRemark["kind"]]?: string } = {
  nothing: "your message holds neither code nor an answer.",
  empty: "your message was empty.",
  filtered: "the server's content filter stopped your message.",
  placeholder: "FINAL(...) holds a placeholder, and not an answer.",
  final_in_sentence: "FINAL(...) stands in a sentence; it has to begin a line.",
};

const WORDS: { readonly [kind in TurnRemark["kind"]]?: string } = {
  final_beside_code:
    "FINAL(...) was not taken: it came in the same message as code whose output you had not seen.",
  later_blocks:
    "Only the first block was run. What you wrote after it was written before you saw its output; write one block a message.",
  unnamed_block: "Your block was run as Python. Begin it with ```repl.",
  unfenced_code: "Your message was run as Python. Put code between ```repl and ```.",
  block_for_call: `Your code was run. Call the function ${REPL_TOOL} with it, and do not write it as text.`,
  written_call: `Your code was run. Call the function ${REPL_TOOL} with it, and do not write it as text.`,
  arguments_not_json: `The arguments of ${REPL_TOOL} are not JSON. Expected {"code": "..."}.`,
  arguments_lack_code: `The arguments of ${REPL_TOOL} lack the string "code". Expected {"code": "..."}.`,
  await_outside:
    "`await` works inside an async function alone: define one, and run it with asyncio.run(...). llm_query and the other functions need no await.",
};

const CUT = {
  thoughts: "It reached its length limit while you were thinking. Think less.",
  block: "It reached its length limit inside the code block. Write a shorter block.",
  call: `It reached its length limit inside the call of ${REPL_TOOL}. Write shorter code.`,
  answer: "It reached its length limit inside FINAL(...). Give a shorter answer.",
  text: "It reached its length limit before there was code or an answer. Write the code at once.",
};

/** The text of a remark. If nothing was run, it ends with a right example. */
export function remarkText(remark: TurnRemark, dialect: Dialect): string {
  if (remark.kind === "cut") return cutOff(remark.where);
  if (remark.kind === "other_language")
    return nothing(`a block marked ${remark.language} is not run; only Python is.`, dialect);
  if (remark.kind === "unknown_function")
    return `There is no function ${remark.name}; the only one is ${REPL_TOOL}(code).`;
  if (remark.kind === "answer_not_dict") return remark.isEmpty ? ANSWER.empty : ANSWER.kept;
  if (remark.kind === "restored") return overwritten(remark.names);
  return WORDS[remark.kind] ?? nothing(REASONS[remark.kind]!, dialect);
}

const ANSWER = {
  empty:
    'You set `answer` to an empty value. It is a dict again: set answer["content"], and then answer["ready"] = True.',
  kept: 'You set `answer` to a value that is not a dict; its text stands in answer["content"] now. To give it as your answer, set answer["ready"] = True.',
};

function cutOff(where: keyof typeof CUT | "after"): string {
  if (where === "after") return "Your message reached its length limit after the code.";
  return `Nothing was run: your message was cut off. ${CUT[where]}`;
}

function overwritten(names: readonly string[]): string {
  const list = names.map((name) => `\`${name}\``).join(", ");
  const state = names.length === 1 ? "It is as before" : "They are as before";
  return `You overwrote ${list}. ${state} again; use other names for your values.`;
}

function nothing(reason: string, dialect: Dialect): string {
  return `Nothing was run: ${reason} ${RIGHT[dialect]}`;
}
