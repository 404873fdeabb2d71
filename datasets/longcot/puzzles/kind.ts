/** What a kind of puzzle needs to be made, solved and read by a simulated model. */
import type { Random } from "../../../src/random.ts";
import type { Json, JsonObject } from "../../../src/types.ts";

/** `problem` and `answer` as a published question has them, without the name of the template. */
export interface Drawn {
  readonly problem: JsonObject;
  readonly answer: Json;
}

/** One kind of puzzle. */
export interface PuzzleKind {
  /** The name in LongCoT's files, by which a verifier is chosen. */
  readonly template: string;
  /** The largest size that is made; beyond it a solution is too long to be written down. */
  readonly mostSize: number;
  /** A puzzle that can be solved. */
  draw(size: number, random: Random): Drawn;
  /** The rules, the instance and the form of the answer. */
  write(drawn: Drawn): string;
  /** What stands after `solution =` in a right reply; null where no solution is found. */
  solve(drawn: Drawn): string | null;
  /** The puzzle that a text holds, made here or published; null if it holds none of this kind. */
  read(text: string): Drawn | null;
  /** The parts that an answer is made of, in order, and the answer from those that are left: what a reader may lose. */
  parts(drawn: Drawn): readonly Json[];
  answer(parts: readonly Json[], drawn: Drawn): string;
}

/** Lists in one line, as Python prints them. */
export function written(value: Json): string {
  return JSON.stringify(value).replaceAll(",", ", ");
}

/** The last line of a text that begins with a label, as JSON; undefined if there is none. */
export function labelled(text: string, label: string): Json | undefined {
  const at = text.lastIndexOf(`\n${label}: `);
  if (at < 0) return undefined;
  const start = at + label.length + 3;
  const end = text.indexOf("\n", start);
  const line = text.slice(start, end < 0 ? text.length : end).trim();
  try {
    return JSON.parse(line.replaceAll("(", "[").replaceAll(")", "]").replaceAll("'", '"')) as Json;
  } catch {
    return undefined;
  }
}

/** How every statement ends. */
export function ending(form: string): string {
  return `End your reply with a line of this form:\nsolution = ${form}`;
}
