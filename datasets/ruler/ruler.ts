/** RULER made here: any number of tasks of one variant or of several that take turns, each from its own seed. */
import { type Dataset, generated, problemAt } from "../../src/data/dataset.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import { sNiah, type SNiahOptions } from "../s-niah/s-niah.ts";
import { codedText } from "./coded-words.ts";
import { commonText } from "./common-words.ts";
import { documentsText } from "./documents.ts";
import type { QaSet } from "./qa-files.ts";
import { CODED_QUESTION, COMMON_QUESTION, documentsQuestion, trackingQuestion } from "./questions.ts";
import type { AnswerKind } from "./scorer.ts";
import { trackingText } from "./variable-tracking.ts";
import { isNeedle, type OtherName, type RulerName } from "./variants.ts";
import { ownWordLists, type WordLists } from "./word-lists.ts";

/** What tasks to make. */
export interface RulerOptions {
  /** They take turns. */
  readonly variants: readonly RulerName[];
  /** The most tokens of a context. */
  readonly length: number;
  readonly seed: number;
  readonly words?: WordLists;
  readonly essay?: SNiahOptions["essay"];
  /** The questions of qa_1 and qa_2, which are needed for these. */
  readonly questions?: Partial<Record<"qa_1" | "qa_2", QaSet>>;
}

interface Made {
  readonly question: string;
  readonly context: string;
  readonly contextTokens: number;
  readonly answers: readonly string[];
  readonly kind: AnswerKind;
}

/** An endless dataset; the task at an index depends on the options and the index only. */
export function ruler(options: RulerOptions): Dataset {
  const { variants } = options;
  const makers = variants.map((variant) => makerOf(variant, options));
  return generated("ruler", (index) => makers[index % makers.length]!(Math.floor(index / makers.length)));
}

function makerOf(variant: RulerName, options: RulerOptions): (index: number) => Problem | Promise<Problem> {
  const { length, seed, words, essay } = options;
  if (!isNeedle(variant)) return (index) => problem(variant, options, index);
  const needles = sNiah({
    variant,
    length,
    seed,
    ...(words && { words: words.pairs }),
    ...(essay !== undefined && { essay }),
  });
  return async (index) => {
    const { task, reference } = await problemAt(needles, index);
    return {
      task: { ...task, dataset: "ruler" },
      reference: { ...reference, metadata: { ...reference.metadata, kind: "needles" } },
    };
  };
}

function problem(variant: OtherName, options: RulerOptions, index: number): Problem {
  const { length, seed } = options;
  const { question, context, contextTokens, answers, kind } = make(variant, options, index);
  const id = `${variant}-${length}-${seed}-${index}`;
  return {
    task: { id, dataset: "ruler", question, context, contextTokens, metadata: { variant, length } },
    reference: { taskId: id, answers: [...answers], metadata: { kind } },
  };
}

function make(variant: OtherName, { length, seed, words, questions }: RulerOptions, index: number): Made {
  const random = Random.of(seed, variant, length, index, "ruler");
  if (variant === "vt") {
    const { chain, ...text } = trackingText(length, random);
    return { ...text, question: trackingQuestion(chain.value), answers: chain.names, kind: "words" };
  }
  if (variant === "cwe") {
    const { common, ...text } = commonText(length, words ?? ownWordLists(), random);
    return { ...text, question: COMMON_QUESTION, answers: common, kind: "words" };
  }
  if (variant === "fwe") return { ...codedText(length, random), question: CODED_QUESTION, kind: "words" };
  const set = questions![variant]!;
  const { asked, ...text } = documentsText(length, set.asked[index % set.asked.length]!, set, random);
  return { ...text, question: documentsQuestion(asked.question), answers: asked.answers, kind: "part" };
}
