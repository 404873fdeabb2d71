/** Replies to questions of every task, drawn from a seed: with one label, several, none, in sentences, and near the marks where reading stops. */
import { PUBLISHED_LABELS } from "../../../datasets/babilong/labels.ts";
import { Random } from "../../../src/random.ts";

export interface ScorerCase {
  readonly task: string;
  readonly reply: string;
  readonly question: string;
  readonly target: string;
}

const BETWEEN = [
  " ",
  ", ",
  ",",
  " and ",
  ". ",
  ".",
  "\n",
  " <context> ",
  "<example>",
  " Question ",
  "question",
  "",
  " is in the ",
];
const OTHERS = [
  "know",
  "nothing",
  "None",
  "someone",
  "I do",
  "ONE",
  "the",
  "İ",
  "football field",
  "n,e",
  "east",
  "yesterday",
  "<CONTEXT>",
  "ß",
];

/** The same cases for the same seed. */
export function scorerCases(count: number, seed: number): ScorerCase[] {
  const random = new Random(seed);
  const tasks = Object.keys(PUBLISHED_LABELS);
  return Array.from({ length: count }, () => {
    const task = random.choice(tasks);
    const labels = PUBLISHED_LABELS[task]!;
    const target =
      task === "qa8" && random.below(2) === 0 ? random.sample(labels, 2).join(",") : random.choice(labels);
    const recased = (word: string) => random.choice([word, word, word.toUpperCase(), word.toLowerCase()]);
    const said = Array.from({ length: random.below(5) }, () => {
      const word = random.choice([target, random.choice(labels), random.choice(OTHERS)]);
      return recased(word) + random.choice(BETWEEN);
    });
    const mentioned = random.below(3) === 0 ? recased(random.choice(labels)) : "thing";
    return {
      task,
      reply: said.join(""),
      question: `Where was the ${mentioned} before the ${random.choice(labels)}?`,
      target,
    };
  });
}
