/** Finds the first byte at which two records of the same episode differ, in the order in which the episode was played. */
import type { Trajectory } from "../trajectory.ts";
import { type Piece, type Section, sectionsOf } from "../record/sections.ts";

/** The first difference between a replay and its record. */
export interface Difference {
  readonly rolloutId: string;
  /** From 0; null for parts that belong to no turn, such as the opening. */
  readonly turn: number | null;
  /** What differs: an observation, a reply, a prompt … */
  readonly label: string;
  /** The offset of the first differing byte of its UTF-8; null if it is not known. */
  readonly offset: number | null;
  /** Both texts around that byte; null on a side that has no such text. */
  readonly recorded: string | null;
  readonly again: string | null;
}

/** Null if the two are equal apart from clock readings, rewards and a judge's calls. */
export function firstDifference(recorded: Trajectory, again: Trajectory): Difference | null {
  const was = comparable(recorded);
  const is = { ...again, limits: recorded.limits, ...(recorded.tape && { tape: recorded.tape }) };
  const [sections, others] = [sectionsOf(was), sectionsOf(is)];
  for (const [index, section] of sections.entries()) {
    const inChild = childrenOf(was, is, section.turn);
    if (inChild) return inChild;
    const isEnding = index === sections.length - 1;
    const other = isEnding ? others.at(-1) : others.slice(0, -1)[index];
    const found = inSection(section, other);
    if (found) return { rolloutId: recorded.rolloutId, turn: section.turn, ...found };
  }
  return was.calls.length === recorded.calls.length ? inFigures(was, is) : null;
}

/** The first difference of the two openings; null if they are equal. */
export function differentOpening(recorded: Trajectory, again: Trajectory): Found | null {
  const [was, is] = [recorded, again].map(({ opening }) => ({ label: "opening", text: opening }));
  return was!.text === is!.text ? null : parting(was, is);
}

function childrenOf(was: Trajectory, is: Trajectory, turn: number | null): Difference | null {
  if (turn === null) return null;
  for (const [index, child] of was.children.entries()) {
    const other = is.children[index];
    const found = child.parent?.turn === turn && other ? firstDifference(child, other) : null;
    if (found) return found;
  }
  return null;
}

type Found = Omit<Difference, "rolloutId" | "turn">;

function inSection({ pieces }: Section, other: Section | undefined): Found | null {
  const longer = Math.max(pieces.length, other?.pieces.length ?? 0);
  for (let index = 0; index < longer; index += 1) {
    const [was, is] = [pieces[index], other?.pieces[index]];
    if (was?.label === is?.label && was?.text === is?.text) continue;
    return parting(was, is);
  }
  return null;
}

function parting(was: Piece | undefined, is: Piece | undefined): Found {
  const label = (was ?? is)!.label;
  const one = was && Buffer.from(was.text, "utf8");
  const other = is && is.label === label ? Buffer.from(is.text, "utf8") : undefined;
  const offset = one && other ? commonBytes(one, other) : 0;
  return { label, offset, recorded: excerpt(one, offset), again: excerpt(other, offset) };
}

function commonBytes(one: Uint8Array, other: Uint8Array): number {
  let count = 0;
  while (count < one.length && one[count] === other[count]) count += 1;
  return count;
}

/** Some bytes around the offset. */
function excerpt(bytes: Buffer | undefined, offset: number): string | null {
  return bytes ? bytes.subarray(Math.max(0, offset - 20), offset + 40).toString("utf8") : null;
}

/** Compares the figures that follow from the rest of the record, if the comparison left out nothing of the rest. */
function inFigures(was: Trajectory, is: Trajectory): Difference | null {
  for (const label of ["totals", "fullReading", "metrics"] as const) {
    const [one, other] = [figures(was[label]), figures(is[label])];
    if (one === other) continue;
    return { rolloutId: was.rolloutId, turn: null, ...parting({ label, text: one }, { label, text: other }) };
  }
  return null;
}

/** Leaves out clock readings, and `afterRight`, for which one needs the gold. */
function figures(value: object): string {
  return JSON.stringify(value, (key, item: unknown) =>
    key === "wallClock" || key === "afterRight" ? undefined : item,
  );
}

/** The record without the parts that are not replayed: a judge's calls and faults, and a completion that came too late. */
function comparable(record: Trajectory): Trajectory {
  const isJudges = record.error?.kind.startsWith("judge") ?? false;
  const isLate = record.stopReason === "max_seconds";
  const calls = record.calls.filter(
    ({ purpose, error }) => purpose !== "judge" && !(isLate && purpose === "policy" && error !== null),
  );
  const ended = {
    status: "ok",
    error: null,
    stopReason: record.answer ? "answered" : record.stopReason,
  } as const;
  return { ...record, calls, ...(isJudges && ended) };
}
