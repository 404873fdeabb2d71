/** BrowseComp-Plus: questions with the documents that answer them, over documents drawn from its corpus. */
import { looksEncrypted } from "../../src/data/encryption.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError, UsageError } from "../../src/errors.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { withAnswerForm } from "./answer-form.ts";
import { Corpus } from "./corpus.ts";
import { decryptRow } from "./decrypted-rows.ts";
import { type CorpusDocument, documentsIn } from "./document.ts";
import { drawContext, shuffledContext } from "./draw-context.ts";

export interface LoadBrowseCompPlusOptions extends Pick<RowOptions, "onBadRow"> {
  /** Encrypted parquet or decrypted jsonl files. */
  readonly files: readonly string[];
  /** The set's canary. Encrypted files need it, and runs are encrypted with it. */
  readonly canary?: string;
  /** Files of the corpus; if absent, a question's context is the documents of its own row. */
  readonly corpus?: readonly string[];
  /** Documents of a context, including those that the answer needs; default 1000. */
  readonly documents?: number;
  readonly seed: number;
}

interface Query {
  readonly id: string;
  readonly query: string;
  readonly answer: string;
  readonly gold: readonly CorpusDocument[];
  readonly evidence: readonly CorpusDocument[];
  readonly negatives: readonly CorpusDocument[];
}

/** Encrypts runs over a decrypted file whose canary is not given, which keeps them off the searchable web. */
const OWN_CANARY = "rlm-gym: BENCHMARK DATA SHOULD NEVER APPEAR AS PLAIN TEXT ONLINE.";
const COLUMNS = ["query_id", "query", "answer", "gold_docs", "evidence_docs"];

/** The questions in the order of the files. Throws `DataError` with file, row and column. */
export function loadBrowseCompPlus(options: LoadBrowseCompPlusOptions): Dataset {
  const { files, canary, onBadRow } = options;
  const skipping = onBadRow && { onBadRow };
  let opened: Promise<Corpus> | undefined;
  return {
    name: "browsecomp-plus",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const corpus =
        options.corpus && (await (opened ??= Corpus.open({ files: options.corpus, ...skipping })));
      const columns = corpus ? COLUMNS : [...COLUMNS, "negative_docs"];
      const rows = readRows(files, { columns, ...skipping });
      const queries = readEach(rows, onBadRow, (row) =>
        readQuery(decrypted(row, columns, canary), columns.includes("negative_docs")),
      );
      for await (const query of queries) yield problemOf(query, corpus, options);
    },
  };
}

/** The columns in plain text, decrypted if necessary. */
function decrypted({ origin, fields }: Row, columns: readonly string[], canary: string | undefined): Row {
  const row = { origin, fields: Object.fromEntries(columns.map((column) => [column, fields[column]])) };
  if (!looksEncrypted(textField(row, "query"))) return row;
  if (canary !== undefined) return decryptRow(row, canary, ["query_id"]);
  throw new UsageError(`${origin}: column "query" is encrypted; give the set's canary`);
}

function readQuery(row: Row, hasNegatives: boolean): Query {
  const answer = textField(row, "answer");
  if (answer.trim() === "") throw new DataError(`${row.origin}: expected an answer in column "answer"`);
  return {
    id: idField(row, "query_id"),
    query: textField(row, "query"),
    answer,
    gold: documentsIn(row, "gold_docs"),
    evidence: documentsIn(row, "evidence_docs"),
    negatives: hasNegatives ? documentsIn(row, "negative_docs") : [],
  };
}

function problemOf(
  { id, query, answer, gold, evidence, negatives }: Query,
  corpus: Corpus | undefined,
  { documents = 1000, seed, canary = OWN_CANARY }: LoadBrowseCompPlusOptions,
): Problem {
  const needed = once([...gold, ...evidence]);
  const drawn = corpus
    ? drawContext(corpus, { id, seed, documents, needed })
    : shuffledContext(once([...needed, ...negatives]).slice(0, Math.max(documents, needed.length)), seed, id);
  return {
    task: {
      id,
      dataset: "browsecomp-plus",
      question: withAnswerForm(query, { cited: true }),
      ...drawn,
      metadata: { documents: drawn.context.length, canary },
    },
    reference: {
      taskId: id,
      answers: [answer],
      metadata: { gold: gold.map(({ docid }) => docid), evidence: needed.map(({ docid }) => docid) },
    },
  };
}

/** Each document once, by docid: gold documents are usually among the evidence too. */
function once(documents: readonly CorpusDocument[]): CorpusDocument[] {
  return [...new Map(documents.map((document) => [document.docid, document])).values()];
}
