/** How MRCR words its requests and its last question; the phrases are those of its published files. */

/** What a user asks for: a piece of writing of a form about a topic, and in MRCR v2 in a style. */
export interface Request {
  readonly form: string;
  readonly topic: string;
}

/** The last question of a conversation. */
export interface Asked {
  /** What the answer has to begin with. */
  readonly prefix: string;
  /** Which of the replies to the same request, from 1. */
  readonly ordinal: number;
  /** The request in words, such as `poem about tapirs`. */
  readonly wanted: string;
}

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
/** v1 writes `the 2nd (1 indexed) poem about tapirs`, v2 `the second poem about tapirs in a formal style`. */
const QUESTION = /Prepend (\S+) to the (\w+)(?: \(1 indexed\))? ([^.\n]+)\./;

/** The line of a request. */
export function requestText({ form, topic }: Request): string {
  return `Write ${/^[aeiou]/.test(form) ? "an" : "a"} ${form} about ${topic}`;
}

/** The last question, in the words of v1. */
export function questionText({ form, topic }: Request, ordinal: number, prefix: string): string {
  return `Prepend ${prefix} to the ${ordinal}${suffix(ordinal)} (1 indexed) ${form} about ${topic}. Do not include any other text in your response.`;
}

/** What a text asks for; null if it holds no last question of either version. */
export function readQuestion(text: string): Asked | null {
  const [, prefix, ordinal, wanted] = QUESTION.exec(text) ?? [];
  if (prefix === undefined || ordinal === undefined || wanted === undefined) return null;
  const named = ORDINALS.indexOf(ordinal) + 1;
  const number = named > 0 ? named : Number(/^(\d+)(?:st|nd|rd|th)$/.exec(ordinal)?.[1] ?? 0);
  return number >= 1 ? { prefix, ordinal: number, wanted } : null;
}

/** Words that a request and a question about it need not share. */
export const FREE_WORDS = new Set(["a", "an", "the", "in", "me", "please", "write", "user"]);

/** The words that make a request what it is, to compare a request with a question about it. */
export function requestWords(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
  return words.filter((word) => !FREE_WORDS.has(word)).join(" ");
}

function suffix(ordinal: number): string {
  const tens = ordinal % 100;
  if (tens >= 11 && tens <= 13) return "th";
  return ["th", "st", "nd", "rd"][ordinal % 10] ?? "th";
}
