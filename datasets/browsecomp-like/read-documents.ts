/** Reads documents of an invented world back with the templates that wrote them, and the notes made of such documents. */
import { z } from "zod";
import { escaped, LEAD_INS, patternOf, PRONOUNS, STATEMENTS, YEARS } from "./phrases.ts";
import {
  type Kind,
  KINDS,
  type Link,
  LINKS,
  linksOf,
  type NamedTrait,
  toldAs,
  type Told,
  TRAITS,
  type Trait,
  VALUES,
} from "./vocabulary.ts";

/** What a document, or a part of one, says about its entity; links hold names. */
export interface Known {
  readonly kind: Kind;
  readonly name: string;
  readonly traits: Readonly<Partial<Record<Trait, number>>>;
  readonly links: Readonly<Partial<Record<Link, string>>>;
}

export interface Placed {
  readonly known: Known;
  /** Offset in the text, in characters. */
  readonly start: number;
}

const HEAD = /^---\ntitle: (.+)\n(?:.+\n)*?---\n/gm;
const NOTE = /^Note: (\{.+\})$/gm;
/** Replaces the name in sentences. */
const NAME = "\u0001";

/** The documents and notes of a text; skips a document whose head is cut off. */
export function readDocuments(text: string): Placed[] {
  const heads = [...text.matchAll(HEAD)];
  const documents = heads.flatMap((head, i) => {
    const body = text.slice(head.index + head[0].length, heads[i + 1]?.index);
    const known = readBody(head[1]!, body);
    return known === null ? [] : [{ known, start: head.index }];
  });
  const notes = [...text.matchAll(NOTE)].flatMap(({ 1: json = "", index: start }) => {
    const known = readNote(json);
    return known === null ? [] : [{ known, start }];
  });
  return [...documents, ...notes];
}

/** A line that `readDocuments` reads back. */
export function writeNote(known: Known): string {
  return `Note: ${JSON.stringify(known)}`;
}

/** Null for a line that only resembles a note: prompts hold arbitrary text. */
function readNote(json: string): Known | null {
  try {
    const parsed = Note.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

const Note = z.object({
  kind: z.enum(KINDS),
  name: z.string(),
  traits: z.record(z.string(), z.number()),
  links: z.record(z.string(), z.string()),
});

/** Takes the kind for which the text states the most facts. */
function readBody(name: string, body: string): Known | null {
  const sentences = body.replaceAll(name, NAME).split(/(?<=\.)\s+/);
  const readings = KINDS.map((kind) => readAs(kind, name, sentences));
  const size = ({ traits, links }: Known) => Object.keys(traits).length + Object.keys(links).length;
  const best = readings.reduce((a, b) => (size(b) > size(a) ? b : a));
  return size(best) > 0 ? best : null;
}

function readAs(kind: Kind, name: string, sentences: readonly string[]): Known {
  const traits = TRAITS[kind].map((trait) => [trait, valueOf(kind, trait, sentences)] as const);
  const links = linksOf(kind).map((link) => [link, slotIn(PATTERNS[link], sentences)] as const);
  return { kind, name, traits: told(traits), links: told(links) };
}

function told<Key extends string, Value>(
  entries: readonly (readonly [Key, Value | null])[],
): Partial<Record<Key, Value>> {
  return Object.fromEntries(entries.filter(([, value]) => value !== null)) as Partial<Record<Key, Value>>;
}

function valueOf(kind: Kind, trait: Trait, sentences: readonly string[]): number | null {
  const words = slotIn(PATTERNS[toldAs(kind, trait)], sentences);
  if (words === null) return null;
  return trait === "year" ? Number(words.slice(-4)) : INDEX_OF[trait].get(words)!;
}

/** The text in the value's slot of the first sentence that matches. */
function slotIn(pattern: RegExp, sentences: readonly string[]): string | null {
  for (const sentence of sentences) {
    const match = pattern.exec(sentence);
    if (match) return match.slice(1).find((group) => group !== undefined) ?? null;
  }
  return null;
}

const alternatives = (words: readonly string[]) => `(?:${[...new Set(words)].map(escaped).join("|")})`;
const lowered = (word: string) => word[0]!.toLowerCase() + word.slice(1);

const SUBJECTS = Object.values(PRONOUNS).flatMap((words) => words.flatMap((word) => [word, lowered(word)]));
const SUBJECT = alternatives([NAME, `The ${NAME}`, `the ${NAME}`, ...SUBJECTS]);
/** Only those with a colon: a lead-in with a full stop is a sentence of its own. */
const LEAD_IN = alternatives(LEAD_INS.filter((words) => words.endsWith(": ")));
const PROPER_NAME = "[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)?";
const YEAR = `(?:${YEARS.map((template) => patternOf(template, { y: String.raw`\d{4}` })).join("|")})`;

const INDEX_OF = Object.fromEntries(
  Object.entries(VALUES).map(([trait, values]) => {
    const indices = values.flatMap((wordings, index) => wordings.map((words) => [words, index] as const));
    return [trait, new Map(indices)];
  }),
) as unknown as Record<NamedTrait, ReadonlyMap<string, number>>;

const PATTERNS = Object.fromEntries(
  (Object.keys(STATEMENTS) as (Told | Link)[]).map((fact) => {
    const slots = { s: SUBJECT, n: NAME, v: `(${slotOf(fact)})` };
    const forms = STATEMENTS[fact].map((template) => patternOf(template, slots));
    return [fact, new RegExp(`^${LEAD_IN}?(?:${forms.join("|")})$`)];
  }),
) as Record<Told | Link, RegExp>;

/** What a statement's value looks like. */
function slotOf(fact: Told | Link): string {
  if (fact in LINKS) return PROPER_NAME;
  return fact in VALUES ? alternatives([...INDEX_OF[fact as NamedTrait].keys()]) : YEAR;
}
