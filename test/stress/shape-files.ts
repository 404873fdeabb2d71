/** Made files of the benchmarks that are read from files, each with short contexts and long ones, for the published shape. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { browseCompLikeRows } from "../../datasets/browsecomp-like/publish.ts";
import { defaultEssay, essayWords } from "../../datasets/s-niah/essay.ts";
import { Random } from "../../src/random.ts";
import { browseCompCsv, writeLines } from "../datasets/browsecomp/plus-files.ts";

const NOVEL = essayWords(defaultEssay().toLowerCase());

/** So many questions of each length. */
interface Size {
  readonly questions: number;
  readonly shortTokens: number;
  readonly longTokens: number;
}

/** Rough, for English prose and code. */
const CHARS_PER_TOKEN = 4;

/** LongBench-v2's layout: one line says what one choice says, and others say almost what the rest do. */
export function codeQaFile(folder: string, { questions, ...lengths }: Size): string {
  const rows = eachLength(lengths, questions, (tokens, name) => {
    const random = Random.of(0, "code", name);
    const choices = Array.from({ length: 4 }, () => Array.from({ length: 6 }, () => word(random)));
    const gold = random.below(4);
    const said = choices.map((words, i) => (i === gold ? words : words.slice(0, 4)));
    const filler = () => `    ${prose(random, 4).replaceAll(" ", "_")} = ${prose(random, 6)}`;
    const context = strewn(
      tokens,
      filler,
      said.map((words) => `# ${words.join(" and then ")}`),
      random,
    );
    const named = choices.map((words, i) => [`choice_${"ABCD"[i]}`, `It calls ${words.join(", ")}.`]);
    return {
      _id: name,
      domain: "Code Repository Understanding",
      sub_domain: "Code repo QA",
      difficulty: "hard",
      length: "short",
      question: "In which order are the functions called?",
      ...Object.fromEntries(named),
      answer: "ABCD"[gold],
      context: context.join("\n"),
    };
  });
  return writeLines(join(folder, "code.jsonl"), rows);
}

/** oolong-real's layout: dice are rolled and spells cast here and there in a long session. */
export function oolongRealFile(folder: string, { questions, ...lengths }: Size): string {
  const rows = eachLength(lengths, questions, (tokens, name, index) => {
    const random = Random.of(0, "session", name);
    const talk = () => `${random.choice(["Ann", "Bob", "Cid"])}: ${prose(random, 15)}.`;
    const rolls = Array.from({ length: Math.round(tokens / 500) }, () => 1 + random.below(20));
    const spells = random.sampleIndices(26 * 26, 6).map((i) => `Spell${i}`);
    const events = [
      ...rolls.map((roll) => `Ann: I rolled a ${roll}.`),
      ...spells.map((spell) => `Bob: I cast ${spell} now.`),
    ];
    const isOfRolls = index % 2 === 0;
    return {
      id: name,
      context_window_id: name,
      context_window_text: strewn(tokens, talk, random.shuffle(events), random).join("\n"),
      question: isOfRolls
        ? "Total number of rolls in this episode?"
        : "Which spells were cast in this episode?",
      answer: isOfRolls ? String(rolls.length) : spells.join(", "),
      question_type: isOfRolls ? "singledoc_rolls" : "singledoc_spells",
      episodes: [1],
      campaign: "campaign1",
    };
  });
  return writeLines(join(folder, "sessions.jsonl"), rows);
}

/** BrowseComp-Plus' decrypted layout over made worlds. */
export function browseCompPlusFile(folder: string, { questions, shortTokens, longTokens }: Size): string {
  const rows = [shortTokens, longTokens].flatMap((length) => [
    ...browseCompLikeRows({ length, seed: 3 }, questions),
  ]);
  return writeLines(join(folder, "plus.jsonl"), rows);
}

/** BrowseComp's csv, and a corpus in which one document of each question shares all of its words, and others most of them. */
export function browseCompFiles(folder: string, questions: number, documents: number) {
  const random = Random.of(0, "lighthouses");
  const asked = Array.from({ length: questions }, () => Array.from({ length: 8 }, () => word(random)));
  const about = asked.flatMap((words, i) => [
    page(`Page ${i}`, words, random),
    page(`Other ${i}`, words.slice(0, 5), random),
  ]);
  const others = Array.from({ length: documents - about.length }, (_, i) => page(`Filler ${i}`, [], random));
  const docs = [...about, ...others].map((text, i) => ({
    docid: String(i),
    text,
    url: `https://example.org/${i}`,
  }));
  const file = join(folder, "questions.csv");
  const rows = asked.map((words, i) => ({
    problem: `Which page tells of ${words.join(", ")}?`,
    answer: `Page ${i}`,
  }));
  writeFileSync(file, browseCompCsv(rows));
  return { file, corpus: writeLines(join(folder, `corpus-${documents}.jsonl`), docs) };
}

function page(title: string, words: readonly string[], random: Random): string {
  const said = random.shuffle([...prose(random, 180).split(" "), ...words]);
  return `---\ntitle: ${title}\n---\n${said.join(" ")}`;
}

function eachLength(
  { shortTokens, longTokens }: Omit<Size, "questions">,
  questions: number,
  row: (tokens: number, name: string, index: number) => object,
): object[] {
  return [shortTokens, longTokens].flatMap((tokens) =>
    Array.from({ length: questions }, (_, index) => row(tokens, `${tokens}-${index}`, index)),
  );
}

/** Lines of filler with the others at random places among them, of so many tokens in all. */
function strewn(tokens: number, filler: () => string, lines: readonly string[], random: Random): string[] {
  const all: string[] = [];
  let left = tokens * CHARS_PER_TOKEN - lines.reduce((sum, line) => sum + line.length, 0);
  while (left > 0) {
    all.push(filler());
    left -= all.at(-1)!.length + 1;
  }
  for (const line of lines) all.splice(random.below(all.length + 1), 0, line);
  return all;
}

/** A passage of the novel, in small letters. */
function prose(random: Random, words: number): string {
  const start = random.below(NOVEL.length - words);
  return NOVEL.slice(start, start + words).join(" ");
}

/** A made word, which the novel does not hold. Twelve syllables in threes and fours make some twenty thousand words. */
function word(random: Random): string {
  const syllables = ["ba", "co", "du", "fe", "gi", "ko", "la", "mu", "ne", "po", "ri", "ta"];
  return Array.from({ length: 3 + random.below(2) }, () => random.choice(syllables)).join("");
}
