/** Sokoban: levels that are made by pulling boxes from their goals, so that pushing them back solves them. */
import type { Random } from "../../../src/random.ts";
import type { Json, JsonObject } from "../../../src/types.ts";
import { type Drawn, ending, labelled, type PuzzleKind, written } from "./kind.ts";

type Cell = readonly [row: number, column: number];
const STEPS: readonly (readonly [name: string, row: number, column: number])[] = [
  ["U", -1, 0],
  ["D", 1, 0],
  ["L", 0, -1],
  ["R", 0, 1],
];
/** States that a search for a solution looks at. */
const MOST_STATES = 5_000;
/** Cells that are looked at around the player. */
const MOST_CELLS = 500;
/** Pulls that are tried for each box of a level. */
const PULLS = 12;

/** A level; `solution` in its config is one that its making gave. */
export const sokoban: PuzzleKind = {
  template: "Sokoban",
  mostSize: 20,
  draw: (size, random) => {
    for (;;) {
      const level = drawLevel(size, random);
      if (level !== null) return level;
    }
  },
  write: ({ problem }) => {
    const { width, height, puzzle_grid, player, boxes, goals } = problem.instance as JsonObject;
    return `Sokoban: push every box onto a goal. A step goes up (U, to the row before), down (D), left (L) or right (R). Stepping onto a box pushes it one cell further, if that cell holds neither a wall nor a box. Boxes cannot be pulled.

In the grid, # is a wall, @ the player, $ a box, . a goal, * a box on a goal, + the player on a goal, and a space is empty floor. Cells are (row, column), counted from 0.

Grid: ${written(puzzle_grid!)}
Width: ${Number(width)}
Height: ${Number(height)}
Number of boxes and goals: ${(boxes as Json[]).length}
Player start location: ${written(player!)}
Box start locations: ${written(boxes!)}
Goal locations: ${written(goals!)}

${ending("the letters of the steps in one word, such as LLURD")}`;
  },
  solve: (drawn) => solved(drawn),
  read: (text) => {
    const [grid, player, boxes, goals] = [
      labelled(text, "Grid"),
      labelled(text, "Player start location"),
      labelled(text, "Box start locations"),
      labelled(text, "Goal locations"),
    ];
    if (!Array.isArray(grid) || !isCell(player) || !areCells(boxes) || !areCells(goals)) return null;
    const rows = grid as string[][];
    if (!rows.every((row) => Array.isArray(row))) return null;
    const walls = rows.flatMap((row, r) => row.flatMap((char, c) => (char === "#" ? [[r, c]] : [])));
    return { problem: { instance: { walls, player, boxes, goals } }, answer: null };
  },
  parts: (drawn) => (solved(drawn) ?? "").split(""),
  answer: (steps) => (steps as string[]).join(""),
};

function isCell(value: Json | undefined): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => Number.isInteger(part));
}

function areCells(value: Json | undefined): value is [number, number][] {
  return Array.isArray(value) && value.length > 0 && value.every((cell) => isCell(cell));
}

/** Null where no box could be pulled off its goal. */
function drawLevel(size: number, random: Random): Drawn | null {
  const [height, width] = [5 + Math.ceil(size / 2), 5 + Math.floor(size / 2)];
  const walls = new Set<string>();
  const inner: Cell[] = [];
  for (let r = 0; r < height; r += 1)
    for (let c = 0; c < width; c += 1)
      if (r === 0 || c === 0 || r === height - 1 || c === width - 1) walls.add(String([r, c]));
      else inner.push([r, c]);
  for (const cell of random.sample(inner, Math.floor(inner.length * 0.12))) walls.add(String(cell));
  const floor = inner.filter((cell) => !walls.has(String(cell)));
  const [start, ...goals] = random.sample(floor, 2 + Math.floor(size / 5));
  const boxes = new Set(goals.map(String));
  let player = start!;
  const pushes: Push[] = [];
  for (let i = 0; i < PULLS * boxes.size; i += 1) {
    const reachable = pathsFrom(player, walls, boxes);
    const pulls = [...boxes].flatMap((box) => pullsOf(cellOf(box), walls, boxes, reachable));
    if (pulls.length === 0) break;
    const pull = random.choice(pulls);
    boxes.delete(String(pull.box));
    boxes.add(String(pull.stand));
    player = [2 * pull.stand[0] - pull.box[0], 2 * pull.stand[1] - pull.box[1]];
    pushes.unshift({ box: pull.stand, to: pull.box });
  }
  const isSolved = goals.every((goal) => boxes.has(String(goal)));
  if (pushes.length === 0 || isSolved) return null;
  const cells = [...boxes].map(cellOf);
  const grid = Array.from({ length: height }, (_, r) =>
    Array.from({ length: width }, (__, c) => symbolOf([r, c], { walls, boxes, goals, player })),
  );
  const instance = {
    width,
    height,
    walls: [...walls].map((wall) => [...cellOf(wall)]),
    goals: goals.map((cell) => [...cell]),
    boxes: cells.map((cell) => [...cell]),
    player: [...player],
    puzzle_grid: grid,
  };
  const steps = stepsOf(pushes, player, walls, boxes);
  return { problem: { config: { made: steps }, instance, solution: null }, answer: null };
}

interface Push {
  readonly box: Cell;
  readonly to: Cell;
}

function pullsOf(box: Cell, walls: Set<string>, boxes: Set<string>, reachable: Map<string, string>) {
  return STEPS.flatMap(([, down, right]) => {
    const stand: Cell = [box[0] + down, box[1] + right];
    const back = String([box[0] + 2 * down, box[1] + 2 * right]);
    return reachable.has(String(stand)) && !walls.has(back) && !boxes.has(back) ? [{ box, stand }] : [];
  });
}

/** The steps that carry out the pushes, with the ways between them. */
function stepsOf(
  pushes: readonly Push[],
  start: Cell,
  walls: Set<string>,
  begin: ReadonlySet<string>,
): string {
  const boxes = new Set(begin);
  let [player, steps] = [start, ""];
  for (const { box, to } of pushes) {
    const behind: Cell = [2 * box[0] - to[0], 2 * box[1] - to[1]];
    const [name] = STEPS.find(([, down, right]) => box[0] + down === to[0] && box[1] + right === to[1])!;
    steps += pathsFrom(player, walls, boxes).get(String(behind))! + name;
    boxes.delete(String(box));
    boxes.add(String(to));
    player = box;
  }
  return steps;
}

/** For each cell that the player can walk to, the steps there. */
function pathsFrom(
  player: Cell,
  walls: ReadonlySet<string>,
  boxes: ReadonlySet<string>,
): Map<string, string> {
  const paths = new Map([[String(player), ""]]);
  for (const [at, path] of paths) {
    const [row, column] = cellOf(at);
    for (const [name, down, right] of STEPS) {
      const next = String([row + down, column + right]);
      if (!walls.has(next) && !boxes.has(next) && !paths.has(next) && paths.size < MOST_CELLS)
        paths.set(next, path + name);
    }
  }
  return paths;
}

function cellOf(name: string): Cell {
  const [row, column] = name.split(",").map(Number);
  return [row!, column!];
}

function symbolOf(
  cell: Cell,
  {
    walls,
    boxes,
    goals,
    player,
  }: { walls: Set<string>; boxes: Set<string>; goals: readonly Cell[]; player: Cell },
): string {
  const name = String(cell);
  const isGoal = goals.some((goal) => String(goal) === name);
  if (walls.has(name)) return "#";
  if (boxes.has(name)) return isGoal ? "*" : "$";
  if (String(player) === name) return isGoal ? "+" : "@";
  return isGoal ? "." : " ";
}

/** The solution of the level's making, or the one with the fewest pushes; null where none is found within the bound. */
function solved({ problem }: Drawn): string | null {
  const made = (problem.config as JsonObject | undefined)?.made;
  if (typeof made === "string") return made;
  const { walls, player, boxes, goals } = problem.instance as Record<string, number[][]> & { player: Cell };
  const walled = new Set(walls!.map(String));
  const wanted = new Set(goals!.map(String));
  interface State {
    readonly boxes: ReadonlySet<string>;
    readonly player: Cell;
    readonly steps: string;
  }
  const queue: State[] = [{ boxes: new Set(boxes!.map(String)), player, steps: "" }];
  const seen = new Set<string>();
  for (let i = 0; i < queue.length && i < MOST_STATES; i += 1) {
    const state = queue[i]!;
    if ([...state.boxes].every((box) => wanted.has(box))) return state.steps;
    const paths = pathsFrom(state.player, walled, state.boxes);
    for (const box of state.boxes) {
      const [row, column] = cellOf(box);
      for (const [name, down, right] of STEPS) {
        const way = paths.get(String([row - down, column - right]));
        const to = String([row + down, column + right]);
        if (way === undefined || walled.has(to) || state.boxes.has(to)) continue;
        const next = new Set(state.boxes);
        next.delete(box);
        next.add(to);
        const key = `${[...next].toSorted().join(";")}|${box}`;
        if (seen.has(key)) continue;
        seen.add(key);
        queue.push({ boxes: next, player: [row, column], steps: state.steps + way + name });
      }
    }
  }
  return null;
}
