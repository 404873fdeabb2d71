/**
 * BABILong's comparison of labels (RMT-team/babilong, Apache-2.0: `preprocess_output` and `compare_answers` of
 * `babilong/metrics.py`): the labels that a reply's first sentence names, without those of the question, are exactly the target.
 */
import type { Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";

/** What of a reply is read: its first sentence, in small letters, up to a mark of the prompt's examples. */
function firstSentence(reply: string): string {
  return [".", "<context>", "<example>"].reduce((text, mark) => text.split(mark, 1)[0]!, reply.toLowerCase());
}

/** Whether a label is in a text that is in small letters. */
type Holds = (text: string, label: string) => boolean;

const asPart: Holds = (text, label) => text.includes(label);

/** The label as whole words: neither "one" in "none" nor "no" in "know". */
const asWord: Holds = (text, label) => {
  for (let at = text.indexOf(label); at >= 0; at = text.indexOf(label, at + 1))
    if (!LETTER.test(text[at - 1] ?? "") && !LETTER.test(text[at + label.length] ?? "")) return true;
  return false;
};
const LETTER = /[\p{L}\p{N}]/u;

/** The official comparison. The answer "none" of the published qa7 never counts, since it contains the label "one". */
export const officialScore: Scorer = (answer, reference) => compared(answer, reference, asPart);

/** The same, but labels are found as whole words. */
export const lenientScore: Scorer = (answer, reference) => compared(answer, reference, asWord);

/** Room for a few words around the target: less than any text with two facts has. */
const ROOM_CHARS = 32;

/** `lenientScore` for training: 0 for an answer much longer than the target. */
export const trainingScore: Scorer = capped(
  lenientScore,
  ({ answers: [target = ""] }) => target.length + ROOM_CHARS,
);

function compared(answer: string, { answers: [gold = ""], metadata }: Reference, holds: Holds): number {
  const { question, labels } = metadata as { question: string; labels: readonly string[] };
  const [said, asked, target] = [firstSentence(answer), question.toLowerCase(), gold.toLowerCase()];
  const named = new Set(
    labels.map((label) => label.toLowerCase()).filter((label) => holds(said, label) && !holds(asked, label)),
  );
  const targets = target.includes(",") && target.length > 3 ? target.split(",") : [target];
  return Number(targets.every((each) => named.has(each)) && named.size === targets.length);
}
