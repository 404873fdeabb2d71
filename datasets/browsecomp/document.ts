/** A document of BrowseComp-Plus' files, and how it stands in a context. */
import { DataError } from "../../src/errors.ts";
import { idField, type Row, textField } from "../rows/row.ts";

export interface CorpusDocument {
  readonly docid: string;
  /** As a context holds it. */
  readonly text: string;
}

const DOCID = /^docid: (.+)$/gm;

/** A document of a row with the columns `docid`, `text` and `url`. Throws `DataError` with file, row and column. */
export function readDocument(row: Row): CorpusDocument {
  const docid = idField(row, "docid");
  return { docid, text: shown(docid, textField(row, "url"), textField(row, "text")) };
}

/** The documents of a column that is a list of them. Throws `DataError` with file, row and column. */
export function documentsIn(row: Row, column: string): CorpusDocument[] {
  const list = row.fields[column];
  if (!Array.isArray(list))
    throw new DataError(`${row.place}: expected a list of documents in column "${column}"`);
  return list.map((fields: unknown, i) => {
    if (typeof fields !== "object" || fields === null)
      throw new DataError(`${row.place}: expected a document at ${i} of column "${column}"`);
    return readDocument({ place: `${row.place}, ${column} ${i}`, fields: fields as Row["fields"] });
  });
}

/** The docids of all documents that a text shows the beginning of. */
export function docidsShown(text: string): string[] {
  return Array.from(text.matchAll(DOCID), ([, docid = ""]) => docid.trim());
}

/** The same lines before every document, so that they tell nothing of it. */
function shown(docid: string, url: string, text: string): string {
  return `docid: ${docid}\nurl: ${url}\n${text}`;
}
