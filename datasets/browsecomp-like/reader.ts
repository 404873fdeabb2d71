/** How the simulated model reads documents of a made world: it notes those that fit a part of the question, or answers. */
import type { Finding, Reading, SliceReader } from "../../src/models/reader.ts";
import { formedAnswer } from "../browsecomp/answer-form.ts";
import { failures, type Node, nodesOf } from "./pattern.ts";
import { type Known, type Placed, readDocuments, writeNote } from "./read-documents.ts";
import { readQuestion } from "./read-question.ts";

/** Not the question itself, which asks for a name. */
const ASKS_FOR_NOTES = /\b(?:note|list|copy)\b[^.]*\b(?:documents?|facts?)\b/i;
/** How surely a document is understood in a short prompt. */
const CLARITY = 0.98;

/**
 * Asked for notes, it writes down the documents that may bear on the question; else it answers with the entity that fits most
 * of the question by the documents and notes of the prompt. A model that errs overlooks a document, or takes one that misses
 * the question by a single thing for one that fits.
 */
export const browseCompLikeReader: SliceReader<Known> = {
  name: "browsecomp-like",
  read(prompt): Reading<Known> | null {
    const pattern = readQuestion(prompt);
    if (!pattern) return null;
    const findings = readDocuments(prompt).flatMap((placed) => findingOf(placed, pattern, prompt.length));
    if (ASKS_FOR_NOTES.test(prompt))
      return { findings, answer: (known) => known.map(writeNote).join("\n") || "Nothing to note." };
    return { findings, answer: (known) => answerFrom(known, pattern) };
  },
};

function findingOf({ known, start }: Placed, pattern: Node, promptChars: number): Finding<Known>[] {
  const nodes = nodesOf(pattern).filter(({ kind }) => kind === known.kind);
  const place = { position: start / promptChars, clarity: CLARITY };
  if (nodes.some((node) => failures(node, known.traits) === 0)) return [{ ...place, value: known }];
  const near = nodes.find((node) => node.tests.length > 1 && failures(node, known.traits) === 1);
  return near ? [{ ...place, value: known, misreadings: [asIfFitting(known, near)] }] : [];
}

function asIfFitting(known: Known, { tests }: Node): Known {
  const traits = Object.fromEntries(tests.map(({ trait, value }) => [trait, value]));
  return { ...known, traits: { ...known.traits, ...traits } };
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

/** How many parts of the pattern an entity fits together with what is linked to it; 0 where it is another thing itself. */
function partsFitting(node: Node, known: Known, all: readonly Known[]): number {
  if (known.kind !== node.kind || failures(node, known.traits) > 0) return 0;
  return node.edges.reduce((sum, { link, names, node: child }) => {
    const linked = all.filter((other) =>
      names ? known.links[link] === other.name : other.links[link] === known.name,
    );
    return sum + Math.max(0, ...linked.map((other) => partsFitting(child, other, all)));
  }, 1);
}
