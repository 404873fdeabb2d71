/** Whether a reply solves a puzzle of LongCoT, exactly as its own verifiers find: by playing the moves, or by comparing. */
import type { Json } from "../../src/types.ts";
import { type Moves, playsBlocks, playsDiscs, playsSokoban, fillsSudoku } from "./play.ts";
import { firstIntOf, hasObject, intIn, intsIn, intsOf } from "./reply.ts";
import { intOf, PythonRaises, valueOf } from "./python-values.ts";

/** What a verifier knows of a puzzle: `problem` and `answer` of a published question. */
export interface Puzzle {
  readonly template: string;
  readonly problem: Readonly<Record<string, Json>>;
  readonly answer: Json;
}

type Verifier = (reply: string, puzzle: Puzzle) => boolean;

const byNumber: Verifier = (reply, { problem }) => {
  const found = intIn(reply);
  return found !== null && found === intOfJson(problem.solution!);
};

const byRemainder: Verifier = (reply, { problem }) => {
  const found = intIn(reply);
  if (found === null) return false;
  const modulus = intOfJson((problem.instance as Moves).mod!)!;
  const apart = found - intOfJson(problem.solution!)!;
  return apart % modulus === 0n;
};

const byObject: Verifier = (reply, { answer }) =>
  typeof answer === "object" &&
  answer !== null &&
  !Array.isArray(answer) &&
  hasObject(reply, valueOf(answer));

const byInts: Verifier = (reply, { answer }) => {
  const gold = intsOf(valueOf(answer));
  const found = gold && intsIn(reply, gold.length);
  return (
    gold !== null &&
    found !== null &&
    found.length === gold.length &&
    found.every((number, i) => number === gold[i])
  );
};

const byInt: Verifier = (reply, { answer }) => {
  const found = intIn(reply);
  const gold = typeof answer === "string" ? answer : JSON.stringify(answer);
  return found !== null && found === (intOf(gold) ?? firstIntOf(gold));
};

const VERIFIERS: Readonly<Record<string, Verifier>> = {
  BlocksWorld: (reply, { problem }) => playsBlocks(reply, problem.instance as Moves),
  RandomHanoi: (reply, { problem }) => playsDiscs(reply, problem.instance as Moves),
  Sokoban: (reply, { problem }) => playsSokoban(reply, problem.instance as Moves),
  Sudoku: (reply, { problem }) =>
    fillsSudoku(reply, problem.instance as Moves, Number((problem.config as Moves).n)),
  Dungeon: byNumber,
  TrapezoidCounting: byNumber,
  PackagingMinWaste: byRemainder,
  WizardsTotalStrength: byRemainder,
  HM: byObject,
  MFMC: byObject,
  Scheduling: byObject,
  TM: byObject,
  MCM: byObject,
  LLVM: byObject,
  Backprop: byInts,
  DistMem: byInts,
  VLIW: byInt,
  CodeTrace: byInt,
};

/** The templates of logic and of cs. */
export const TEMPLATES: Readonly<Record<"logic" | "cs", readonly string[]>> = {
  logic: Object.keys(VERIFIERS).slice(0, 8),
  cs: Object.keys(VERIFIERS).slice(8),
};

/** False for a puzzle of no known template, and also where the official code raises instead of finding anything, as it does for numbers of more than 4,300 digits. */
export function solves(reply: string, puzzle: Puzzle): boolean {
  try {
    return Object.hasOwn(VERIFIERS, puzzle.template) && VERIFIERS[puzzle.template]!(reply, puzzle);
  } catch (error) {
    if (error instanceof PythonRaises) return false;
    throw error;
  }
}

function intOfJson(json: Json): bigint | null {
  return typeof json === "number" && Number.isInteger(json) ? BigInt(json) : null;
}
