/** Plays the moves of a reply on a puzzle of LongCoT. Instances are those of its files. */
import type { Json } from "../../src/types.ts";
import { isSpace, WHITE_SPACE } from "../python-text.ts";
import type { Value } from "./python-values.ts";
import { listIn, solutionIn } from "./reply.ts";

/** An instance as a file has it. */
export type Moves = Readonly<Record<string, Json>>;

const S = `${WHITE_SPACE}*`;
const N = `-?\\p{Nd}+`;
const MOVE = `\\[${S}${N}${S},${S}${N}${S},${S}${N}${S}\\]`;
const MOVE_LIST = new RegExp(`\\[${S}(?:${MOVE}${S}(?:,${S}${MOVE}${S})*)?\\]`, "gu");

/** Whether the moves `[block, from, to]` lead from the initial stacks to the goal's. */
export function playsBlocks(reply: string, instance: Moves): boolean {
  return leads(reply, instance, () => true);
}

/** As `playsBlocks`, for discs of which none may lie on a smaller one. */
export function playsDiscs(reply: string, instance: Moves): boolean {
  return leads(reply, instance, (disc, below) => below === undefined || below >= disc);
}

function leads(
  reply: string,
  { initial_state, goal_state }: Moves,
  mayLie: (moved: number, below: number | undefined) => boolean,
): boolean {
  const moves = listIn(reply, MOVE_LIST);
  if (moves === null || moves.length === 0) return false;
  const state = (initial_state as number[][]).map((stack) => [...stack]);
  for (const move of moves) {
    if (!Array.isArray(move) || move.length !== 3) return false;
    const [moved, from, to] = (move as readonly Value[]).map(asIndex);
    if (moved === null || from === null || to === null) return false;
    const [source, target] = [state[from!], state[to!]];
    if (!source || !target || source === target || source.at(-1) !== moved) return false;
    if (!mayLie(moved!, target.at(-1))) return false;
    target.push(source.pop()!);
  }
  return JSON.stringify(state) === JSON.stringify(goal_state);
}

/** A whole number as an index or a name; True is 1, and no stack or block is as large as a number that is rounded. */
function asIndex(value: Value): number | null {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "bigint" ? Number(value) : null;
}

/** Whether a grid keeps the puzzle's numbers and has every number once in each row, column and box. */
export function fillsSudoku(reply: string, { puzzle_grid }: Moves, box: number): boolean {
  const given = puzzle_grid as (number | null)[][];
  const side = given.length;
  const list = listIn(reply, gridPattern(side));
  if (list === null || list.length !== side || box <= 0 || box * box !== side) return false;
  const grid = list.map((row) => (Array.isArray(row) && row.length === side ? row.map(asIndex) : [null]));
  if (grid.some((row) => row.includes(null))) return false;
  const at = (r: number, c: number) => grid[r]![c] as number;
  const isWhole = (cells: readonly number[]) =>
    new Set(cells).size === side && cells.every((cell) => cell >= 1 && cell <= side);
  const line = Array.from({ length: side }, (_, i) => i);
  return line.every(
    (i) =>
      line.every((j) => (given[i]![j] ?? 0) === 0 || given[i]![j] === at(i, j)) &&
      isWhole(line.map((j) => at(i, j))) &&
      isWhole(line.map((j) => at(j, i))) &&
      isWhole(
        line.map((j) => at(box * Math.floor(i / box) + Math.floor(j / box), box * (i % box) + (j % box))),
      ),
  );
}

function gridPattern(side: number): RegExp {
  const row = `\\[${S}${N}${S}(?:,${S}${N}${S}){${side - 1}}\\]`;
  return new RegExp(`\\[${S}${row}${S}(?:,${S}${row}${S}){${side - 1}}\\]`, "gu");
}

/** More columns than an answer has steps: a cell is one number, since an answer may take a million steps. */
const COLUMNS = 2 ** 26;
const STEPS: Readonly<Record<string, number>> = { U: -COLUMNS, D: COLUMNS, L: -1, R: 1 };
// Python's [A-Za-z] without case holds these four too.
const LETTERS = /[A-Za-zİıſK]+/g;
const ONLY_STEPS = /^[UDLR]+$/i;

/** Whether the steps push every box onto a goal. Steps into walls and pushes that cannot be made change nothing. */
export function playsSokoban(reply: string, instance: Moves): boolean {
  const steps = stepsIn(reply);
  if (steps === null) return false;
  const setOf = (name: string) =>
    new Set((instance[name] as number[][]).map(([row, column]) => cellAt(row!, column!)));
  const [walls, boxes, goals] = [setOf("walls"), setOf("boxes"), setOf("goals")];
  const [row, column] = instance.player as [number, number];
  let at = cellAt(row, column);
  for (const step of steps) {
    const by = STEPS[step]!;
    const next = at + by;
    if (walls.has(next)) continue;
    if (boxes.has(next)) {
      const behind = next + by;
      if (walls.has(behind) || boxes.has(behind)) continue;
      boxes.delete(next);
      boxes.add(behind);
    }
    at = next;
  }
  return boxes.size === goals.size && [...boxes].every((box) => goals.has(box));
}

function cellAt(row: number, column: number): number {
  return row * COLUMNS + column;
}

function stepsIn(reply: string): string | null {
  const solution = solutionIn(reply);
  if (solution === null) {
    let last: string | null = null;
    for (const [run] of reply.matchAll(LETTERS)) if (ONLY_STEPS.test(run)) last = run.toUpperCase();
    return last;
  }
  let steps = "";
  for (const char of solution.toUpperCase()) {
    if (char in STEPS) steps += char;
    else if (!isSpace(char)) break;
  }
  return steps === "" ? null : steps;
}
