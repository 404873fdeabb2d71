/** What an episode's policy is asked about a text with facts. */
import { NUMBERS } from "./labels.ts";

const BEFORE =
  "The text hides facts about people, things and places among other sentences. Answer from these facts alone; of facts that change, the latest count, and what a person carries goes along. ";
const ASKED = /Question: ([^\n]{1,200}\?)/;

/** What the answers of a task look like. */
const FORMS: Readonly<Record<string, string>> = {
  qa6: "yes or no",
  qa8: "the things, separated by commas, or nothing",
  qa9: "yes or no",
  qa10: "yes, no or maybe",
  qa17: "yes or no",
  qa18: "yes or no",
  qa19: "two letters of n, s, e and w, separated by a comma",
};

/** The question with what the answer has to look like; of numbers, the labels say which words stand for them. */
export function questionText(task: string, question: string, labels: readonly string[]): string {
  const form = task === "qa7" ? `one of the words ${labels.join(", ")},` : (FORMS[task] ?? "one word");
  return `${BEFORE}Answer with ${form} and nothing else. Question: ${question}`;
}

/** The word for 0 in a question about numbers. */
export function zeroOf(text: string): string {
  return /Answer with one of the words [a-z, ]*\bnone\b/.test(text) ? "none" : NUMBERS[0];
}

/** The bare question of a text that asks one; null if it asks none. */
export function readQuestion(text: string): string | null {
  return ASKED.exec(text)?.[1] ?? null;
}
