/**
 * BrowseComp-Plus' corpus, from which each question takes documents drawn at random. Its files (3 GB) can only be read from the
 * front, so they are read once, and the documents are kept in a temporary file in which each can be found.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError } from "../../src/errors.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import { readRows } from "../rows/read-rows.ts";
import { readEach, type RowOptions } from "../rows/row.ts";
import { type CorpusDocument, readDocument } from "./document.ts";

const closing = new FinalizationRegistry<number>((file) => closeSync(file));

export interface CorpusOptions extends Pick<RowOptions, "onBadRow"> {
  /** Files with the columns `docid`, `text` and `url`. */
  readonly files: readonly string[];
}

/** Keeps the docids and the position of each document in memory, but none of the texts. */
export class Corpus {
  readonly #file: number;
  readonly #docids: string[] = [];
  readonly #indices = new Map<string, number>();
  /** Offset of each document's first byte; one entry more than there are documents. */
  readonly #starts = [0];
  /** Counted when first asked for. */
  readonly #tokens: number[] = [];

  private constructor(file: number) {
    this.#file = file;
    closing.register(this, file);
  }

  /** Reads the files once. Throws `DataError` with file, row and column. */
  static async open({ files, onBadRow }: CorpusOptions): Promise<Corpus> {
    const corpus = new Corpus(nameless());
    const options = { columns: ["docid", "text", "url"], ...(onBadRow && { onBadRow }) };
    const read = readEach(readRows(files, options), onBadRow, (row) => {
      const document = readDocument(row);
      return { id: document.docid, document };
    });
    for await (const { document } of read) corpus.#add(document);
    if (corpus.size === 0) throw new DataError(`${files.join(",")}: expected at least one document`);
    return corpus;
  }

  get size(): number {
    return this.#docids.length;
  }

  /** The index of a docid; undefined if the corpus lacks it. */
  find(docid: string): number | undefined {
    return this.#indices.get(docid);
  }

  read(index: number): CorpusDocument {
    const [start, end] = [this.#starts[index], this.#starts[index + 1]];
    if (start === undefined || end === undefined) throw new RangeError(`no document ${index}`);
    const bytes = Buffer.allocUnsafe(end - start);
    for (let got = 0; got < bytes.length;)
      got += readSync(this.#file, bytes, got, bytes.length - got, start + got);
    return { docid: this.#docids[index]!, text: bytes.toString("utf8") };
  }

  /** The number of tokens of a document that was read. */
  tokens(index: number, { text }: CorpusDocument): number {
    return (this.#tokens[index] ??= countTokens(text));
  }

  #add({ docid, text }: CorpusDocument): void {
    const start = this.#starts.at(-1)!;
    const bytes = Buffer.from(text, "utf8");
    for (let put = 0; put < bytes.length;)
      put += writeSync(this.#file, bytes, put, bytes.length - put, start + put);
    this.#indices.set(docid, this.#docids.length);
    this.#docids.push(docid);
    this.#starts.push(start + bytes.length);
  }
}

/** Opens a file and removes its name, so that it disappears with the process. */
function nameless(): number {
  const folder = mkdtempSync(join(tmpdir(), "rlm-gym-corpus-"));
  const file = openSync(join(folder, "documents"), "wx+", 0o600);
  rmSync(folder, { recursive: true });
  return file;
}
