/** A task that a client brings to a reset, as repl_env's clients do, and how it is scored. */
import { summariseContext } from "../data/context.ts";
import { UsageError } from "../errors.ts";
import { readingTokens } from "../cost/tokens.ts";
import type { Reference, Scorer, Task } from "../types.ts";

export interface OwnTask {
  readonly context?: string | null | undefined;
  readonly task_prompt?: string | null | undefined;
  readonly expected_answer?: string | null | undefined;
}

/** Null if the client brings none. Throws `UsageError` for gold without a task. */
export function ownTask(reset: OwnTask): { task: Task; reference: Reference | null } | null {
  const context = reset.context ?? "";
  const question = reset.task_prompt ?? "";
  const expected = reset.expected_answer ?? null;
  if (context === "" && question === "") {
    if (expected === null) return null;
    throw new UsageError("expected_answer: it belongs to a context or a task_prompt of the client's own");
  }
  const id = `own-${summariseContext(context).sha256.slice(0, 16)}`;
  const contextTokens = readingTokens(context);
  const task = { id, dataset: "client", question, context, contextTokens, metadata: {} };
  return { task, reference: expected === null ? null : { taskId: id, answers: [expected], metadata: {} } };
}

/** 1 if the answer equals an expected one up to case and white space around and between words, otherwise 0. */
export const exactMatch: Scorer = (answer, { answers }) => {
  const longest = answers.reduce((most, { length }) => Math.max(most, length), 0);
  if (answer.length > 2 * longest + MOST_SPACE_CHARS) return 0;
  const given = plain(answer);
  return answers.some((expected) => plain(expected) === given) ? 1 : 0;
};

/** More white space than this makes it another answer, so that a long one is not read. */
const MOST_SPACE_CHARS = 10_000;

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, " ");
}
