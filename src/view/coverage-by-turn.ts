/** Which stretches of a context came before a model's eyes in which turn: what code printed, and what sub-models saw. */
import { type Range, TextIndex } from "../metrics/text-index.ts";
import type { Trajectory } from "../trajectory.ts";
import type { ContextText } from "./context-text.ts";
import type { CoveredRange } from "./page-shapes.ts";

/** Longer contexts are not searched. */
const MOST_CHARS = 64 * 1024 * 1024;

/** In the order of turns; what children read counts for the turn that began them. Null for a text that is too long. */
export function coverageByTurn(record: Trajectory, { text }: ContextText): CoveredRange[] | null {
  if (text.length > MOST_CHARS) return null;
  const index = new TextIndex(text);
  return record.turns.flatMap((_, turn) =>
    (["printed", "asked"] as const).flatMap((kind) =>
      merged(textsIn(record, turn, kind).flatMap((seen) => index.find(seen))).map((range) => ({
        ...range,
        turn,
        kind,
      })),
    ),
  );
}

function textsIn(record: Trajectory, turn: number, kind: CoveredRange["kind"]): string[] {
  const below = record.children
    .filter(({ parent }) => parent?.turn === turn)
    .flatMap((child) => child.turns.flatMap((_, at) => textsIn(child, at, kind)));
  if (kind === "asked")
    return [
      ...record.calls.flatMap((call) =>
        call.turn === turn && call.prompt !== null && call.purpose !== "policy" ? [call.prompt] : [],
      ),
      ...below,
    ];
  const printed = (record.turns[turn]?.results ?? []).flatMap(({ stdout, stderr, value, exception }) => [
    stdout,
    stderr,
    value ?? "",
    exception ?? "",
  ]);
  return [...printed, ...below];
}

function merged(ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last && range.start <= last.end + 2)
      all[all.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else all.push(range);
  }
  return all;
}
