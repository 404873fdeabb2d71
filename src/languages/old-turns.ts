/** How the languages keep a policy's old turns in variables, and what they tell it of them. */
import type { Json } from "../types.ts";

/** A turn as a variable holds it: what the policy said, and the observation that answered it. */
export interface OldTurn {
  readonly said: string;
  readonly saw: string;
}

/** Old turns in variables of a language. */
export interface OldTurns {
  /** What stands in the conversation in their place. It has the same length however many there are. */
  describe(): string;
  /** Code that adds turns to the first `held` ones, or, if `held` is 0, makes the variable anew. */
  keep(turns: readonly OldTurn[], held: number): string;
}

/** Writes a value as the language does. */
type Literal = (value: Json) => string;

/** What every language says of them. @param where how code reads them, as one or two sentences */
function describe(where: string): string {
  return `Your earlier turns are not shown here any more. ${where}`;
}

/** In Python. */
export function oldTurnsOfPython(literal: Literal): OldTurns {
  return {
    describe: () =>
      describe(
        'They are in the REPL, in the list `old_turns`, oldest first: `old_turns[-1]["said"]` is what you wrote in the last one of them, and `old_turns[-1]["saw"]` what you got back.',
      ),
    keep: (turns, held) => `old_turns ${held === 0 ? "=" : "+="} ${literal(turns.map(plain))}`,
  };
}

/** In JavaScript. */
export const OLD_TURNS_OF_JAVASCRIPT: OldTurns = {
  describe: () =>
    describe(
      "They are in the REPL, in the array `old_turns`, oldest first: `old_turns.at(-1).said` is what you wrote in the last one of them, and `old_turns.at(-1).saw` what you got back.",
    ),
  keep: (turns, held) =>
    held === 0
      ? `globalThis.old_turns = ${JSON.stringify(turns)};`
      : `old_turns.push(...${JSON.stringify(turns)});`,
};

/** In Clojure. */
export function oldTurnsOfClojure(literal: Literal): OldTurns {
  return {
    describe: () =>
      describe(
        'They are in the REPL, in the vector `old-turns`, oldest first: `(get (peek old-turns) "said")` is what you wrote in the last one of them, and `(get (peek old-turns) "saw")` what you got back.',
      ),
    keep: (turns, held) =>
      `(def old-turns (into ${held === 0 ? "[]" : "old-turns"} ${literal(turns.map(plain))}))`,
  };
}

/** In SQL. */
export function oldTurnsOfSql(literal: Literal): OldTurns {
  return {
    describe: () =>
      describe(
        "They are in the table old_turns(turn, said, saw), the first one with turn = 1: `said` is what you wrote, and `saw` what you got back.",
      ),
    keep: (turns, held) => {
      const rows = turns.map(
        ({ said, saw }, index) =>
          `(${held + index + 1}, ${literal(printable(said))}, ${literal(printable(saw))})`,
      );
      const anew =
        "DROP TABLE IF EXISTS old_turns;\nCREATE TABLE old_turns (turn INTEGER PRIMARY KEY, said TEXT, saw TEXT);\n";
      return `${held === 0 ? anew : ""}INSERT INTO old_turns VALUES ${rows.join(", ")};`;
    },
  };
}

/** In bash. */
export function oldTurnsOfBash(literal: Literal): OldTurns {
  const folder = "/home/user/old_turns";
  return {
    describe: () =>
      describe(
        `They are in files in ${folder}: 1.said is what you wrote in the first turn, 1.saw what you got back, and so on.`,
      ),
    keep: (turns, held) =>
      [
        ...(held === 0 ? [`rm -rf ${folder}`, `mkdir -p ${folder}`] : []),
        ...turns.flatMap(({ said, saw }, index) =>
          Object.entries({ said, saw }).map(
            ([part, text]) =>
              `printf '%s\\n' ${literal(printable(text))} > ${folder}/${held + index + 1}.${part}`,
          ),
        ),
      ].join("\n"),
  };
}

/** As a JSON object. */
function plain({ said, saw }: OldTurn): { readonly said: string; readonly saw: string } {
  return { said, saw };
}

/** Without NUL, which ends texts in some languages. */
function printable(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}
