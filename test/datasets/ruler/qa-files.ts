/** Small files in the layouts of SQuAD v2 and HotpotQA, with made content, which RULER's own script was given too. */

const sentence = (words: string, n: number) => `${words} ${"and so on ".repeat(n % 7)}indeed.`;

/** Twelve articles of four paragraphs with three questions, of which the third has no answer. */
export const SQUAD = {
  version: "v2.0",
  data: Array.from({ length: 12 }, (_0, article) => ({
    title: `Article ${article}`,
    paragraphs: Array.from({ length: 4 }, (_1, part) => ({
      context: `${part === 1 ? "Café 😀" : "Hall"} ${article} has a door number ${part}. ${sentence("It was painted", article + part)}`,
      qas: Array.from({ length: 3 }, (_2, i) => ({
        id: `q${article}-${part}-${i}`,
        question: `Which door ${i} has hall ${article}.${part}?`,
        is_impossible: i === 2,
        answers:
          i === 2
            ? []
            : [
                { text: `number ${part}`, answer_start: 0 },
                { text: `door number ${part}`, answer_start: 0 },
              ],
      })),
    })),
  })),
};

/** Thirty questions over ten documents each, which they share in part. */
export const HOTPOT = Array.from({ length: 30 }, (_0, i) => ({
  _id: `h${i}`,
  question: `Which bird lives in house ${i}?`,
  answer: i % 5 === 0 ? "yes" : `wren ${i}`,
  type: "bridge",
  level: "hard",
  supporting_facts: [],
  context: Array.from({ length: 10 }, (_1, j) => [
    `House ${(i * 7 + j * 3) % 60}`,
    [sentence(`A wren ${(i * 7 + j * 3) % 60} lives here`, j), ` ${sentence("It sings", i)}`],
  ]),
}));
