/** How the simulated model reads documents of an invented world: it notes those that fit a part of the question, or answers. */
import type { Finding, Reading, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { formedAnswer } from "../browsecomp/answer-form.ts";
import { failures, type Node, nodesOf } from "./pattern.ts";
import { type Known, type Placed, readDocuments, writeNote } from "./read-documents.ts";
import { readQuestion } from "./read-question.ts";

const ASKS_FOR_NOTES = /\b(?:note|list|write down) (?:each|every|all|the)\b[^.]{0,300}\bdocuments?\b/i;
const ASKS_FOR_NO_ANSWER = /\bdo not answer\b/i;
/** How surely a document is understood in a short prompt. */
const CLARITY = 0.98;
/** This many misreadings of a near miss still see that it misses, for each one that does not. */
const HARMLESS = 7;

/**
 * If asked not to answer, it notes the documents that fit a part of the question; otherwise it answers with the entity that fits
 * most of it by the documents and notes of the prompt, and also notes them if asked to. A model that errs overlooks a document,
 * or takes a document that misses the question in one thing for one that fits.
 */
export const browseCompLikeReader: SliceReader<Known> = {
  name: "browsecomp-like",
  read(prompt): Reading<Known> | null {
    const pattern = readQuestion(prompt);
    if (!pattern) return null;
    const findings = readDocuments(prompt).flatMap((placed) => findingOf(placed, pattern, prompt.length));
    const notes = (all: readonly Known[]) => notesOn(all, pattern);
    if (ASKS_FOR_NO_ANSWER.test(prompt))
      return { findings, answer: (all) => notes(all) || "Nothing to note." };
    const isNoting = ASKS_FOR_NOTES.test(prompt);
    return {
      findings,
      answer: (all) => [answerFrom(all, pattern), ...(isNoting ? [notes(all)] : [])].join("\n"),
    };
  },
};

function findingOf({ known, start }: Placed, pattern: Node, promptChars: number): Finding<Known>[] {
  const nodes = nodesOf(pattern).filter(({ kind }) => kind === known.kind);
  const seen = { position: start / promptChars, clarity: CLARITY };
  if (nodes.some((node) => failures(node, known.traits) === 0)) return [{ ...seen, value: known }];
  const near = nodes.find((node) => node.tests.length > 1 && failures(node, known.traits) === 1);
  if (!near) return [];
  const harmless = Array.from({ length: HARMLESS }, () => known);
  return [{ ...seen, value: known, misreadings: [...harmless, asIfFitting(known, near)] }];
}

function asIfFitting(known: Known, { tests }: Node): Known {
  const traits = Object.fromEntries(tests.map(({ trait, value }) => [trait, value]));
  return { ...known, traits: { ...known.traits, ...traits } };
}

/** One line for each entity that fits a part of the question. */
function notesOn(all: readonly Known[], pattern: Node): string {
  const nodes = nodesOf(pattern);
  const isPart = ({ kind, traits }: Known) =>
    nodes.some((node) => node.kind === kind && failures(node, traits) === 0);
  return all.filter(isPart).map(writeNote).join("\n");
}

function answerFrom(all: readonly Known[], pattern: Node): string {
  const parts = nodesOf(pattern).length;
  let best: { name: string; fitting: number } = { name: "", fitting: 0 };
  for (const known of all) {
    const fitting = partsFitting(pattern, known, all);
    if (fitting > best.fitting) best = { name: known.name, fitting };
  }
  if (best.fitting === 0) return "The documents given do not tell.";
  return formedAnswer(best.name, Math.round((100 * best.fitting) / parts));
}

/** How many parts of the pattern an entity fits together with its linked entities; 0 if the entity itself does not fit. */
function partsFitting(node: Node, known: Known, all: readonly Known[]): number {
  if (known.kind !== node.kind || failures(node, known.traits) > 0) return 0;
  return node.edges.reduce((sum, { link, names, node: child }) => {
    const linked = all.filter((other) =>
      names ? known.links[link] === other.name : other.links[link] === known.name,
    );
    return sum + Math.max(0, ...linked.map((other) => partsFitting(child, other, all)));
  }, 1);
}
