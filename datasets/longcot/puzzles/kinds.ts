/** The kinds of puzzles that are made here. */
import type { PuzzleKind } from "./kind.ts";
import { machine } from "./machine.ts";
import { dungeon, packaging, trapezoids, wizards } from "./numbers.ts";
import { sokoban } from "./sokoban.ts";
import { blocks, discs } from "./stacks.ts";
import { sudoku } from "./sudoku.ts";

/** In the order in which they take turns. */
export const KINDS: readonly PuzzleKind[] = [
  blocks,
  discs,
  sokoban,
  sudoku,
  dungeon,
  packaging,
  trapezoids,
  wizards,
  machine,
];
