/**
 * Keeps exports of encrypted sets encrypted: a row of such a set is written as `{canary, sealed}`, with the whole row in
 * `sealed`. Single cells are not encrypted, because token ids and numbers would reveal the texts, and a trainer would learn
 * from encrypted texts without an error, whereas now it misses its columns.
 */
import { UsageError } from "../errors.ts";
import { isEncrypted, ENCRYPTED_KEYS, encryptedLine } from "../data/encryption.ts";
import type { Exporter, ExportSource, Row } from "./exporter.ts";
import { type ParquetField, TEXT } from "./columns.ts";

const ENCRYPTED_COLUMNS: readonly ParquetField[] = ENCRYPTED_KEYS.map((name) => [name, TEXT]);

/** Encrypts the rows of one export. A format yields a row as soon as it has read the last episode of the row. */
export class EncryptedRows {
  readonly #output: Exporter["output"];
  /** Of the episode that was read last. */
  #canary: string | null = null;
  #count = 0;

  constructor({ output }: Pick<Exporter, "output">) {
    this.#output = output;
  }

  /** The number of rows encrypted so far. */
  get count(): number {
    return this.#count;
  }

  /** The same episodes, observed on their way to the format. */
  watched(source: ExportSource): ExportSource {
    const see = (canary: string | null) => {
      this.#canary = canary;
    };
    return async function* items() {
      for await (const item of source()) {
        see(item.canary ?? null);
        yield item;
      }
    };
  }

  /** The rows as they are to be written; for documents, the lines. */
  async *encrypted(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
    for await (const row of rows) {
      const canary = this.#canary;
      if (canary !== null && this.#output === "tensors")
        throw new UsageError(
          "a rollout of an encrypted set: tensors hold only numbers, which cannot be encrypted; --plain writes them as they are",
        );
      if (canary !== null) this.#count += 1;
      if (this.#output !== "documents") yield encryptedLine(row, canary) as Row;
      else yield { ...row, lines: (row["lines"] as Row[]).map((line) => encryptedLine(line, canary)) };
    }
  }
}

/** Rows for a table with the columns that it takes. Throws `UsageError` if only some of the rows are encrypted. */
export async function encryptedTable(
  rows: AsyncGenerator<Row>,
  columns: readonly ParquetField[],
): Promise<{ readonly rows: AsyncIterable<Row>; readonly columns: readonly ParquetField[] }> {
  const first = await rows.next();
  const isSecret = !first.done && isEncrypted(first.value);
  async function* all() {
    if (first.done) return;
    yield first.value;
    for await (const row of rows) {
      if (isEncrypted(row) !== isSecret)
        throw new UsageError(
          "some of the rollouts are of an encrypted set and others are not; one table cannot hold both: export them separately, or in plain text with --plain",
        );
      yield row;
    }
  }
  return { rows: all(), columns: isSecret ? ENCRYPTED_COLUMNS : columns };
}
