/** Replies to LongBench-Pro's tasks with their golds, drawn from a seed: right, wrong, shuffled, doubled, oddly spaced and marked. */
import { Random } from "../../../src/random.ts";
import { HAN_WORDS } from "./han-words.ts";

/** One reply to score. */
export interface Case {
  readonly secondary_task: string;
  readonly language: "English" | "Chinese";
  readonly answer: readonly string[];
  readonly prediction: string;
}

/** A task of each metric, and Chinese summaries apart. */
export const KINDS = {
  NDCG: ["T1.1 Global Cohesive Retrieval", "English"],
  Pairwise_Accuracy: ["T2.1 Global Timeline Reconstruction", "English"],
  Accuracy: ["T3.2 Single-Hop Fact QA", "English"],
  F1_Score: ["T5.1 Full-Sentence Citation Alignment", "English"],
  SubEM: ["T8.3 Long-Context Procedural State Tracking", "English"],
  Summary: ["T4.1 Global-Coverage Constrained Summary", "English"],
  "Chinese Summary": ["T4.2 Query-Focused Summary", "Chinese"],
} as const;
export type Kind = keyof typeof KINDS;

const LINES = [
  "Alpha",
  "alpha",
  " ALPHA\t",
  "beta  two",
  "Beta two",
  "betatwo",
  "1 11",
  "111",
  "11 1",
  "[3]",
  "ΟΔΟΣ",
  "οδος",
  "İstanbul",
  "STRASSE",
  "straße",
  "第 三 章",
  "第三章",
  "第\u3000三\u00a0章",
  "a\u0085b",
  "\u001cq",
  "q",
  "\ufeffq",
  "K1",
  "K1",
  "A: B, C",
  "😀 x",
  "x.",
];
const MARKS = ["", "", "[Answer]\n", "[答案]\n", "[Answer]", "[answer]\n", "[Answer]\nno\n[Answer]\n"];
const BEFORE = ["", "", "It is this. ", "[答案] 1\n", "Thus:\n", " \n\n"];
const ENDS = ["\n", "\n", "\n", "\r\n", "\n\n", " \n", "\u2028"];
const LATIN_WORDS = "the storm broke three masts of an old ship near its harbour in May , 1903 The".split(
  " ",
);
const STOPS = [". ", ". ", ".", " . ", "..", "! ", "\n", ".\n"];
const HAN_STOPS = ["。", "，", "。", " ", ".", "“", "”", "\n", "、", "3.5%", "abc", "-", "x_y", "·"];

/** The same cases for the same kind, number and seed. */
export function cases(kind: Kind, count: number, seed: number): Case[] {
  const random = Random.of(seed, Object.keys(KINDS).indexOf(kind));
  const [secondary_task, language] = KINDS[kind];
  const draw = kind.endsWith("Summary") ? (language === "Chinese" ? hanTexts : latinTexts) : lines;
  return Array.from({ length: count }, () => ({ secondary_task, language, ...draw(random) }));
}

function lines(random: Random) {
  const pick = () => random.choice(LINES);
  const answer = Array.from({ length: random.randint(1, 7) }, pick);
  if (random.below(2) === 0) answer.splice(0, answer.length, ...new Set(answer));
  const given = answer.filter(() => random.below(6) > 0).map((line) => spelled(line, random));
  if (random.below(2) === 0) random.shuffle(given);
  for (let more = random.below(4); more > 0; more -= 1)
    given.splice(random.below(given.length + 1), 0, random.below(3) === 0 ? "" : pick());
  const body = given.reduce((text, line) => text + (text === "" ? "" : random.choice(ENDS)) + line, "");
  return { answer, prediction: random.choice(BEFORE) + random.choice(MARKS) + body };
}

function spelled(line: string, random: Random): string {
  const ways = [line, line, line.toUpperCase(), line.toLowerCase(), `  ${line} `, line.replaceAll(" ", "  ")];
  return random.choice(ways);
}

function latinTexts(random: Random) {
  const text = () =>
    Array.from(
      { length: random.randint(0, 5) },
      () =>
        Array.from({ length: random.below(9) }, () => random.choice(LATIN_WORDS)).join(" ") +
        random.choice(STOPS),
    ).join("");
  return texts(text, " ", random);
}

function hanTexts(random: Random) {
  const text = () =>
    Array.from({ length: random.randint(0, 30) }, () =>
      random.choice(random.below(5) === 0 ? HAN_STOPS : HAN_WORDS),
    ).join("");
  return texts(text, "", random);
}

/** Golds, and a reply that is another text, one of the golds, or one of them with parts taken out and put in. */
function texts(text: () => string, gap: string, random: Random) {
  const answer = Array.from(
    { length: random.randint(1, 3) },
    () => text() + (random.below(20) === 0 ? "" : "x"),
  );
  const [one] = answer as [string];
  const at = random.below(one.length + 1);
  const prediction = random.choice([
    text(),
    one,
    one.slice(0, at) + gap + text(),
    one.slice(at),
    `[Answer]\n${one.toUpperCase()}`,
    one.slice(0, at) + one.slice(at + random.below(9)),
  ]);
  return { answer, prediction };
}
