/** Stacks of blocks and of discs that moves bring from one state to another. */
import type { Random } from "../../../src/random.ts";
import type { Json, JsonObject } from "../../../src/types.ts";
import { type Drawn, ending, labelled, type PuzzleKind, written } from "./kind.ts";

const STACKS = 3;
/** Solutions of more blocks or discs are too long to be worked out: they grow with the square, and twofold with each disc. */
const MOST_BLOCKS = 400;
const MOST_DISCS = 16;
type Move = [moved: number, from: number, to: number];

/** Any block may lie on any other. */
export const blocks: PuzzleKind = {
  template: "BlocksWorld",
  mostSize: 40,
  draw: (size, random) => drawn(4 * size, random, false),
  write: (puzzle) => statement(puzzle, "block", "A block may be put on any stack."),
  solve: (puzzle) => solution(movesOfBlocks(puzzle)),
  read: (text) => (/\bblocks?\b/.test(text) && !/\bdiscs?\b/.test(text) ? readStacks(text) : null),
  parts: movesOfBlocks,
  answer: (moves) => JSON.stringify(moves),
};

/** No disc may lie on a smaller one. */
export const discs: PuzzleKind = {
  template: "RandomHanoi",
  mostSize: 12,
  draw: (size, random) => drawn(2 + size, random, true),
  write: (puzzle) =>
    statement(
      puzzle,
      "disc",
      "Numbers are sizes: a disc may be put on an empty stack or on a larger disc only.",
    ),
  solve: (puzzle) => solution(movesOfDiscs(puzzle)),
  read: (text) => (/\bdiscs?\b/.test(text) ? readStacks(text) : null),
  parts: movesOfDiscs,
  answer: (moves) => JSON.stringify(moves),
};

function solution(moves: readonly Move[]): string | null {
  return moves.length === 0 ? null : JSON.stringify(moves);
}

function drawn(n: number, random: Random, bySize: boolean): Drawn {
  const state = () => {
    const stacks: number[][] = Array.from({ length: STACKS }, () => []);
    const order = Array.from({ length: n }, (_, i) => n - 1 - i);
    for (const one of bySize ? order : random.shuffle(order)) random.choice(stacks).push(one);
    return stacks;
  };
  const initial = state();
  let goal = state();
  while (JSON.stringify(goal) === JSON.stringify(initial)) goal = state();
  const instance = { n, k: STACKS, initial_state: initial, goal_state: goal };
  return { problem: { config: { n, k: STACKS }, instance, solution: null }, answer: null };
}

function statement({ problem }: Drawn, thing: string, rule: string): string {
  const { n, k, initial_state, goal_state } = problem.instance as JsonObject;
  return `Stacks of ${thing}s are to be brought from one state to another, one move after the other. A state lists the stacks, and a stack lists its ${thing}s from bottom to top. Only the topmost ${thing} of a stack can be moved, onto the top of another stack. ${rule}

A move is written as [${thing}, from_stack, to_stack], and stacks are counted from 0.

Initial state: ${written(initial_state!)}
Goal state: ${written(goal_state!)}
Number of ${thing}s: ${Number(n)}
Number of stacks: ${Number(k)}

${ending("[[" + thing + ", from_stack, to_stack], ...]")}`;
}

function readStacks(text: string): Drawn | null {
  const [initial, goal] = [labelled(text, "Initial state"), labelled(text, "Goal state")];
  if (!areStacks(initial) || !areStacks(goal)) return null;
  return { problem: { instance: { initial_state: initial, goal_state: goal } }, answer: null };
}

function areStacks(value: Json | undefined): value is number[][] {
  return (
    Array.isArray(value) &&
    value.length >= STACKS &&
    value.every((stack) => Array.isArray(stack) && stack.every((one) => Number.isInteger(one)))
  );
}

/** Null where the two states do not have the same things, each once, or more than `most` of them. */
function statesOf({ problem }: Drawn, most: number): { state: number[][]; goal: number[][] } | null {
  const { initial_state, goal_state } = problem.instance as JsonObject;
  if (!areStacks(initial_state) || !areStacks(goal_state)) return null;
  const [here, there] = [initial_state.flat(), new Set(goal_state.flat())];
  const areSame = new Set(here).size === here.length && here.every((one) => there.has(one));
  if (!areSame || goal_state.flat().length !== here.length || here.length > most) return null;
  if (goal_state.length !== initial_state.length) return null;
  return { state: initial_state.map((stack) => [...stack]), goal: goal_state };
}

/**
 * Piles everything on stack 1, then takes block by block to stack 0, in an order from which the goal is dealt out: what lies
 * over the wanted block goes to and fro between stacks 1 and 2.
 */
function movesOfBlocks(puzzle: Drawn): Move[] {
  const states = statesOf(puzzle, MOST_BLOCKS);
  if (states === null) return [];
  const { state, goal } = states;
  const moves: Move[] = [];
  const move = (from: number, to: number) => {
    const moved = state[from]!.pop()!;
    state[to]!.push(moved);
    moves.push([moved, from, to]);
  };
  for (const [from, stack] of state.entries()) if (from !== 1) while (stack.length > 0) move(from, 1);
  const dealt = goal.slice(1).map((stack) => stack.toReversed());
  for (const wanted of [...goal[0]!, ...dealt.flat()]) {
    const from = state[1]!.includes(wanted) ? 1 : 2;
    while (state[from]!.at(-1) !== wanted) move(from, 3 - from);
    move(from, 0);
  }
  // Deal from the last stack on: its blocks lie on top.
  for (let from = 1; from <= 2; from += 1) while (state[from]!.length > 0) move(from, 3 - from);
  for (let to = goal.length - 1; to >= 1; to -= 1) for (const _ of goal[to]!) move(0, to);
  return moves;
}

/** From the largest disc down: one that is out of place is freed by bringing all smaller ones to a third stack. */
function movesOfDiscs(puzzle: Drawn): Move[] {
  const states = statesOf(puzzle, MOST_DISCS);
  if (states === null) return [];
  const { state, goal } = states;
  const place = new Map(state.flatMap((stack, at) => stack.map((disc) => [disc, at] as const)));
  const wanted = new Map(goal.flatMap((stack, at) => stack.map((disc) => [disc, at] as const)));
  const order = [...place.keys()].toSorted((a, b) => a - b);
  const moves: Move[] = [];
  /** Brings the `count` smallest discs to one stack. */
  const gather = (count: number, to: number): void => {
    if (count === 0) return;
    const disc = order[count - 1]!;
    const from = place.get(disc)!;
    if (from === to) return gather(count - 1, to);
    shift(count - 1, disc, from, to);
    gather(count - 1, to);
  };
  const shift = (smaller: number, disc: number, from: number, to: number): void => {
    const third = [0, 1, 2].find((stack) => stack !== from && stack !== to)!;
    gather(smaller, third);
    moves.push([disc, from, to]);
    place.set(disc, to);
  };
  for (let i = order.length - 1; i >= 0; i -= 1) {
    const disc = order[i]!;
    const [from, to] = [place.get(disc)!, wanted.get(disc) ?? 0];
    if (from !== to) shift(i, disc, from, to);
  }
  return moves;
}
