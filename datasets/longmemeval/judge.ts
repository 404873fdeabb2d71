/**
 * LongMemEval's own way to score: a model compares the answer with the gold, by the question's type. What counts for each type is
 * what `evaluate_qa.py` of xiaowu0162/LongMemEval at 9e0b455 asks its judge; the words are this project's.
 */
import type { Judge } from "../../src/episode/contract.ts";
import type { Model } from "../../src/models/model.ts";
import type { Json, Message, Reference } from "../../src/types.ts";
import { modelJudge } from "../model-judge.ts";
import type { QuestionType } from "./load.ts";
import { readQuestion } from "./wording.ts";

/** What a judge found, in the form of a record's `judgement`. */
export interface Verdict {
  readonly correct: boolean;
  /** False if the reply says neither yes nor no. That counts as wrong, as does an episode without an answer. */
  readonly readable: boolean;
}

/** How the gold is named to the judge, and what makes a response right. */
interface Rubric {
  readonly gold: string;
  readonly rule: string;
}

const HOLDS =
  "yes if the [response] holds the [correct_answer], means the same, or has every step that leads to it; no if it holds only a part of what the [correct_answer] says.";
const SAME: Rubric = { gold: "correct_answer", rule: HOLDS };
const RUBRICS: Readonly<Record<QuestionType, Rubric>> = {
  "single-session-user": SAME,
  "single-session-assistant": SAME,
  "multi-session": SAME,
  "temporal-reasoning": {
    gold: "correct_answer",
    rule: `${HOLDS} A number of days, weeks or months that is off by one is right, too.`,
  },
  "knowledge-update": {
    gold: "correct_answer",
    rule: "yes if the [response] gives the [correct_answer], which is the newest state of things, as its answer, even if it tells earlier states as well; no otherwise.",
  },
  "single-session-preference": {
    gold: "rubric",
    rule: "yes if the [response] remembers what the user told of themselves and makes right use of it, as the [rubric] describes; it need not meet every point of the [rubric]. No otherwise.",
  },
};
const ABSTENTION: Rubric = {
  gold: "explanation",
  rule: "the [question] cannot be answered, for the reason that the [explanation] gives. yes if the [response] finds that it cannot: for example, that information is missing, or that something else was told but not this. No otherwise.",
};

/** Asks the model once for each answer; counts an empty answer as wrong without asking. */
export function longMemEvalJudge(model: Model): Judge {
  return modelJudge(model, {
    messages: (question, response, reference) =>
      judgeMessages(readQuestion(question)?.question ?? question, response, reference),
    read: (reply) => asJson(readVerdict(reply)),
    wrong: asJson({ correct: false, readable: false }),
  });
}

/** The messages that the judge receives. */
export function judgeMessages(question: string, response: string, reference: Reference): Message[] {
  const { gold, rule } = rubricFor(reference);
  const content = `A user asked an assistant about their earlier chats. Decide whether its [response] is right.

[question]: ${question}

[response]: ${response}

[${gold}]: ${reference.answers.join(" (or) ")}

The rule: ${rule}

Reply with yes or no, and nothing else.`;
  return [{ role: "user", content }];
}

function rubricFor({ metadata }: Reference): Rubric {
  if (metadata.abstention === true) return ABSTENTION;
  const found = Object.entries(RUBRICS).find(([type]) => metadata[type] === true);
  return found ? found[1] : SAME;
}

/** Reads a reply as the authors do: it is right if "yes" stands anywhere in it, in any case. */
export function readVerdict(reply: string): Verdict {
  const said = reply.toLowerCase();
  const correct = said.includes("yes");
  return { correct, readable: correct || /\bno\b/.test(said) };
}

/** The verdict that a record holds; null if no judge was asked. */
export function verdictIn(judgement: Json | undefined): Verdict | null {
  if (typeof judgement !== "object" || judgement === null || !("correct" in judgement)) return null;
  return judgement as unknown as Verdict;
}

function asJson({ correct, readable }: Verdict): Json {
  return { correct, readable };
}
