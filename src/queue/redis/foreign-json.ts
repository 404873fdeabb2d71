/** Reads values from Redis, where others may write: bounds them before they take memory, and checks them before they are used. */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { z } from "zod";
import { DataError } from "../../errors.ts";
import { MOST_LINE_CHARS } from "../../files/append-log.ts";
import { isNestedTooDeeply, MOST_LEVELS } from "../../files/json-depth.ts";
import { expectShape } from "../../record/expect-record.ts";

const unpack = promisify(gunzip);

/** The value of gzipped JSON. Throws `DataError` that begins with `where` for other bytes, too long a text, or too deep a value. */
export async function packedJson(bytes: Buffer | undefined, where: string): Promise<unknown> {
  let text: string;
  try {
    text = (await unpack(bytes ?? Buffer.alloc(0), { maxOutputLength: MOST_LINE_CHARS })).toString("utf8");
  } catch (error) {
    const isLong = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const what = isLong ? `it unpacks to more than ${MOST_LINE_CHARS} bytes` : "expected gzip";
    throw new DataError(`${where}: ${what}`, { cause: error });
  }
  return foreignJson(text, where);
}

/** The value of a text. Throws `DataError` that begins with `where`. */
export function foreignJson(text: string, where: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${where}: expected JSON`, { cause: error });
  }
  if (isNestedTooDeeply(value)) throw new DataError(`${where}: nested at more than ${MOST_LEVELS} levels`);
  return value;
}

/** The value of a text as the schema reads it. Throws `DataError` that begins with `where` and names the field. */
export function foreignValue<T extends z.ZodType>(text: string, schema: T, where: string): z.output<T> {
  const value = foreignJson(text, where);
  expectShape(schema, value, where);
  return schema.parse(value);
}
