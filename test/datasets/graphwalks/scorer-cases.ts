/** Answers to score, drawn from a seed: in form, nearly in form, and hostile. */
import { Random } from "../../../src/random.ts";

export interface ScorerCase {
  readonly answer: string;
  readonly gold: readonly string[];
}

const NODES = [
  "0a1b2c3d4e",
  "1679091c5a",
  "c9f0f895fb",
  "d3d9446802",
  "a87ff679a2",
  "é",
  "node 7",
  "x]y",
  '"q"',
];
const BEFORE = [
  "",
  "So:\n",
  "Final Answer: [1679091c5a]\n",
  "text Final Answer: ",
  "[a]\n\n",
  "\u00a0\n",
  "Final Answer:\n",
];
const LABELS = [
  "Final Answer: [",
  "Final Answer:[",
  "Final Answer:  \t[",
  "final answer: [",
  "Final Answer: ",
  "Answer: [",
  "Final Answer:\u2003[",
  "Final Answer:\ufeff[",
];
const ENDS = [
  "]",
  "]\n",
  "].",
  "] \n\n",
  "",
  "]]",
  "]\nThat is all.",
  "] [b]",
  "]\u0085",
  "]\r\n",
  "]\u2028",
];
const SEPARATORS = [", ", ",", " , ", ", , ", ",\t", "; ", ",\u00a0"];

/** The same cases for the same seed. */
export function scorerCases(count: number, seed: number): ScorerCase[] {
  const random = new Random(seed);
  const nodes = () => Array.from({ length: random.below(5) }, () => random.choice(NODES));
  return Array.from({ length: count }, () => {
    const gold = nodes();
    const listed =
      random.below(3) === 0
        ? nodes()
        : gold.filter(() => random.below(4) > 0).concat(nodes().slice(0, random.below(2)));
    const answer =
      random.choice(BEFORE) +
      random.choice(random.below(2) === 0 ? LABELS.slice(0, 3) : LABELS) +
      listed.join(random.choice(SEPARATORS)) +
      random.choice(random.below(2) === 0 ? ENDS.slice(0, 2) : ENDS);
    return { answer, gold };
  });
}
