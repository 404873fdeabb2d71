/** Writes an export in one step, so that nobody ever sees half of it, with a manifest beside it. */
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createHash } from "node:crypto";
import { RLMError, UsageError } from "../errors.ts";
import { datasetCard } from "./dataset-card.ts";
import { expectNoLink } from "../files/no-link.ts";
import { beginTemporary, endTemporary } from "../files/temporaries.ts";
import { ChangeLog } from "./choice/change-log.ts";
import type { ParquetField } from "./columns.ts";
import type { Exporter, ExportOptions, ExportSource, Row } from "./exporter.ts";
import { filtered, type Filters } from "./choice/filters.ts";
import { type ExportManifest, RULES, type WrittenFile } from "./manifest.ts";
import type { Redaction } from "./choice/redact.ts";
import { EncryptedRows, encryptedTable } from "./encrypted-rows.ts";
import { type Counts, Tally } from "./tally.ts";
import { HALF_PAIR, wellFormedValue } from "./well-formed.ts";
import { writeTensors } from "./tensor-files.ts";
import { withMetadataColumn } from "./metadata.ts";
import { NO_TOKENS } from "./token-segments.ts";
import { writeParquet } from "./parquet.ts";

/** What `writeExport` writes, in which format, and to where. */
export interface ExportRequest {
  readonly exporter: Exporter;
  readonly source: ExportSource;
  readonly options: ExportOptions;
  readonly filters: Filters;
  readonly redaction: Redaction | null;
  /** A file, or a folder for formats of documents and tensors; it must not exist. */
  readonly out: string;
  /** The manifest's account of where the rollouts come from. */
  readonly origin: { readonly version: string; readonly sources: readonly Row[]; readonly flags: Row };
}

/**
 * Throws `UsageError` if the output exists or its name does not fit the format, `RLMError` if no rows are left or
 * it cannot be written; removes what it began to write.
 */
export async function writeExport(request: ExportRequest): Promise<ExportManifest> {
  const { exporter, out, origin } = request;
  const withMetadata = request.options.withMetadata && exporter.metadata !== undefined;
  const options = { ...request.options, withMetadata };
  const manifestPath = `${out}.manifest.json`;
  const changesPath = `${out}.changes.jsonl`;
  const cardPath = `${out}.README.md`;
  const paths = [out, manifestPath, changesPath, cardPath];
  for (const path of paths)
    if (existsSync(path)) throw new UsageError(`--out ${out}: ${path} exists; name a new one`);
  await expectNoLink(...paths);
  const isParquet = expectName(exporter, out);
  const temporary = beginTemporary(out);
  const manifestTemporary = beginTemporary(manifestPath);
  const changesTemporary = beginTemporary(changesPath);
  const cardTemporary = beginTemporary(cardPath);
  const changes = new ChangeLog(changesTemporary);
  const tally = new Tally((change, canary) => changes.add(change, canary));
  const encryption = new EncryptedRows(exporter);
  const templateOfChildren = options.children || exporter.holdsChildren === true;
  const keepsUntrained = exporter.keepsUntrained === true;
  const filters = { ...request.filters, templateOfChildren, keepsUntrained };
  const source = filtered(encryption.watched(request.source), filters, tally, request.redaction);
  const rows = encryption.encrypted(wellFormed(counted(exporter.rows(source, options, tally), tally), tally));
  try {
    const columns = isParquet
      ? withMetadataColumn(exporter.columns!, withMetadata ? exporter.metadata : undefined)
      : null;
    const names = await writeRows(exporter, rows, temporary, columns);
    if (tally.rows === 0) throw noRows(exporter, tally.counts);
    const files = await Promise.all(names.map((name) => described(temporary, name)));
    changes.flush();
    const isMended = changes.count > 0;
    const toldChanges = isMended && {
      ...(await described(changesTemporary, "")),
      name: basename(changesPath),
    };
    const manifest: ExportManifest = {
      schemaVersion: 1,
      format: exporter.name,
      ...origin,
      rules: RULES,
      policies: tally.policies,
      kinds: tally.kinds,
      counts: tally.counts,
      ...(encryption.count > 0 && { encryptedRows: encryption.count }),
      files,
      ...(toldChanges && { changes: toldChanges }),
    };
    await writeFile(manifestTemporary, `${JSON.stringify(manifest, null, 2)}\n`, { flag: "wx" });
    await writeFile(
      cardTemporary,
      datasetCard({ manifest, exporter, name: basename(out), part: filters.part?.name ?? null }),
      { flag: "wx" },
    );
    if (isMended) await rename(changesTemporary, changesPath);
    await rename(temporary, out);
    await rename(manifestTemporary, manifestPath);
    await rename(cardTemporary, cardPath);
    return manifest;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof RLMError || code === undefined || !code.startsWith("E")) throw error;
    throw new RLMError(`--out ${out}: cannot be written (${message})`, { cause: error });
  } finally {
    await endTemporary(temporary);
    await endTemporary(manifestTemporary);
    await endTemporary(changesTemporary);
    await endTemporary(cardTemporary);
  }
}

/** Whether the name asks for Parquet. */
function expectName({ name, columns, jsonl, output }: Exporter, out: string): boolean {
  const isParquet = out.endsWith(".parquet");
  if (isParquet && columns === null)
    throw new UsageError(`--out ${out}: the format ${name} is not written as Parquet`);
  if (!isParquet && output === "rows" && !jsonl)
    throw new UsageError(`--out ${out}: the format ${name} is Parquet; the name has to end in .parquet`);
  return isParquet;
}

/** The names of the files under the path; an empty name is the path itself. */
async function writeRows(
  exporter: Exporter,
  rows: AsyncGenerator<Row>,
  path: string,
  columns: readonly ParquetField[] | null,
): Promise<string[]> {
  if (exporter.output === "rows") {
    if (columns !== null) {
      const table = await encryptedTable(rows, columns);
      await writeParquet(path, table.rows, table.columns);
    } else await writeText(path, linesOf(rows));
    return [""];
  }
  await mkdir(path);
  if (exporter.output === "tensors") return writeTensors(path, rows);
  const names: string[] = [];
  for await (const { name, lines } of rows) {
    names.push(name as string);
    await writeText(join(path, name as string), linesOf(lines as readonly Row[]));
  }
  return names;
}

async function writeText(path: string, lines: AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(lines), createWriteStream(path, { flags: "wx", flush: true }));
}

/** Characters at which Python's `splitlines` ends a line, too, and which JSON lets stand. */
const OTHER_LINE_ENDS = /[\u0085\u2028\u2029]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Joins many rows per chunk, since a stream costs more per chunk than per byte. */
async function* linesOf(rows: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string> {
  let text = "";
  for await (const row of rows) {
    text += `${JSON.stringify(row).replace(OTHER_LINE_ENDS, escaped)}\n`;
    if (text.length < 1_000_000) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** The rows with U+FFFD instead of each half, counting each changed text. */
async function* wellFormed(rows: AsyncIterable<Row>, tally: Tally): AsyncGenerator<Row> {
  for await (const row of rows) yield wellFormedValue(row, () => tally.change(HALF_PAIR)) as Row;
}

async function* counted(rows: AsyncIterable<Row>, tally: Tally): AsyncGenerator<Row> {
  for await (const row of rows) {
    tally.rows += 1;
    yield row;
  }
}

async function described(path: string, name: string): Promise<WrittenFile> {
  const whole = join(path, name);
  const hash = createHash("sha256");
  await pipeline(createReadStream(whole), hash);
  return { name, bytes: (await stat(whole)).size, sha256: hash.digest("hex") };
}

function noRows({ name, needsTokens }: Exporter, { read, leftOut }: Counts): RLMError {
  if (needsTokens && read > 0 && leftOut[NO_TOKENS] === read)
    return new RLMError(
      `the format ${name} needs token ids, and no rollout holds any; collect with --token-ids from a server that returns them`,
    );
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${count}: ${reason}`);
  return new RLMError(`no rows are left of ${read} rollouts (${reasons.join("; ") || "there are none"})`);
}
