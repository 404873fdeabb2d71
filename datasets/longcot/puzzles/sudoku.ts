/** Sudokus: any grid that keeps the given numbers is right, so that a puzzle may have several solutions. */
import type { Random } from "../../../src/random.ts";
import type { Json, JsonObject } from "../../../src/types.ts";
import { type Drawn, ending, labelled, type PuzzleKind, written } from "./kind.ts";

/** Cells that a search for a solution may try. */
const MOST_TRIES = 20_000;
/** The largest boxes that are searched. */
const MOST_BOX = 4;

/** From size 4 on, a grid of 9 × 9 with ever more empty cells; below, one of 4 × 4. */
export const sudoku: PuzzleKind = {
  template: "Sudoku",
  mostSize: 16,
  draw: (size, random) => {
    const n = size < 4 ? 2 : 3;
    const side = n * n;
    const empty = Math.min(Math.floor(side * side * 0.7), n === 2 ? 2 + 2 * size : 16 + 4 * (size - 4));
    const grid = fullGrid(n, random);
    for (const at of random.sampleIndices(side * side, empty)) grid[Math.floor(at / side)]![at % side] = 0;
    return { problem: { config: { n }, instance: { puzzle_grid: grid }, solution: null }, answer: null };
  },
  write: ({ problem }) => {
    const n = Number((problem.config as JsonObject).n);
    const side = n * n;
    return `A Sudoku: fill the empty cells, which are 0, so that each row, each column and each of the ${side} boxes of ${n} x ${n} cells holds every number from 1 to ${side} once. The numbers that are given stay.

Grid size: ${side} x ${side}
Block size: ${n} x ${n}
Puzzle grid: ${written((problem.instance as JsonObject).puzzle_grid!)}

${ending(`the whole grid as a list of its rows: [[...], ..., [...]]`)}`;
  },
  solve: (drawn) => {
    const grid = solved(drawn);
    return grid === null ? null : JSON.stringify(grid);
  },
  read: (text) => {
    const grid = labelled(text, "Puzzle grid");
    if (!Array.isArray(grid)) return null;
    const n = Math.sqrt(grid.length);
    const isGrid = grid.every(
      (row) => Array.isArray(row) && row.length === grid.length && row.every(Number.isInteger),
    );
    if (!Number.isInteger(n) || !isGrid) return null;
    return { problem: { config: { n }, instance: { puzzle_grid: grid } }, answer: null };
  },
  parts: (drawn) => solved(drawn) ?? [],
  answer: (rows) => JSON.stringify(rows),
};

/** A pattern that is right, with its numbers, and its rows and columns within boxes, in another order. */
function fullGrid(n: number, random: Random): number[][] {
  const side = n * n;
  const order = () => {
    const groups = random.shuffle(Array.from({ length: n }, (_, i) => i));
    return groups.flatMap((group) =>
      random.shuffle(Array.from({ length: n }, (_, i) => i)).map((i) => group * n + i),
    );
  };
  const [rows, columns] = [order(), order()];
  const numbers = random.shuffle(Array.from({ length: side }, (_, i) => i + 1));
  return rows.map((r) => columns.map((c) => numbers[(n * (r % n) + Math.floor(r / n) + c) % side]!));
}

/** A solution by search, the cell with the fewest numbers first; null where none is found within the bound. */
function solved({ problem }: Drawn): Json[] | null {
  const n = Number((problem.config as JsonObject).n);
  const given = (problem.instance as JsonObject).puzzle_grid as number[][];
  const side = given.length;
  if (n > MOST_BOX || n * n !== side) return null;
  const grid = given.map((row) => row.map((cell) => cell ?? 0));
  const units = Array.from({ length: 3 }, () => given.map(() => 0));
  const boxOf = (r: number, c: number) => n * Math.floor(r / n) + Math.floor(c / n);
  const set = (r: number, c: number, bit: number) => {
    units[0]![r]! ^= bit;
    units[1]![c]! ^= bit;
    units[2]![boxOf(r, c)]! ^= bit;
  };
  const taken = (r: number, c: number) => units[0]![r]! | units[1]![c]! | units[2]![boxOf(r, c)]!;
  for (let r = 0; r < side; r += 1)
    for (let c = 0; c < side; c += 1) if (grid[r]![c]! > 0) set(r, c, 1 << grid[r]![c]!);
  let tries = 0;
  const fill = (): boolean => {
    let [best, fewest] = [null as readonly [number, number] | null, side + 1];
    for (let r = 0; r < side; r += 1)
      for (let c = 0; c < side; c += 1) {
        if (grid[r]![c] !== 0) continue;
        const used = taken(r, c);
        let free = 0;
        for (let number = 1; number <= side; number += 1) if ((used & (1 << number)) === 0) free += 1;
        if (free < fewest) [best, fewest] = [[r, c], free];
      }
    if (best === null) return true;
    const [r, c] = best;
    for (let number = 1; number <= side && tries < MOST_TRIES; number += 1) {
      const bit = 1 << number;
      if ((taken(r, c) & bit) !== 0) continue;
      tries += 1;
      set(r, c, bit);
      grid[r]![c] = number;
      if (fill()) return true;
      set(r, c, bit);
      grid[r]![c] = 0;
    }
    return false;
  };
  return fill() ? grid : null;
}
