/**
 * Reads the published evidence sets that SkyRL's recipe for recursive language models uses: alphaXiv/multi-paper-v1 and
 * alphaXiv/multi-paper-synthetic (several papers a row), and alphaXiv/qasper-transformed (the paragraphs of one).
 */
import { z } from "zod";
import type { Dataset } from "../../src/data/dataset.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import { DataError } from "../../src/errors.ts";
import { schemaProblem } from "../../src/files/schema-problem.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { type PaperEvidence, type Papers, paperText, placesOf } from "./papers.ts";
import { goldMetadata } from "./scorer.ts";
import { fileQuestion, ONLY_PAPER } from "./wording.ts";

/** Which files to read. */
export interface LoadEvidenceOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
}

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const papersForm = z
  .array(z.looseObject({ paperId: z.string().min(1), title: text, abstract: text, text }))
  .min(1, "expected at least one paper");
const evidenceForm = z.array(
  z.looseObject({ paperId: z.string(), selections: z.array(z.looseObject({ text })) }),
);
const paragraphsForm = z.array(z.string()).min(1, "expected at least one paragraph");
const passagesForm = z.array(z.string());

/** The tasks in the order of the files. Throws `DataError` with file, row and column, also for evidence of which nothing stands in the papers. */
export function loadEvidence({ files, onBadRow }: LoadEvidenceOptions): Dataset {
  return {
    name: "evidence",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      let place = 0;
      const read = (row: Row) => readTask(row, place++);
      for await (const { problem } of readEach(readRows(files, onBadRow ? { onBadRow } : {}), onBadRow, read))
        yield problem;
    },
  };
}

function readTask(row: Row, place: number) {
  const id = row.fields.id === undefined ? `evidence-row-${place}` : idField(row, "id");
  const { papers, evidence } = row.fields.paragraphs === undefined ? severalPapers(row) : onePaper(row);
  if (placesOf(evidence, papers).size === 0)
    throw new DataError(`${row.origin}: column "evidence": none of it stands in the papers letter by letter`);
  const question = textField(row, "question");
  const problem: Problem = {
    task: {
      id,
      dataset: "evidence",
      question: fileQuestion(question),
      context: papers,
      contextTokens: Object.values(papers).reduce((sum, one) => sum + countTokens(one), 0),
      metadata: { papers: Object.keys(papers).length },
    },
    reference: {
      taskId: id,
      answers: evidence.flatMap(({ selections }) => selections.map((one) => one.text)),
      metadata: goldMetadata({ papers, evidence }),
    },
  };
  return { id, problem };
}

function severalPapers(row: Row): { papers: Papers; evidence: readonly PaperEvidence[] } {
  const list = parsed(row, "papers", papersForm);
  return {
    papers: Object.fromEntries(list.map((paper) => [paper.paperId, paperText(paper)])),
    evidence: parsed(row, "evidence", evidenceForm),
  };
}

function onePaper(row: Row): { papers: Papers; evidence: readonly PaperEvidence[] } {
  const paragraphs = parsed(row, "paragraphs", paragraphsForm);
  const selections = parsed(row, "evidence", passagesForm).map((one) => ({ text: one }));
  return {
    papers: { [ONLY_PAPER]: paragraphs.join("\n\n") },
    evidence: [{ paperId: ONLY_PAPER, selections }],
  };
}

/** A column, which some of the files hold as JSON in a text. */
function parsed<T>(row: Row, column: string, form: z.ZodType<T>): T {
  const result = form.safeParse(jsonOf(row.fields[column]));
  if (result.success) return result.data;
  throw new DataError(`${row.origin}: column "${column}": ${schemaProblem(result.error, "the whole")}`);
}

function jsonOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
