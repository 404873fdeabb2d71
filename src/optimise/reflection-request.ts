/** What a reflecting model is asked: the prompt, episodes that were played with it, and how to reply. */
import type { Dialect, Message } from "../types.ts";
import { CLOSE, OPEN } from "./read-proposal.ts";

/** The marks around the prompt that is to be changed. */
export const CURRENT_OPEN = "<current_prompt>";
export const CURRENT_CLOSE = "</current_prompt>";

const ACTS: Record<Dialect, string> = {
  repl: "Each of its messages holds one block of Python, fenced as ```repl, which is run.",
  tool: "Each of its messages calls a function with Python code, which is run.",
};

/** The request for one new prompt. */
export function reflectionRequest(asked: {
  readonly prompt: string;
  readonly stories: readonly string[];
  readonly dialect: Dialect;
  readonly maxPromptTokens: number;
}): readonly Message[] {
  const { prompt, stories, dialect, maxPromptTokens } = asked;
  const episodes = stories.map((story, index) => `### Episode ${index + 1}\n\n${story}`);
  const content = [
    `A language model answers questions about texts that are too long to read. It does so with code: the text is the variable \`context\` in a Python REPL that keeps its state between turns. ${ACTS[dialect]} It is shown what the code prints. The answer is given by FINAL(value), in the code or on a line of its own, or by answer["content"] = value and answer["ready"] = True. A right answer earns more the fewer tokens it took; a wrong answer earns nothing.`,
    `You improve the system prompt of this model. This is the system prompt now:`,
    `${CURRENT_OPEN}\n${prompt}\n${CURRENT_CLOSE}`,
    `These episodes were played with it:`,
    ...episodes,
    `Read what went wrong or took too many tokens, and what went well. Find what the prompt should say so that other tasks of this kind go better, too: general rules of work, facts of the REPL, and not the answers of these episodes. Keep what works. The prompt must name the variable \`context\` and say how to answer with FINAL. It may have at most ${maxPromptTokens} tokens, and a short prompt is better than a long one.`,
    `Write your reasons in a few sentences, then the whole new prompt between ${OPEN} and ${CLOSE}.`,
  ];
  return [{ role: "user", content: content.join("\n\n") }];
}
