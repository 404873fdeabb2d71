/**
 * How the simulated model reads a question of CodeQA: it finds the words of the choices in the text and takes the choice
 * of which the greatest share is there. It knows no code and no gold; it is a crude reader of what anybody may read.
 */
import type { Finding, SliceReader } from "../../src/models/reader.ts";

const CHOICE = /^\(([A-D])\) (.+)$/gm;
const CLOSING = "Give your final answer in the form 'The correct answer is (X)'.";
/** Shorter words are in every text. */
const WORD = /[\p{L}_][\p{L}\p{N}_]{3,}/gu;

/** A word of a choice that the text holds. */
interface Hit {
  readonly letter: string;
  readonly word: string;
}

export const codeQaReader: SliceReader<Hit> = {
  name: "code-qa",
  read(prompt) {
    const end = prompt.lastIndexOf(CLOSING);
    const choices = Array.from(prompt.slice(0, Math.max(end, 0)).matchAll(CHOICE)).slice(-4);
    if (choices.length < 4) return null;
    const textStart = end + CLOSING.length;
    const places = firstPlaces(prompt, textStart);
    const words = new Map(choices.map(([, letter = "", text = ""]) => [letter, wordsOf(text)]));
    const findings = [...words].flatMap(([letter, all]) =>
      [...all].flatMap((word): Finding<Hit>[] => {
        const place = places.get(word);
        return place === undefined ? [] : [{ position: place / prompt.length, value: { letter, word } }];
      }),
    );
    return { findings, answer: (hits) => bestChoice(words, hits) };
  },
};

function bestChoice(words: ReadonlyMap<string, ReadonlySet<string>>, hits: readonly Hit[]): string {
  const shares = Array.from(words, ([letter, all]) => ({
    letter,
    share: hits.filter((hit) => hit.letter === letter).length / Math.max(1, all.size),
  })).toSorted((a, b) => b.share - a.share);
  if (hits.length === 0 || shares[0]?.share === shares[1]?.share)
    return "This part of the text does not tell which choice is right.";
  return `The correct answer is (${shares[0]?.letter})`;
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(WORD));
}

/** Where each word of the text stands first. */
function firstPlaces(prompt: string, start: number): Map<string, number> {
  const places = new Map<string, number>();
  for (const match of prompt.toLowerCase().slice(start).matchAll(WORD)) {
    if (!places.has(match[0])) places.set(match[0], start + match.index);
  }
  return places;
}
