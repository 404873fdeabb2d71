/** Answers and gold texts, drawn from a seed: in the gold's words, near them, in other cases and among control characters. */
import { Random } from "../../../src/random.ts";

export interface ScorerCase {
  readonly answer: string;
  readonly gold: readonly string[];
}

const WORDS = [
  "QAHFT",
  "oak",
  "1234567",
  "straße",
  "İzmir",
  "ΟΔΟΣ",
  "ǅ",
  "a\nb",
  "x\ty",
  "no",
  "",
  "中文",
  "e\u0301",
  "\u0085",
  "ﬁn",
];
const BETWEEN = [
  ", ",
  " ",
  "\n",
  "\x1c",
  "\x00",
  "\x1f",
  "\x7f",
  "\u00a0",
  "\ufeff",
  "\u2028",
  "1. ",
  "**",
  "",
];

/** The same cases for the same seed. */
export function scorerCases(count: number, seed: number): ScorerCase[] {
  const random = new Random(seed);
  const recased = (word: string) =>
    random.choice([word, word.toUpperCase(), word.toLowerCase(), word.replaceAll(/[\n\t]/g, "\x0b")]);
  return Array.from({ length: count }, () => {
    const gold = Array.from({ length: random.randint(1, 5) }, () => random.choice(WORDS));
    const said = Array.from({ length: random.below(7) }, () =>
      random.below(3) === 0 ? random.choice(WORDS) : recased(random.choice(gold)),
    );
    const answer = said.map((word) => random.choice(BETWEEN) + word).join("") + random.choice(BETWEEN);
    return { answer: random.below(6) === 0 ? answer.slice(1, -1) : answer, gold };
  });
}
