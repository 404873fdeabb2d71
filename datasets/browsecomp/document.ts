/** A document of BrowseComp-Plus' files, and how a context shows it. */
import { DataError } from "../../src/errors.ts";
import { idField, type Row, textField } from "../rows/row.ts";

export interface CorpusDocument {
  readonly docid: string;
  /** The text as a context holds it. */
  readonly text: string;
}

const DOCID = /^docid: (.+)$/gm;

/** A document of a row with the columns `docid`, `text` and `url`. Throws `DataError` with file, row and column. */
export function readDocument(row: Row): CorpusDocument {
  const docid = idField(row, "docid");
  return { docid, text: shown(docid, textField(row, "url"), textField(row, "text")) };
}

/** The documents of a column that holds a list of them. Throws `DataError` with file, row and column. */
export function documentsIn(row: Row, column: string): CorpusDocument[] {
  const list = row.fields[column];
  if (!Array.isArray(list))
    throw new DataError(`${row.origin}: expected a list of documents in column "${column}"`);
  return list.map((fields: unknown, i) => {
    if (typeof fields !== "object" || fields === null)
      throw new DataError(`${row.origin}: expected a document at ${i} of column "${column}"`);
    return readDocument({ origin: `${row.origin}, ${column} ${i}`, fields: fields as Row["fields"] });
  });
}

/** The docids of all documents whose beginning a text shows. */
export function docidsShown(text: string): string[] {
  return Array.from(text.matchAll(DOCID), ([, docid = ""]) => docid.trim());
}

/** Every document begins with the same lines, so that they say nothing about it. */
function shown(docid: string, url: string, text: string): string {
  return `docid: ${docid}\nurl: ${url}\n${text}`;
}
