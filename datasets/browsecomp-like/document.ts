/** Writes the document of an entity: its facts in varying words, among sentences that say nothing about it. */
import type { Random } from "../../src/random.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Entity } from "./entity.ts";
import { fillerSentence } from "./filler.ts";
import { fill, LEAD_INS, PRONOUNS, STATEMENTS, YEARS } from "./phrases.ts";
import { type Link, toldAs, TRAITS, VALUES } from "./vocabulary.ts";

export interface Document {
  readonly text: string;
  readonly tokens: number;
}

const SOURCES = [
  "The Northern Almanac",
  "Harbour Gazette",
  "Lives and Places",
  "The Cabinet of Records",
  "Notes of a Country Reader",
  "The Provincial Review",
];
/** Documents of fewer tokens leave out the source line and lead-ins. */
const TIGHT_TOKENS = 150;
/** Approximate number of sentences in a paragraph. */
const PARAGRAPH = 5;

/** A document of at most `tokens` tokens, less by under a sentence; longer if its statements alone are longer. */
export function writeDocument(entity: Entity, tokens: number, random: Random): Document {
  const isTight = tokens < TIGHT_TOKENS;
  const source = isTight ? "" : `source: ${random.choice(SOURCES)}\n`;
  const head = `---\ntitle: ${entity.name}\n${source}---\n`;
  const statements = statementsOf(entity, isTight, random);
  let left = tokens - countTokens(head + statements.join(" "));
  const fillers: string[] = [];
  while (left > 0) {
    const filler = fillerSentence(random);
    left -= countTokens(` ${filler}`);
    fillers.push(filler);
  }
  const slots = new Set(random.sampleIndices(fillers.length + statements.length, statements.length));
  for (;;) {
    const text = head + arranged(statements, fillers, slots);
    const count = countTokens(text);
    if (count <= tokens || fillers.length === 0) return { text, tokens: count };
    fillers.pop();
  }
}

/** All facts about an entity, one sentence each, in a drawn order. The first sentence has its name. */
function statementsOf(entity: Entity, isTight: boolean, random: Random): string[] {
  const { kind, traits, links } = entity;
  const facts = [
    ...TRAITS[kind].map((trait) => {
      const value = traits[trait]!;
      const isYear = trait === "year";
      const words = isYear
        ? fill(random.choice(YEARS), { y: String(value) })
        : random.choice(VALUES[trait][value]!);
      return [toldAs(kind, trait), words] as const;
    }),
    ...Object.entries(links).map(([link, other]) => [link as Link, other.name] as const),
  ];
  const pronoun = random.choice(PRONOUNS[kind]);
  const nameOrPronoun = (index: number) => (index === 0 || random.random() < 0.5 ? null : pronoun);
  return random
    .shuffle(facts)
    .map(([fact, v], index) =>
      statement(
        isTight ? "" : random.choice(LEAD_INS),
        random.choice(STATEMENTS[fact]),
        entity,
        v,
        nameOrPronoun(index),
      ),
    );
}

function statement(
  leadIn: string,
  template: string,
  { kind, name }: Entity,
  value: string,
  pronoun: string | null,
): string {
  const words = pronoun ?? (kind === "event" ? `The ${name}` : name);
  const isName = words === name;
  const subject = template.startsWith("{s}") || isName ? words : words[0]!.toLowerCase() + words.slice(1);
  return leadIn + capitalised(fill(template, { s: subject, n: name, v: value }));
}

function capitalised(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

/** Statements at the drawn slots, fillers at the others; skips slots beyond the last sentence. */
function arranged(
  statements: readonly string[],
  fillers: readonly string[],
  slots: ReadonlySet<number>,
): string {
  const [told, idle] = [[...statements], [...fillers]];
  const sentences: string[] = [];
  for (let slot = 0; told.length + idle.length > 0; slot += 1) {
    const next = slots.has(slot) || idle.length === 0 ? told.shift() : idle.shift();
    if (next !== undefined) sentences.push(next);
  }
  const paragraphs: string[] = [];
  for (let i = 0; i < sentences.length; i += PARAGRAPH)
    paragraphs.push(sentences.slice(i, i + PARAGRAPH).join(" "));
  return paragraphs.join("\n");
}
