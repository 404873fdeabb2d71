/**
 * BrowseComp's own way to score: a model compares the answer with the gold. The fields of its reply and how they are read are
 * those of openai/simple-evals (MIT) and of BrowseComp-Plus; the words around them are this project's.
 */
import type { Judge } from "../../src/episode/contract.ts";
import type { Model } from "../../src/models/model.ts";
import type { Json, Message } from "../../src/types.ts";
import { modelJudge } from "../model-judge.ts";
import { asciiDigits, WHITE_SPACE } from "../python-text.ts";
import { questionAlone } from "./answer-form.ts";

/** What a judge found, in the form of a record's `judgement`. */
export interface Verdict {
  readonly correct: boolean;
  /** The answer's stated confidence from 0 to 100, as the judge read it; null if it stated none. */
  readonly confidence: number | null;
  /** The answer that the judge extracted; null if it named none. */
  readonly extracted: string | null;
  /** False if the reply held no verdict. That counts as wrong, as does an episode without an answer. */
  readonly readable: boolean;
}

const WRONG: Verdict = { correct: false, confidence: null, extracted: null, readable: false };

/** Asks the model once for each answer; counts an empty answer as wrong without asking. */
export function browseCompJudge(model: Model): Judge {
  return modelJudge(model, {
    messages: (question, response, { answers }) => judgeMessages(questionAlone(question), response, answers),
    read: (reply) => asJson(readVerdict(reply)),
    wrong: asJson(WRONG),
  });
}

/** The messages that the judge receives. */
export function judgeMessages(question: string, response: string, gold: readonly string[]): Message[] {
  const content = `Decide whether a [response] to a [question] is correct, by the [correct_answer] alone.

[question]: ${question}

[response]: ${response}

[correct_answer]: ${gold.join(" (or) ")}

Reply with these four lines and nothing else:

extracted_final_answer: the final, exact answer that the [response] gives; None if it gives no single one.
reasoning: whether the extracted answer and the [correct_answer] mean the same, and where they differ. Another spelling, or more detail that is right, is the same answer. Do not solve the question yourself, and argue for no other answer.
correct: yes if the extracted answer is the [correct_answer], within a small margin for numbers; no if it is not, is ambiguous, or contradicts it anywhere.
confidence: the confidence that the [response] states, from 0% to 100%; 100 if it states none.`;
  return [{ role: "user", content }];
}

/** A field by its name, in bold with the colon inside or outside, or plain; the first form found counts. */
function field(reply: string, name: string, value: string): string | undefined {
  const settings = [`\\*\\*${name}:\\*\\*`, `\\*\\*${name}\\*\\*:`, `${name}:`];
  for (const setting of settings) {
    const found = new RegExp(`${setting}${value}`, "iu").exec(reply)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Reads a reply as BrowseComp-Plus does (`parse_judge_response` of `scripts_evaluation/evaluate_run.py` at 97c637c): the verdict
 * that stands in it, with white space and digits as Python's `re` has them, and a confidence of at most 100.
 */
export function readVerdict(reply: string): Verdict {
  const verdict = field(reply, "correct", `${WHITE_SPACE}*(yes|no)`)?.toLowerCase();
  if (verdict === undefined) return WRONG;
  const confidence = field(reply, "confidence", String.raw`${WHITE_SPACE}*(\p{Nd}+(?:\.\p{Nd}+)?)`);
  const extracted = field(reply, "extracted_final_answer", "[ \\t]*(.*)")?.trim() ?? "";
  return {
    correct: verdict === "yes",
    confidence: confidence === undefined ? null : Math.min(100, Number(asciiDigits(confidence))),
    extracted: extracted === "" || extracted.toLowerCase() === "none" ? null : extracted,
    readable: true,
  };
}

/** The verdict that a record holds; null if no judge was asked. */
export function verdictIn(judgement: Json | undefined): Verdict | null {
  if (typeof judgement !== "object" || judgement === null || !("correct" in judgement)) return null;
  return judgement as unknown as Verdict;
}

function asJson({ correct, confidence, extracted, readable }: Verdict): Json {
  return { correct, confidence, extracted, readable };
}
