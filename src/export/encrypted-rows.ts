/**
 * Keeps exports of encrypted sets under their cipher: a row of such a set is written as `{canary, sealed}`, the whole of it in
 * `sealed`. Not cell by cell: token ids and numbers would tell the texts, and a trainer would learn ciphertexts without a
 * complaint, where it now misses its columns.
 */
import { UsageError } from "../errors.ts";
import { isEncrypted, ENCRYPTED_KEYS, encryptedLine } from "../data/encryption.ts";
import type { Exporter, ExportSource, Row } from "./exporter.ts";
import { type ParquetField, TEXT } from "./columns.ts";

const ENCRYPTED_COLUMNS: readonly ParquetField[] = ENCRYPTED_KEYS.map((name) => [name, TEXT]);

/** Encrypts the rows of one export. A format gives a row as soon as it has read the last episode that the row is of. */
export class EncryptedRows {
  readonly #output: Exporter["output"];
  /** Of the episode that was read last. */
  #canary: string | null = null;
  #count = 0;

  constructor({ output }: Pick<Exporter, "output">) {
    this.#output = output;
  }

  /** How many rows were encrypted so far. */
  get count(): number {
    return this.#count;
  }

  /** The same episodes, looked at on their way to the format. */
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

  /** The rows as they are to be written; of documents, the lines. */
  async *encrypted(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
    for await (const row of rows) {
      const canary = this.#canary;
      if (canary !== null && this.#output === "tensors")
        throw new UsageError(
          "a rollout of an encrypted set: tensors are numbers that nothing can be taken from again; --plain writes them as they are",
        );
      if (canary !== null) this.#count += 1;
      if (this.#output !== "documents") yield encryptedLine(row, canary) as Row;
      else yield { ...row, lines: (row["lines"] as Row[]).map((line) => encryptedLine(line, canary)) };
    }
  }
}

/** Rows for a table with the columns that it takes. Throws `UsageError` where only some of the rows are encrypted. */
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
          "some of the rollouts are of an encrypted set and others are not, which no one table can hold; export them apart, or in plain with --plain",
        );
      yield row;
    }
  }
  return { rows: all(), columns: isSecret ? ENCRYPTED_COLUMNS : columns };
}
