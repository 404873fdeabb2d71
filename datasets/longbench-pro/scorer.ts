/**
 * The score of LongBench-Pro: its task's official metric. Half of the official score of a summary is the likeness of meaning that an
 * embedding model of 8 billion parameters finds. Only `embedded` has it; elsewhere a summary's score is the other half, ROUGE-L, alone.
 */
import { DataError } from "../../src/errors.ts";
import type { EmbeddedScores } from "../../src/env/define.ts";
import type { Answered, Embed, Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { strip } from "../python-text.ts";
import {
  accuracy,
  f1,
  type LineMetric,
  linesOf,
  ndcg,
  normalised,
  pairwiseAccuracy,
  subEm,
} from "./metrics.ts";
import { bestRougeL } from "./rouge.ts";
import type { Segmenter } from "./segment.ts";
import { type ComparedSummary, summaryScores } from "./summary.ts";
import type { MetricName } from "./tasks.ts";

const LINE_METRICS: readonly (readonly [Exclude<MetricName, "Summary">, LineMetric])[] = [
  ["NDCG", ndcg],
  ["Pairwise_Accuracy", pairwiseAccuracy],
  ["Accuracy", accuracy],
  ["F1_Score", f1],
  ["SubEM", subEm],
];
/** What an answer may hold besides twice the gold's characters: a mark, and a word of explanation. */
const ROOM_CHARS = 400;
/** A longer reply counts as 0 before it is cut into words: no summary is as long. */
const MOST_SUMMARY_CHARS = 20_000;
/** The lenient score forgives no marks in a longer answer. */
const MOST_MARKED_CHARS = 100_000;
/** Marks of lists and of bold that a lenient reader takes off a line. */
const LIST_MARK = /^(?:[-*•]|\d+[.)])\s+/;

/** Cuts Chinese text into its characters, where no dictionary says what its words are. */
export const byCharacter: Segmenter = (text) => Array.from(text);

/** The scorers of all tasks. `segment`: how Chinese summaries are cut into words; the authors use jieba. */
export function longBenchProScorers(segment: Segmenter = byCharacter) {
  const official: Scorer = (answer, reference) => scoreOf(answer, reference, segment);
  const lenient: Scorer = (answer, reference) => {
    const [score, unmarked] = [official(answer, reference), withoutMarks(answer)];
    return unmarked === answer ? score : Math.max(score, official(unmarked, reference));
  };
  const embedded: EmbeddedScores = {
    needs: ({ metadata }) => metadata.Summary === true,
    without: "ROUGE-L alone",
    score: async (answered, embed) => {
      const forms = answered.flatMap(({ answer, reference }) =>
        [answer, withoutMarks(answer)].map((form) => ({ answer: form, reference })),
      );
      const scores = await embeddedScores(forms, segment, embed);
      return answered.map((_, index) => {
        const [given, unmarked] = [scores[2 * index]!, scores[2 * index + 1]!];
        return { official: given, lenient: Math.max(given, unmarked) };
      });
    },
  };
  return { official, lenient, embedded, training: capped(weighedByLength(official), mostChars) };
}

/** The official scores, those of summaries with the likeness of meaning. */
async function embeddedScores(
  answered: readonly Answered[],
  segment: Segmenter,
  embed: Embed,
): Promise<number[]> {
  const compared = answered.map(({ answer, reference }) =>
    reference.metadata.Summary === true ? comparedSummary(answer, reference, segment) : null,
  );
  const found = await summaryScores(
    compared.filter((summary) => summary !== null),
    embed,
  );
  let next = 0;
  return answered.map(({ answer, reference }, index) => {
    if (compared[index] !== null) return found[next++]!;
    return reference.metadata.Summary === true ? 0 : scoreOf(answer, reference, segment);
  });
}

/** An answer that gets the full score. */
export function goldAnswer({ answers, metadata }: Reference): string {
  if (metadata.Summary === true) return answers[0]!;
  return `[Answer]\n${answers.map(normalised).join("\n")}`;
}

function scoreOf(answer: string, reference: Reference, segment: Segmenter): number {
  const { answers, metadata, taskId } = reference;
  if (metadata.Summary === true) return comparedSummary(answer, reference, segment)?.rougeL ?? 0;
  const reply = strip(answer);
  if (reply === "") return 0;
  const [, metric] = LINE_METRICS.find(([name]) => metadata[name] === true) ?? [];
  if (!metric)
    throw new DataError(
      `reference ${taskId}: expected the name of a metric in its metadata, such as "SubEM": true`,
    );
  return metric(answers.map(normalised), linesOf(reply));
}

/** Null for nothing, and for more than a summary may have. */
function comparedSummary(
  answer: string,
  { answers, metadata }: Reference,
  segment: Segmenter,
): ComparedSummary | null {
  const reply = strip(answer);
  if (reply === "" || reply.length > MOST_SUMMARY_CHARS) return null;
  const summary = normalised(reply);
  const golds = answers.map(normalised);
  const cut = (text: string) => (metadata.isChinese === true ? segment(text).join(" ") : text);
  return { summary, golds, rougeL: bestRougeL(cut(summary), golds.map(cut)) };
}

/**
 * What makes two metrics safe: `SubEM` asks only which golds are among the lines, so that a list of all that might be right would get
 * them all; pairwise accuracy asks only about pairs that the reply has, so that two lines in order would be enough. More lines than
 * golds, or fewer pairs, make the score less in proportion.
 */
function weighedByLength(scorer: Scorer): Scorer {
  return (answer, reference) => {
    const score = scorer(answer, reference);
    const { metadata, answers } = reference;
    const isList = metadata.SubEM === true;
    if (score === 0 || !(isList || metadata.Pairwise_Accuracy === true)) return score;
    const lines = linesOf(strip(answer)).length;
    const share = isList ? answers.length / lines : pairsOf(lines) / pairsOf(answers.length);
    return score * Math.min(1, share);
  };
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/** A summary repeats one of its golds, any other answer all of them. */
function mostChars({ answers, metadata }: Reference): number {
  const lengths = answers.map((answer) => answer.length + 1);
  const whole =
    metadata.Summary === true ? Math.max(...lengths) : lengths.reduce((sum, length) => sum + length, 0);
  return 2 * whole + ROOM_CHARS;
}

/** The answer without marks of lists and of bold; as it is if it is too long to look for them. */
function withoutMarks(answer: string): string {
  if (answer.length > MOST_MARKED_CHARS) return answer;
  return answer
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/\*\*|`/g, "")
        .trim()
        .replace(LIST_MARK, ""),
    )
    .filter((line) => line !== "")
    .join("\n");
}
