/** The wording of a question: one sentence for each document's part of its pattern, in other words than the documents use. */
import type { Random } from "../../src/random.ts";
import type { Node, Test } from "./pattern.ts";
import { ASKED, fill, LINKED } from "./phrases.ts";
import { type Kind, toldAs, VALUES } from "./vocabulary.ts";

/** What a question calls the thing it asks for. */
export const NOUNS: Readonly<Record<Kind, string>> = {
  person: "the person",
  work: "the work",
  place: "the town",
  event: "the event",
};

const OPENINGS = [
  "All of the following is true of {p}, and of no other.",
  "Find {p} of which all of this holds.",
  "Only one name fits what follows.",
];
const CLOSINGS = ["What is the name of {p}?", "How is {p} called?", "Give the name of {p}."];

export function wordQuestion(pattern: Node, random: Random): string {
  const p = NOUNS[pattern.kind];
  const sentences = [...sentencesOf(pattern, p, random)];
  return [fill(random.choice(OPENINGS), { p }), ...sentences, fill(random.choice(CLOSINGS), { p })].join(" ");
}

function* sentencesOf(node: Node, subject: string, random: Random): Generator<string> {
  const verbs = node.tests.map((test) => verbPhrase(node.kind, test, random));
  yield `${subject[0]!.toUpperCase()}${subject.slice(1)} ${verbs.join(" and ")}.`;
  for (const { link, names, node: child } of node.edges) {
    const noun = fill(random.choice(LINKED[`${names ? ">" : "<"}${link}`]), { p: subject });
    yield* sentencesOf(child, noun, random);
  }
}

function verbPhrase(kind: Kind, { trait, value }: Test, random: Random): string {
  const v = trait === "year" ? String(value) : random.choice(VALUES[trait][value]!);
  return fill(random.choice(ASKED[toldAs(kind, trait)]), { v });
}
