/** Replies to a question with choices, drawn from a seed: the sentence with a letter, near it, twice, in bold, cut. */
import { Random } from "../../../src/random.ts";

const PIECES = [
  "The correct answer is ",
  "The correct answer is (",
  "the correct answer is (",
  "The correct answer is:",
  "The correct  answer is ",
  "The *correct* answer is ",
  "**",
  "*",
  "(",
  ")",
  "A",
  "B",
  "(C)",
  "D)",
  "E",
  "a",
  " ",
  "\n",
  ".",
  "(*B*)",
  "correct answer is C",
  "Ａ",
];

/** The same replies for the same seed. */
export function replies(count: number, seed: number): string[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: random.randint(0, 12) }, () =>
      random.below(6) === 0
        ? random.choice(PIECES.slice(0, 2)) + random.choice(["A", "B", "C", "D", "E"])
        : random.choice(PIECES),
    ).join(""),
  );
}
