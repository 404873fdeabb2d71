/** Reads the files of openai/mrcr (version 1: messages) and of google-deepmind's MRCR (version 2: one text of turns). */
import { createHash } from "node:crypto";
import { z } from "zod";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { readQuestion } from "./wording.ts";

/** Which files to read. */
export interface LoadMrcrOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
}

const messageSchema = z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() });
const messagesSchema = z.array(messageSchema).min(2);
const SPEAKERS = { system: "System", user: "User", assistant: "Assistant" } as const;
/** Before the last question of version 2. */
const LAST_TURN = "\n\nUser:";
const REPLY_BEGINS = /\s*Assistant:\s*$/;

/**
 * The problems in the order of the files; an id is made of the prompt's hash, since rows have none. A context of version 1 is
 * the list of exchanges, one of version 2 the text before the last question. Throws `DataError` with file, row and column.
 */
export function loadMrcr({ files, onBadRow }: LoadMrcrOptions): Dataset {
  return {
    name: "mrcr",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, onBadRow ? { onBadRow } : {});
      for await (const { problem } of readEach(rows, onBadRow, readProblem)) yield problem;
    },
  };
}

function readProblem(row: Row): { id: string; problem: Problem } {
  return row.fields.queries === undefined ? readFirst(row) : readSecond(row);
}

function readFirst(row: Row) {
  const prompt = textField(row, "prompt");
  const answer = textField(row, "answer");
  const prefix = textField(row, "random_string_to_prepend");
  const messages = messagesIn(row, prompt);
  const last = messages.at(-1)!;
  if (last.role !== "user")
    throw new DataError(`${row.origin}: expected the last message of column "prompt" to be the user's`);
  if (!answer.startsWith(prefix))
    throw new DataError(`${row.origin}: expected column "answer" to begin with random_string_to_prepend`);
  const context = exchangesOf(messages.slice(0, -1));
  const { n_needles: needles } = row.fields;
  return problemOf(row, prompt, {
    question: last.content,
    context,
    metadata: {
      version: 1,
      ...(needles !== undefined && Number.isInteger(Number(needles)) && { needles: Number(needles) }),
    },
    answer,
    reference: { prefix, version: 1 },
  });
}

function readSecond(row: Row) {
  const queries = textField(row, "queries");
  const at = queries.lastIndexOf(LAST_TURN);
  if (at < 0) throw new DataError(`${row.origin}: expected a last turn "User:" in column "queries"`);
  return problemOf(row, queries, {
    question: queries
      .slice(at + LAST_TURN.length)
      .replace(REPLY_BEGINS, "")
      .trim(),
    context: queries.slice(0, at),
    metadata: { version: 2 },
    answer: textField(row, "answer"),
    reference: { version: 2 },
  });
}

interface Parts {
  readonly question: string;
  readonly context: string | readonly string[];
  readonly metadata: Problem["task"]["metadata"];
  readonly answer: string;
  readonly reference: Problem["reference"]["metadata"];
}

function problemOf(row: Row, whole: string, { question, context, metadata, answer, reference }: Parts) {
  const asked = readQuestion(question);
  if (asked === null)
    throw new DataError(
      `${row.origin}: expected a last question "Prepend … to the … .", got ${JSON.stringify(question.slice(0, 80))}`,
    );
  const id = `mrcr-${createHash("sha256").update(whole).digest("hex").slice(0, 16)}`;
  const texts = typeof context === "string" ? [context] : context;
  const task = {
    id,
    dataset: "mrcr",
    question,
    context,
    contextTokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
    metadata: {
      ...metadata,
      // Keeps all questions about one conversation on the same side of a split.
      contextGroup: createHash("sha256").update(texts.join("\n\n")).digest("hex"),
    },
  };
  return { id, problem: { task, reference: { taskId: id, answers: [answer], metadata: reference } } };
}

/** The messages as documents that each begin with a request. */
function exchangesOf(messages: readonly z.infer<typeof messageSchema>[]): string[] {
  const exchanges: string[] = [];
  for (const { role, content } of messages) {
    const text = `${SPEAKERS[role]}: ${content}`;
    if (role === "assistant" && exchanges.length > 0) exchanges.push(`${exchanges.pop()!}\n\n${text}`);
    else exchanges.push(text);
  }
  return exchanges;
}

function messagesIn(row: Row, prompt: string) {
  try {
    return messagesSchema.parse(JSON.parse(prompt));
  } catch {
    throw new DataError(
      `${row.origin}: expected messages as JSON in column "prompt", each with role and content, the last one the question`,
    );
  }
}
