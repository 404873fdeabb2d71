/** BrowseComp's own file: questions and answers, encrypted, without documents. Source of the layout: openai/simple-evals. */
import { createHash } from "node:crypto";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { withAnswerForm } from "./answer-form.ts";
import { Corpus } from "./corpus.ts";
import { decryptRow } from "./decrypted-rows.ts";
import { drawContext } from "./draw-context.ts";

export interface LoadBrowseCompOptions extends Pick<RowOptions, "onBadRow"> {
  /** CSV (or another format) with `problem`, `answer`, `problem_topic` and `canary`. */
  readonly files: readonly string[];
  /** Files of a corpus, from which each question gets documents drawn at random; if absent, the context is an empty list. */
  readonly corpus?: readonly string[];
  /** Number of documents of a context; default 1000. */
  readonly documents?: number;
  readonly seed: number;
  readonly topics?: readonly string[];
}

interface Question {
  readonly id: string;
  readonly problem: string;
  readonly answer: string;
  readonly topic: string;
  readonly canary: string;
}

/** The questions in the order of the file, each with its canary in the task's metadata. Throws `DataError` with file, row and column. */
export function loadBrowseComp(options: LoadBrowseCompOptions): Dataset {
  const { files, onBadRow, topics } = options;
  let opened: Promise<Corpus> | undefined;
  return {
    name: "browsecomp",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const corpus =
        options.corpus &&
        (await (opened ??= Corpus.open({ files: options.corpus, ...(onBadRow && { onBadRow }) })));
      const where = topics && {
        columns: ["problem_topic"],
        keep: ({ fields }: Row) => topics.includes(String(fields.problem_topic)),
      };
      const rows = readRows(files, { ...(onBadRow && { onBadRow }), ...(where && { where }) });
      for await (const question of readEach(rows, onBadRow, readQuestion))
        yield problemOf(question, corpus, options);
    },
  };
}

/** Rows have no id, so a hash of the encrypted text is the id: it stays the same if the rows change their order. */
function readQuestion(row: Row): Question {
  const canary = textField(row, "canary");
  const plain = decryptRow(
    { origin: row.origin, fields: { problem: textField(row, "problem"), answer: textField(row, "answer") } },
    canary,
    [],
  );
  const answer = textField(plain, "answer");
  if (answer.trim() === "") throw new DataError(`${row.origin}: expected an answer in column "answer"`);
  return {
    id: createHash("sha256").update(textField(row, "problem")).digest("hex").slice(0, 12),
    problem: textField(plain, "problem"),
    answer,
    topic: textField(row, "problem_topic"),
    canary,
  };
}

function problemOf(
  { id, problem, answer, topic, canary }: Question,
  corpus: Corpus | undefined,
  { documents = 1000, seed }: LoadBrowseCompOptions,
): Problem {
  const drawn = corpus
    ? drawContext(corpus, { id, seed, documents, needed: [] })
    : { context: [], contextTokens: 0 };
  return {
    task: {
      id,
      dataset: "browsecomp",
      question: withAnswerForm(problem),
      ...drawn,
      metadata: { topic, documents: drawn.context.length, canary },
    },
    reference: { taskId: id, answers: [answer], metadata: {} },
  };
}
