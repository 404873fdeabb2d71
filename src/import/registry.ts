/** The importers by name, and which of them reads a file. */
import { DataError, UsageError } from "../errors.ts";
import { atifDocuments } from "./formats/atif.ts";
import { dspyHistories } from "./formats/dspy.ts";
import { fastRlmLogs } from "./formats/fast-rlm.ts";
import { inspectLogs } from "./formats/inspect.ts";
import { nanoRlmSessions } from "./formats/nano-rlm.ts";
import type { Importer, Line } from "./importer.ts";
import { nativeTrajectories } from "./formats/native-rows.ts";
import { rlmLoggerLogs } from "./formats/rlm-logger.ts";
import { verifiersTraces } from "./formats/verifiers.ts";

/** Every format that records can be read from; the first that recognizes a file reads it. */
export const IMPORTERS: readonly Importer[] = [
  nativeTrajectories,
  rlmLoggerLogs,
  verifiersTraces,
  atifDocuments,
  fastRlmLogs,
  inspectLogs,
  dspyHistories,
  nanoRlmSessions,
];

/** Throws `UsageError` that lists the names. */
export function importerNamed(name: string): Importer {
  const found = IMPORTERS.find((importer) => importer.name === name);
  if (found) return found;
  const names = IMPORTERS.map((importer) => importer.name).join(", ");
  throw new UsageError(`unknown format ${JSON.stringify(name)}; expected one of ${names}`);
}

/** The importer for a file that begins with this line. Throws `DataError` if no format recognizes it. */
export function importerFor({ value, where }: Line): Importer {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const row = isObject ? (value as Record<string, unknown>) : {};
  const found = IMPORTERS.find((importer) => importer.recognises(row));
  if (found) return found;
  const keys = Object.keys(row).slice(0, 8).join(", ");
  const names = IMPORTERS.map((importer) => importer.name).join(", ");
  throw new DataError(
    `${where}: is not in a format that can be imported (${isObject ? `its keys: ${keys || "none"}` : `expected an object, found ${kindOf(value)}`}); --format names one of ${names}`,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
