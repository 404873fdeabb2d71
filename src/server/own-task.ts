/** A task that a client sends with a reset, as repl_env's clients do, and its scorer. */
import { summariseContext } from "../data/context.ts";
import { readingTokens } from "../cost/tokens.ts";
import type { Scorer } from "../types.ts";
import type { Asked } from "./kept-repl.ts";

/** The fields of a reset that make a task. */
export interface OwnTask {
  readonly context?: string | null | undefined;
  readonly task_prompt?: string | null | undefined;
  readonly expected_answer?: string | null | undefined;
}

/** Null if the client sends no task. One field is enough, even an empty text: the others are then empty. */
export function ownTask(reset: OwnTask): Required<Asked> | null {
  const expected = reset.expected_answer ?? null;
  if (reset.context == null && reset.task_prompt == null && expected === null) return null;
  const context = reset.context ?? "";
  const question = reset.task_prompt ?? "";
  const id = `own-${summariseContext(context).sha256.slice(0, 16)}`;
  const contextTokens = readingTokens(context);
  const task = { id, dataset: "client", question, context, contextTokens, metadata: {} };
  return {
    task,
    reference: expected === null ? null : { taskId: id, answers: [expected], metadata: {} },
    sent: { context: reset.context ?? undefined },
  };
}

/** 1 if the answer is an expected one, apart from case and the white space around it, as repl_env compares them; else 0. */
export const exactMatch: Scorer = (answer, { answers }) => {
  const longest = answers.reduce((most, { length }) => Math.max(most, length), 0);
  if (answer.length > 2 * longest + MOST_SPACE_CHARS) return 0;
  const given = plain(answer);
  return answers.some((expected) => plain(expected) === given) ? 1 : 0;
};

/** An answer with more white space than this is wrong, so that a long answer need not be read. */
const MOST_SPACE_CHARS = 10_000;

function plain(text: string): string {
  return text.trim().toLowerCase();
}
