/** Compares audit trails with where the generators put things. */
import { createHash } from "node:crypto";
import { needleSentence } from "../../datasets/s-niah/template.ts";
import { readContext } from "../../src/runs/context-files.ts";
import type { IndexRow } from "../../src/runs/index-row.ts";
import { readReferences } from "../../src/runs/read-run.ts";
import { auditOf } from "../../src/view/audit-of.ts";
import type { AuditSlice, AuditTrail } from "../../src/view/audit-shapes.ts";
import { openRun } from "../../src/view/viewed-run.ts";

/** Characters of a chunk that OOLONG's map-reduce asks for. */
const CHUNK_CHARS = 5000;

/** One audited episode with its context; throws where a hash of a slice is not that of its bytes. */
export interface Audited {
  readonly row: IndexRow;
  readonly trail: AuditTrail;
  readonly text: string;
}

/** Every episode of a run, audited. */
export async function* auditedIn(folder: string): AsyncGenerator<Audited> {
  const run = await openRun(folder);
  for (const row of run.index.rows) {
    const trail = await auditOf(run, row);
    const context = await readContext(folder, trail.context);
    if (typeof context !== "string") throw new Error(`${row.rolloutId}: expected a text`);
    for (const slice of trail.slices) expectBytes(slice, context);
    yield { row, trail, text: context };
  }
}

function expectBytes(slice: AuditSlice, context: string): void {
  const bytes = Buffer.from(context, "utf8");
  for (const { start, end, sha256 } of slice.places) {
    const found = createHash("sha256").update(bytes.subarray(start, end)).digest("hex");
    if (found !== sha256) throw new Error(`bytes ${start}–${end} have the hash ${found}, not ${sha256}`);
  }
}

/** The values whose needle no slice of the trail holds, of an episode of `s-niah`: none is right. */
export async function needlesMissed(folder: string, { row, trail, text }: Audited): Promise<string[]> {
  const { answers } = (await readReferences(folder)).get(row.taskId)!;
  const key = /for (\S+) mentioned/.exec(row.question!)![1]!;
  return answers.filter((value) => {
    const needle = needleSentence("numbers", key, value);
    const start = Buffer.byteLength(text.slice(0, text.indexOf(needle)));
    const end = start + Buffer.byteLength(needle);
    return !trail.slices.some(
      ({ kind, places, holds }) =>
        kind === "value" &&
        holds.includes(value) &&
        places.some((place) => place.start <= start && end <= place.end && place.end - place.start < 1000),
    );
  });
}

/** The chunks of the generator's text that the trail of a map-reduce OOLONG answer does not name to the byte: none is right. */
export function chunksMissed({ trail, text }: Audited): string[] {
  const named = new Set(
    trail.slices.flatMap(({ kind, places }) =>
      kind === "prompt" ? places.map(({ start, end }) => `${start}-${end}`) : [],
    ),
  );
  const calls = trail.steps.filter(({ kind }) => kind === "call").length;
  const chunks = chunksOf(text);
  const missed = chunks.filter((chunk) => !named.has(chunk));
  return calls === chunks.length ? missed : [...missed, `${calls} calls of ${chunks.length}`];
}

/** Byte ranges of the chunks without the white space at their edges, cut as the strategy cuts: at a line's end. */
function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  for (let start = 0; start < text.length;) {
    let piece = text.slice(start, start + CHUNK_CHARS);
    if (start + CHUNK_CHARS < text.length) piece = piece.slice(0, piece.lastIndexOf("\n") + 1) || piece;
    const from = start + piece.length - piece.trimStart().length;
    const to = start + piece.trimEnd().length;
    chunks.push(`${Buffer.byteLength(text.slice(0, from))}-${Buffer.byteLength(text.slice(0, to))}`);
    start += piece.length;
  }
  return chunks;
}
