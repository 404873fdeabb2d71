/** Replies to verify, drawn from a seed: right, nearly right, in other forms, and hostile. */
import { KINDS } from "../../../datasets/longcot/puzzles/kinds.ts";
import type { Puzzle } from "../../../datasets/longcot/verify.ts";
import { Random } from "../../../src/random.ts";
import type { Json } from "../../../src/types.ts";

export interface VerifierCase {
  readonly puzzle: Puzzle;
  readonly reply: string;
}

const BEFORE = [
  "",
  "So ",
  "**",
  "solution = 7\nNo, ",
  'Step 3 of 12: [[1, 0, 2]] then {"A1": 1}\n',
  "solution =\n",
  "x = [1, 2, 3], 4, 5\n",
  "UDLR ",
  "{",
  "[",
  "٣ ",
];
const LABELS = [
  "solution = ",
  "Solution=",
  "SOLUTION \u00a0=\u2003",
  "ſolutıon = ",
  "solutİon\n=\n",
  "solution : ",
  "solution == ",
  "",
  "solution = `",
  "solution = $",
  "solution\u001f=\u0085",
];
const AFTER = [
  "",
  ".",
  "\n",
  " ",
  "`",
  "\nThat is all, in 9 steps.",
  "\nsolution = ",
  "]",
  "}",
  "$",
  "\nsolution = none",
  ", 5",
  " (mod 7)",
  "# 1",
];
const OTHERS: readonly string[] = [
  "",
  "[]",
  "{}",
  "7",
  "-7",
  "0",
  "[[0, 0, 0]]",
  "[true, false]",
  "null",
  "NaN",
  "[1, 2",
  '{"A1": {"A1": 1}}',
  "[1]]",
  "[" + "9".repeat(4400) + "]",
  "9".repeat(4400),
  "[".repeat(3) + "]".repeat(3),
  "[None]",
  "(1, 2)",
  "[1, 2,]",
  "1,2,3",
  "1 , 2,\n3",
  "[0x1, 0b10, 0o3]",
  "['1', \"2\", '3']",
  "['1' '2', 3]",
  "[1.0, 2, 3]",
  "[+1, -2, - 3]",
  "[(1), (2), 3]",
  "[01, 2]",
  "[1_0, 2]",
  '["١", 2]',
  "[1, 2] # [3]",
  "[1 # one\n, 2]",
  '["\\u0031", 2]',
  "['\\x31', 2]",
  "[r'1', b'2']",
  '[1, "x"]',
  '{"a": "{"}x": 1}',
  '{"A": [1, 2.0], "B": "x"}',
  "UUDDLLRR",
  "u d l r",
  "UDLRX",
  "Uſ",
  "RRLL, UU",
  "--5",
  "- 5",
  "5-3",
];
/** Golds in the forms that questions of cs have. */
const OBJECTS: readonly Json[] = [
  { A1: 12, A2: -3 },
  { q1: "(Nat × Nat)", q4: 831, q5: [{ j: 1, binding_str: "i=4; Prod (Var 5)" }] },
  { final_capacities: [10, 11, 0] },
  { Q1: "(M_1*(M_2*M_3))", Q2: 3159991384, Q3: 1 },
  { A: 1, B: 1.5, C: null, D: true },
];
const INTS: readonly Json[] = [[15, 392, 2790], [-16, 1219, -3309625098], [7], "3, -4, 5", "[1, 2]", "x"];
const SINGLE: readonly Json[] = [1530, "42", " 7 ", "about 12 cycles", -3];
const CS: readonly (readonly [templates: readonly string[], answers: readonly Json[]])[] = [
  [["HM", "MFMC", "Scheduling", "TM", "MCM", "LLVM"], OBJECTS],
  [["Backprop", "DistMem"], INTS],
  [["VLIW", "CodeTrace"], SINGLE],
];

/** The same cases for the same seed. */
export function verifierCases(count: number, seed: number): VerifierCase[] {
  const random = new Random(seed);
  const logic = KINDS.filter(({ template }) => template !== "TM");
  return Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0) {
      const kind = logic[(i / 2) % logic.length]!;
      const drawn = kind.draw(kind.template === "Sudoku" ? 1 : 1 + random.below(2), random);
      const puzzle = { template: kind.template, ...drawn };
      return { puzzle, reply: replyOf(kind.solve(drawn) ?? "", random) };
    }
    const [templates, answers] = random.choice(CS);
    const answer = random.choice(answers);
    const gold = typeof answer === "string" ? answer : JSON.stringify(answer);
    const template = random.choice(templates);
    return { puzzle: { template, problem: { template }, answer }, reply: replyOf(gold, random) };
  });
}

function replyOf(gold: string, random: Random): string {
  const isPlain = random.below(2) === 0;
  const core = random.below(5) === 0 ? random.choice(OTHERS) : changed(gold, random);
  const before = random.choice(isPlain ? BEFORE.slice(0, 3) : BEFORE);
  const after = random.choice(isPlain ? AFTER.slice(0, 4) : AFTER);
  const label = random.choice(isPlain ? LABELS.slice(0, 3) : LABELS);
  return before + label + core + after;
}

function changed(gold: string, random: Random): string {
  const at = random.below(gold.length + 1);
  switch (random.below(12)) {
    case 0:
      return gold.slice(0, at) + gold.slice(at + 1);
    case 1:
      return (
        gold.slice(0, at) + random.choice(["0", "1", "[", "]", ",", "-", " ", "U", '"', "}"]) + gold.slice(at)
      );
    case 2:
      return gold.replaceAll(",", random.choice([", ", " ,\n", ",\u00a0", ",,"]));
    case 3:
      return gold.replaceAll(/\d+/g, (digits) =>
        random.choice([`"${digits}"`, `'${digits}'`, `${digits}.0`, `0${digits}`, `+${digits}`]),
      );
    case 4:
      return gold.replaceAll(/\b1\b/g, "true").replaceAll(/\b0\b/g, random.choice(["false", "False", "0"]));
    case 5:
      return gold.replaceAll(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
    case 6:
      return random.choice([
        gold.toLowerCase(),
        gold.split("").join(" "),
        `${gold} ${gold}`,
        `[${gold}]`,
        `(${gold})`,
      ]);
    case 7:
      return gold.replace(/^\[|\]$/g, random.choice(["", "(", "{"]));
    default:
      return gold;
  }
}
