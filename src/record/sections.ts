/** Splits a record into pieces, in the order in which they happened. */
import type { Call, Trajectory } from "../trajectory.ts";

/** One thing that was said or shown. `label` names it in messages. */
export interface Piece {
  readonly label: string;
  readonly text: string;
}

/** The pieces of one turn. `turn` is null for the part before the first turn and after the last one. */
export interface Section {
  readonly turn: number | null;
  readonly pieces: readonly Piece[];
}

export type Recorded = Omit<Trajectory, "reward" | "metrics" | "seals">;

/** The opening, each turn, and the ending; without clock readings, rewards and counts. */
export function sectionsOf(record: Recorded): readonly Section[] {
  const { turns } = record;
  return [
    { turn: null, pieces: openingOf(record) },
    ...turns.map((_, index) => ({ turn: index, pieces: turnOf(record, index) })),
    { turn: null, pieces: endingOf(record) },
  ];
}

function openingOf(record: Recorded): Piece[] {
  const { rolloutId, groupId, environment, policy, seed, depth, maxDepth, parent, task } = record;
  const facts = { rolloutId, groupId, environment, policy, seed, depth, maxDepth, parent, task };
  const { dialect, history, reasoning, limits, tape = null, policyModel = null, continues = null } = record;
  const { rules, promptStyle, severalBlocks, printedAnswers, world, budgetView } = record;
  const { grant, prompts, toolSource, oldTurns, observations, replies } = record;
  return [
    ...piecesIn("facts", {
      ...facts,
      dialect,
      history,
      ...(reasoning && { reasoning }),
      ...(rules && { rules, promptStyle, severalBlocks, printedAnswers }),
      limits,
      policyModel,
      continues,
      ...(budgetView && { budgetView }),
      ...(oldTurns && { oldTurns }),
      ...(observations && { observations }),
      ...(replies && { replies }),
      ...(grant && { grant }),
      ...(prompts && { prompts }),
      ...(toolSource !== undefined && { toolSource }),
      ...(world && { world: { name: world.name, begun: world.begun } }),
    }),
    ...piecesIn("what it was played with", tape),
    { label: "system prompt", text: record.systemPrompt },
    ...clockPieces(record, 0),
    { label: "opening", text: record.opening },
  ];
}

function turnOf(record: Recorded, index: number): Piece[] {
  const {
    completion,
    results,
    observation,
    invalid,
    segment,
    standing,
    callId,
    keptTurns,
    timeOver,
    world,
    budget,
    handles,
  } = record.turns[index]!;
  const { text, ...rest } = completion;
  const begun = record.children.filter(({ parent }) => parent?.turn === index);
  return [
    { label: "completion", text },
    ...piecesIn("completion", rest),
    ...clockPieces(record, index + 1),
    ...record.calls.filter(({ turn }) => turn === index).flatMap(callPieces),
    ...record.toolCalls
      .filter(({ turn }) => turn === index)
      .flatMap((call) => piecesIn(`call of tool ${call.name}`, call)),
    { label: "children", text: JSON.stringify(begun.map(({ rolloutId }) => rolloutId)) },
    { label: "observation", text: observation },
    ...results.flatMap((result, block) => piecesIn(`block ${block}`, result)),
    ...piecesIn("state after the turn", {
      segment,
      standing,
      callId,
      ...(invalid && { invalid }),
      ...(keptTurns !== undefined && { keptTurns }),
      ...(world && { world }),
      ...(budget && { budget }),
      ...(handles && { handles }),
    }),
    ...(timeOver ? piecesIn("where its time was over", timeOver) : []),
  ];
}

function endingOf({ turns, calls, status, error, stopReason, answer, world, unawaited }: Recorded): Piece[] {
  return [
    ...calls.filter(({ turn }) => turn >= turns.length).flatMap(callPieces),
    ...piecesIn("ending", { status, error, stopReason, answer, ...(unawaited && { unawaited }) }),
    ...(world?.end === undefined ? [] : piecesIn("the world's last state", world.end)),
  ];
}

function clockPieces({ clockMs }: Recorded, reading: number): Piece[] {
  return clockMs === undefined ? [] : piecesIn("reading of the clock", clockMs[reading] ?? null);
}

function callPieces(call: Call): Piece[] {
  const { prompt, reply, error, wallClock: _, reserved, tokens, ...facts } = call;
  // A manual action is not reserved, and a policy's is, so reservations for turns are not compared.
  const held = call.purpose === "policy" ? null : reserved;
  const of = (what: string) => `${what} of call ${call.id} (${call.purpose})`;
  return [
    ...piecesIn(of("facts"), { ...facts, held, tokens: tokens ?? null }),
    ...(prompt === null ? [] : [{ label: of("prompt"), text: prompt }]),
    ...(reply === null ? [] : [{ label: of("reply"), text: reply }]),
    ...(error === null ? [] : [{ label: of("error"), text: error }]),
  ];
}

/** The value's structure with lengths instead of texts, and then each text unchanged, so that offsets count its bytes. */
function piecesIn(label: string, value: unknown): Piece[] {
  const texts: string[] = [];
  const form = JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== "string") return item;
    texts.push(item);
    return item.length;
  });
  return [{ label, text: form }, ...texts.map((text) => ({ label, text }))];
}
