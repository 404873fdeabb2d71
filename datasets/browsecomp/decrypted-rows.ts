/** Decrypts the rows of BrowseComp's and BrowseComp-Plus' files, and of runs and exports made from them, to be shown to a person. */
import { decrypt, decryptedLine, isEncrypted } from "../../src/data/encryption.ts";
import { DataError, UsageError } from "../../src/errors.ts";
import { readRows } from "../rows/read-rows.ts";
import { type Row, textField } from "../rows/row.ts";

/**
 * BrowseComp's rows and those of runs and exports carry their canary; BrowseComp-Plus has one for the whole set, which
 * the caller gives. Throws `DataError` with file, row and column.
 */
export async function* decryptedRows(file: string, canary?: string): AsyncGenerator<Row["fields"]> {
  for await (const row of readRows([file])) {
    if (isEncrypted(row.fields)) yield decryptedLine(row.fields, row.origin) as Row["fields"];
    else if ("problem" in row.fields)
      yield decryptRow(row, textField(row, "canary"), ["problem_topic", "canary"]).fields;
    else if (!("query_id" in row.fields))
      throw new DataError(
        `${row.origin}: expected BrowseComp's column "problem", BrowseComp-Plus' "query_id" or an export's "sealed"`,
      );
    else if (canary === undefined)
      throw new UsageError(`${file}: BrowseComp-Plus has one canary for the whole set; give it`);
    else yield decryptRow(row, canary, ["query_id"]).fields;
  }
}

/** Decrypts every text of the row except in the columns `plain`. Throws `DataError` with file, row and column. */
export function decryptRow({ fields, origin }: Row, canary: string, plain: readonly string[]): Row {
  const cells = Object.entries(fields).map(([column, value]) => {
    if (plain.includes(column)) return [column, value] as const;
    try {
      return [column, decryptValue(value, canary)] as const;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      throw new DataError(`${origin}: column "${column}": ${error.message}`, { cause: error });
    }
  });
  return { origin, fields: Object.fromEntries(cells) };
}

/** Decrypts every text in lists and objects, at any depth. */
function decryptValue(value: unknown, canary: string): unknown {
  if (typeof value === "string") return decrypt(value, canary);
  if (Array.isArray(value)) return value.map((item) => decryptValue(item, canary));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decryptValue(item, canary)]));
}
