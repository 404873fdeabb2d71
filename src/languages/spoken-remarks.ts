/** Remarks about the form of a policy's completions, in the words of its language: what was wrong, and one right example. */
import type { Dialect } from "../types.ts";
import type { TurnRemark } from "./wording.ts";
import type { SpokenLanguage } from "./words.ts";

/** The reasons why nothing was run, each as the end of a sentence. */
const REASONS: { readonly [kind in TurnRemark["kind"]]?: string } = {
  nothing: "your message holds neither code nor an answer.",
  empty: "your message was empty.",
  filtered: "the server's content filter stopped your message.",
  placeholder: "FINAL(...) holds a placeholder, and not an answer.",
  final_in_sentence: "FINAL(...) stands in a sentence; it has to begin a line.",
};

/** The text of a remark. If nothing was run, it ends with a right example. */
export function spokenRemark(spoken: SpokenLanguage, remark: TurnRemark, dialect: Dialect): string {
  const { tool, title, words } = spoken;
  if (remark.kind === "cut") return cutOff(tool, remark.where);
  if (remark.kind === "other_language")
    return nothing(spoken, `a block marked ${remark.language} is not run; only ${title} is.`, dialect);
  if (remark.kind === "unknown_function")
    return `There is no function ${remark.name}; the only one is ${tool}(code).`;
  if (remark.kind === "answer_not_dict") return remark.isEmpty ? words.answerSet.empty : words.answerSet.kept;
  if (remark.kind === "foreign_code")
    return `Your block reads like ${remark.title}, and only ${title} is run here. ${rightMessage(spoken, dialect).trimEnd()}`;
  if (remark.kind === "restored") return overwritten(remark.names);
  return (
    plainRemark(spoken, remark.kind) ?? nothing(spoken, REASONS[remark.kind] ?? REASONS.nothing!, dialect)
  );
}

function plainRemark({ tool, title, fence }: SpokenLanguage, kind: TurnRemark["kind"]): string | undefined {
  const texts: { readonly [kind in TurnRemark["kind"]]?: string } = {
    final_beside_code:
      "FINAL(...) was not taken: it came in the same message as code whose output you had not seen.",
    later_blocks:
      "Only the first block was run. What you wrote after it was written before you saw its output; write one block a message.",
    unnamed_block: `Your block was run as ${title}. Begin it with \`\`\`${fence}.`,
    unfenced_code: `Your message was run as ${title}. Put code between \`\`\`${fence} and \`\`\`.`,
    block_for_call: `Your code was run. Call the function ${tool} with it, and do not write it as text.`,
    written_call: `Your code was run. Call the function ${tool} with it, and do not write it as text.`,
    arguments_not_json: `The arguments of ${tool} are not JSON. Expected {"code": "..."}.`,
    arguments_lack_code: `The arguments of ${tool} lack the string "code". Expected {"code": "..."}.`,
  };
  return texts[kind];
}

function cutOff(tool: string, where: "thoughts" | "block" | "call" | "answer" | "text" | "after"): string {
  if (where === "after") return "Your message reached its length limit after the code.";
  const why = {
    thoughts: "It reached its length limit while you were thinking. Think less.",
    block: "It reached its length limit inside the code block. Write a shorter block.",
    call: `It reached its length limit inside the call of ${tool}. Write shorter code.`,
    answer: "It reached its length limit inside FINAL(...). Give a shorter answer.",
    text: "It reached its length limit before there was code or an answer. Write the code at once.",
  };
  return `Nothing was run: your message was cut off. ${why[where]}`;
}

function overwritten(names: readonly string[]): string {
  const list = names.map((name) => `\`${name}\``).join(", ");
  const state = names.length === 1 ? "It is as before" : "They are as before";
  return `You overwrote ${list}. ${state} again; use other names for your values.`;
}

function rightMessage({ words, title, fence, tool }: SpokenLanguage, dialect: Dialect): string {
  const code = words.look(null);
  return dialect === "tool"
    ? `A right message is a call of ${tool} with ${JSON.stringify({ code })}`
    : `A right message is one block of ${title}:\n\`\`\`${fence}\n${code}\n\`\`\`\n`;
}

function nothing(spoken: SpokenLanguage, reason: string, dialect: Dialect): string {
  return `Nothing was run: ${reason} ${rightMessage(spoken, dialect)}${dialect === "tool" ? ", " : ""}or, once you know it, the answer on a line of its own: FINAL(...).`;
}
