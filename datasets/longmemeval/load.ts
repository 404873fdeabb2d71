/** LongMemEval: questions about what a user and an assistant said in many earlier chats, in the layout of longmemeval-cleaned. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { type ChatTurn, questionText, sessionText } from "./wording.ts";

/** The types of questions, as the file spells them. */
export const TYPES = [
  "single-session-user",
  "single-session-assistant",
  "single-session-preference",
  "multi-session",
  "temporal-reasoning",
  "knowledge-update",
] as const;
export type QuestionType = (typeof TYPES)[number];

/** In the id of a question that the sessions do not answer. */
const ABSTENTION = "_abs";
/** Says where the evidence is. */
const SPOILER = "has_answer";

/** Which questions to read. */
export interface LoadLongMemEvalOptions extends Pick<RowOptions, "onBadRow"> {
  /** Files of the sizes S and M, or of the evidence alone. */
  readonly files: readonly string[];
  /** Only questions of this type, or only those that the sessions do not answer. */
  readonly type?: QuestionType | "abstention" | undefined;
}

/** The questions in the order of the files, each over its sessions by date. Throws `DataError` with file, row and column. */
export function loadLongMemEval({ files, type, onBadRow }: LoadLongMemEvalOptions): Dataset {
  const where = {
    columns: ["question_id", "question_type"],
    keep: ({ fields }: Row) =>
      type === "abstention" ? isAbstention(String(fields.question_id)) : fields.question_type === type,
  };
  return {
    name: "longmemeval",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, {
        ...(type !== undefined && { where }),
        ...(onBadRow && { onBadRow }),
      });
      for await (const { problem } of readEach(rows, onBadRow, readProblem)) yield problem;
    },
  };
}

function isAbstention(id: string): boolean {
  return id.includes(ABSTENTION);
}

function readProblem(row: Row): { id: string; problem: Problem } {
  const id = idField(row, "question_id");
  const type = typeOf(row);
  const sessions = sessionsOf(row);
  const evidence = new Set(idsIn(row, "answer_session_ids"));
  const context = sessions.map(({ date, turns }, i) => sessionText(i + 1, date, turns));
  const abstention = isAbstention(id);
  const task = {
    id,
    dataset: "longmemeval",
    question: questionText(textField(row, "question"), textField(row, "question_date")),
    context,
    contextTokens: context.reduce((sum, text) => sum + countTokens(text), 0),
    metadata: {
      question_type: type,
      sessions: context.length,
      // Keeps all questions about the same sessions on the same side of a split.
      contextGroup: createHash("sha256").update(context.join("\n\n")).digest("hex"),
    },
  };
  const metadata = {
    [type]: true,
    abstention,
    evidence: sessions.flatMap((session, i) => (evidence.has(session.id) ? [String(i + 1)] : [])),
  };
  return { id, problem: { task, reference: { taskId: id, answers: [answerOf(row)], metadata } } };
}

function typeOf(row: Row): QuestionType {
  const given = textField(row, "question_type");
  const found = TYPES.find((type) => type === given);
  if (found !== undefined) return found;
  throw new DataError(
    `${row.origin}: expected one of ${TYPES.join(", ")} in column "question_type", got ${JSON.stringify(given.slice(0, 40))}`,
  );
}

/** Answers that are counts are numbers in the file. */
function answerOf(row: Row): string {
  const answer = idField(row, "answer").trim();
  if (answer === "")
    throw new DataError(`${row.origin}: expected an answer in column "answer", got only spaces`);
  return answer;
}

interface Session {
  readonly id: string;
  readonly date: string;
  readonly turns: readonly ChatTurn[];
}

const turnSchema = z.object({ role: z.enum(["user", "assistant"]), content: z.string() });

/** The sessions from the earliest to the latest: dates such as `2023/05/20 (Sat) 02:21` are in the order of their characters. */
function sessionsOf(row: Row): Session[] {
  const ids = idsIn(row, "haystack_session_ids");
  const dates = idsIn(row, "haystack_dates");
  const sessions = listIn(row, "haystack_sessions");
  for (const [column, list] of [
    ["haystack_dates", dates],
    ["haystack_sessions", sessions],
  ] as const)
    if (list.length !== ids.length)
      throw new DataError(
        `${row.origin}: expected as many items in column "${column}" as in haystack_session_ids, which has ${ids.length}, got ${list.length}`,
      );
  if (ids.length === 0)
    throw new DataError(`${row.origin}: expected at least one session in column "haystack_sessions"`);
  return ids
    .map((id, i) => ({ id, date: dates[i]!, turns: turnsOf(row, sessions[i], i) }))
    .toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
}

function turnsOf(row: Row, session: unknown, index: number): ChatTurn[] {
  const parsed = z.array(turnSchema).safeParse(session);
  if (parsed.success) return parsed.data;
  const { path = [], message = "" } = parsed.error.issues[0] ?? {};
  throw new DataError(
    `${row.origin}: column "haystack_sessions", session ${index}${path.map((part) => `, ${String(part)}`).join("")}: expected turns with role and content, which may have ${SPOILER} (${message})`,
  );
}

function idsIn(row: Row, column: string): string[] {
  const list = listIn(row, column);
  const wrong = list.findIndex((item) => typeof item !== "string");
  if (wrong === -1) return list as string[];
  throw new DataError(`${row.origin}: expected text at ${wrong} of column "${column}"`);
}

function listIn(row: Row, column: string): readonly unknown[] {
  const list = row.fields[column];
  if (Array.isArray(list)) return list as unknown[];
  const got = list === undefined ? "no such column" : list === null ? "null" : typeof list;
  throw new DataError(`${row.origin}: expected a list in column "${column}", got ${got}`);
}
