/** A small Turing machine that is run for a number of steps: a puzzle of cs, whose answer is an object. */
import type { Json, JsonObject } from "../../../src/types.ts";
import { ending, labelled, type PuzzleKind, written } from "./kind.ts";

const SYMBOLS = 3;
const MOST_STEPS = 100_000;
/** Of a state and a symbol: what is written, where the head goes (-1 or 1), and the next state. */
type Rule = readonly [symbol: number, move: number, state: number];

/** The tape's one is without end, and blank (0) but for the beginning. */
export const machine: PuzzleKind = {
  template: "TM",
  mostSize: 2000,
  draw: (size, random) => {
    const states = 3 + Math.min(size, 7);
    const rules = Array.from({ length: states }, () =>
      Array.from({ length: SYMBOLS }, (): Json => [
        random.below(SYMBOLS),
        random.below(2) === 0 ? -1 : 1,
        random.below(states),
      ]),
    );
    const tape = Array.from({ length: 10 + size }, () => random.below(SYMBOLS));
    const instance = { rules, tape, steps: 25 * size };
    return { problem: { config: { size }, instance, solution: null }, answer: run(instance) };
  },
  write: ({ problem }) => {
    const { rules, tape, steps } = problem.instance as JsonObject;
    return `A machine has a tape without end on both sides, with a symbol in each cell: 0, 1 or 2. The cells from position 0 on hold the symbols below, and all others hold 0. The machine begins in state 0, with its head at position 0. In each step it looks up its state and the symbol under its head in the rules, whose row is the state and whose column is the symbol: [symbol, move, state] is the symbol that it writes, where its head goes then (1: to the next higher position, -1: to the next lower), and its next state.

Run the machine for the number of steps below. Then A1 is its state, A2 the position of its head, A3 how many cells do not hold 0, and A4 the sum over all cells of position times symbol.

Rules: ${written(rules!)}
Tape: ${written(tape!)}
Steps: ${Number(steps)}

${ending('{"A1": a whole number, "A2": a whole number, "A3": a whole number, "A4": a whole number}')}`;
  },
  solve: ({ answer }) => JSON.stringify(answer),
  read: (text) => {
    const [rules, tape, steps] = [labelled(text, "Rules"), labelled(text, "Tape"), labelled(text, "Steps")];
    if (!areRules(rules) || !Array.isArray(tape) || !tape.every((one) => isSymbol(one))) return null;
    if (typeof steps !== "number" || !(steps >= 0 && steps <= MOST_STEPS)) return null;
    const instance = { rules, tape, steps } as unknown as JsonObject;
    return { problem: { instance }, answer: run(instance) };
  },
  // Each step rests on the one before it: one that is lost is a step too few.
  parts: ({ problem }) =>
    Array.from({ length: Math.min(2000, Number((problem.instance as JsonObject).steps)) }, (_, i) => i),
  answer: (kept, drawn) => {
    const instance = drawn.problem.instance as JsonObject;
    const all = machine.parts(drawn).length;
    return JSON.stringify(run({ ...instance, steps: Number(instance.steps) - (all - kept.length) }));
  },
};

function areRules(value: Json | undefined): value is Json[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (row) =>
        Array.isArray(row) &&
        row.length === SYMBOLS &&
        row.every(
          (rule) =>
            Array.isArray(rule) &&
            isSymbol(rule[0]) &&
            (rule[1] === 1 || rule[1] === -1) &&
            Number.isInteger(rule[2]) &&
            Number(rule[2]) >= 0 &&
            Number(rule[2]) < value.length,
        ),
    )
  );
}

function isSymbol(value: Json | undefined): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < SYMBOLS;
}

function run(instance: JsonObject): JsonObject {
  const rules = instance.rules as unknown as Rule[][];
  const cells = new Map((instance.tape as number[]).map((symbol, at) => [at, symbol]));
  let [state, at] = [0, 0];
  for (let step = 0; step < Number(instance.steps); step += 1) {
    const [symbol, move, next] = rules[state]![cells.get(at) ?? 0]!;
    cells.set(at, symbol);
    [state, at] = [next, at + move];
  }
  const marked = [...cells].filter(([, symbol]) => symbol !== 0);
  return {
    A1: state,
    A2: at,
    A3: marked.length,
    A4: marked.reduce((sum, [position, symbol]) => sum + position * symbol, 0),
  };
}
