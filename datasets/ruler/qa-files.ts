/** Reads the files that RULER's questions come from: SQuAD v2 (`dev-v2.0.json`) and HotpotQA (`hotpot_dev_distractor_v1.json`). */
import { z } from "zod";
import { DataError } from "../../src/errors.ts";
import { readJson } from "./json-file.ts";
import { byCodePoint } from "./word-lists.ts";

/** A question, the texts that count as its answer, and the numbers of the documents that go with it. */
export interface Asked {
  readonly question: string;
  readonly answers: readonly string[];
  /** Documents that always stand in its context. */
  readonly documents: readonly number[];
  /** Documents of the same article, which are taken before any other. */
  readonly related: readonly number[];
}

/** A file's questions, and its documents, sorted, each once. */
export interface QaSet {
  readonly asked: readonly Asked[];
  readonly documents: readonly string[];
}

/** The two kinds of files. */
export type QaKind = "squad" | "hotpotqa";

const squadSchema = z.object({
  data: z
    .array(
      z.object({
        paragraphs: z.array(
          z.object({
            context: z.string(),
            qas: z.array(
              z.object({
                question: z.string(),
                answers: z.array(z.object({ text: z.string() })),
                is_impossible: z.boolean(),
              }),
            ),
          }),
        ),
      }),
    )
    .min(1),
});
const hotpotSchema = z
  .array(
    z.object({
      question: z.string(),
      answer: z.string(),
      context: z.array(z.tuple([z.string(), z.array(z.string())])).min(1),
    }),
  )
  .min(1);

/** The questions and documents of a file. Throws `UsageError` if it cannot be read, `DataError` that names the place of what is missing. */
export function readQaSet(kind: QaKind, file: string): QaSet {
  return kind === "squad" ? readSquad(file) : readHotpot(file);
}

function readSquad(file: string): QaSet {
  const { data } = parsed(file, squadSchema, "SQuAD v2");
  const documents = sorted(data.flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context)));
  const numbers = numbersOf(documents);
  const asked = data.flatMap(({ paragraphs }) => {
    const article = paragraphs.map(({ context }) => numbers.get(context)!);
    return paragraphs.flatMap(({ context, qas }) => {
      const own = numbers.get(context)!;
      return qas
        .filter(({ is_impossible: impossible }) => !impossible)
        .map(({ question, answers }) => ({
          question,
          answers: answers.map(({ text }) => text),
          documents: [own],
          related: article.filter((number) => number !== own),
        }));
    });
  });
  return withAnswers(file, { asked, documents });
}

function readHotpot(file: string): QaSet {
  const rows = parsed(file, hotpotSchema, "HotpotQA");
  const documentOf = ([title, sentences]: readonly [string, readonly string[]]) =>
    `${title}\n${sentences.join("")}`;
  const documents = sorted(rows.flatMap(({ context }) => context.map(documentOf)));
  const numbers = numbersOf(documents);
  const asked = rows.map(({ question, answer, context }) => ({
    question,
    answers: [answer],
    documents: context.map((document) => numbers.get(documentOf(document))!),
    related: [],
  }));
  return withAnswers(file, { asked, documents });
}

function withAnswers(file: string, set: QaSet): QaSet {
  const bare = set.asked.find(({ answers }) => answers.every((answer) => answer === ""));
  if (bare)
    throw new DataError(
      `${file}: expected an answer to the question ${JSON.stringify(bare.question.slice(0, 80))}`,
    );
  if (set.asked.length === 0) throw new DataError(`${file}: expected a question that can be answered`);
  return set;
}

function parsed<Schema extends z.ZodType>(file: string, schema: Schema, name: string): z.output<Schema> {
  const read = schema.safeParse(readJson(file));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue!.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("");
  throw new DataError(
    `${file}: expected the layout of ${name}; ${place.replace(/^\./, "") || "the file"}: ${issue!.message}`,
  );
}

function sorted(documents: readonly string[]): string[] {
  return [...new Set(documents)].toSorted(byCodePoint);
}

function numbersOf(documents: readonly string[]): ReadonlyMap<string, number> {
  return new Map(documents.map((document, number) => [document, number]));
}
