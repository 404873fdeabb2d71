/** The wording of a language that is given by its words. Python's wordings are older, and stand in its own folder. */
import type { Dialect, PromptStyle } from "../types.ts";
import { outputOf } from "./block-output.ts";
import { spokenRemark } from "./spoken-remarks.ts";
import type { SpokenLanguage } from "./words.ts";
import type { OpeningFacts, PromptFacts, Wording } from "./wording.ts";

/** The wording of a language in a style. `small` is shorter; `paper` says what `default` does. */
export function wordingFrom(spoken: SpokenLanguage, style: PromptStyle): Wording {
  const { words } = spoken;
  return {
    systemPrompt: (facts) => (style === "small" ? smallPrompt(spoken, facts) : fullPrompt(spoken, facts)),
    opening: (facts) => opening(spoken, facts),
    observation: ({ turn, maxTurns, dialect, results, skipped, remarks, isAnswered }) =>
      [
        ...outputOf(results, skipped),
        ...remarks.map((remark) => spokenRemark(spoken, remark, dialect)),
        `(turn ${turn}/${maxTurns}) ${isAnswered ? "Your answer was taken." : goOn(spoken, dialect, words.answer)}`,
      ].join("\n\n"),
    remark: (remark, dialect) => spokenRemark(spoken, remark, dialect),
  };
}

function fullPrompt(spoken: SpokenLanguage, facts: PromptFacts): string {
  const { words, title } = spoken;
  const list = words.inTheRepl(facts).map((line) => `- ${line}`);
  return `You answer a question about a context that is too long to read. It is ${words.where} in a ${title} REPL that keeps its state between turns. ${acting(spoken, facts)}

In the REPL you have:
${list.join("\n")}

${words.shown} comes back to you, and long output is cut in the middle. ${words.advice} Every token costs money: do not ask the same thing again, and when you have checked an answer once, give it.`;
}

function smallPrompt(spoken: SpokenLanguage, facts: PromptFacts): string {
  const { words, title } = spoken;
  const list = words.inTheRepl(facts).map((line) => `- ${line}`);
  return `You find the answer to a question in a long text with ${title}. The text is ${words.where}, which you do not see. ${acting(spoken, facts)}

${list.join("\n")}

${words.shown} comes back to you.`;
}

function acting({ title, fence, tool, words }: SpokenLanguage, facts: PromptFacts): string {
  if (facts.dialect === "tool")
    return `To run code, call the function ${tool} with it, once a turn, and wait for what it prints.`;
  const example = `\`\`\`${fence}\n${words.look(null)}\n\`\`\``;
  return facts.severalBlocks
    ? `To run code, write it in \`\`\`${fence} blocks, such as:\n${example}\nThen stop and wait for what they print.`
    : `Every message of yours is one block of ${title} and nothing else, such as:\n${example}\nThen you stop, and get what the block prints.`;
}

/** What to do now comes last: a small model takes what it reads last for what it has to answer. */
function opening({ words, fence, tool }: SpokenLanguage, facts: OpeningFacts): string {
  const { question, context, limits, dialect, hidesLength = false } = facts;
  const code = words.look(context);
  const described = words.describeContext(context, hidesLength);
  const look =
    dialect === "tool"
      ? `Call ${tool} with code that looks at it, such as:\n${code}`
      : `Write one \`\`\`${fence} block that looks at it, such as:\n\`\`\`${fence}\n${code}\n\`\`\``;
  return `${described} You have ${limits.maxTurns} turns.\n\nQuestion: ${question}\n\nYou have not seen the context yet. Do not answer now. ${look}`;
}

function goOn({ fence, tool }: SpokenLanguage, dialect: Dialect, answer: string): string {
  const next = dialect === "tool" ? `a call of ${tool}` : `one \`\`\`${fence} block`;
  return `Go on with ${next}, or give the answer with ${answer}.`;
}
