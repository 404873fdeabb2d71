/** Reads a question about an invented world back into its pattern. */
import type { Node, Test } from "./pattern.ts";
import { ASKED, escaped, LINKED, patternOf } from "./phrases.ts";
import { NOUNS } from "./question.ts";
import { type Kind, KINDS, type Link, LINKS, toldAs, TRAITS, type Trait, VALUES } from "./vocabulary.ts";

/** Grows while sentences are read; a parent's sentence comes before its children's. */
interface Growing extends Node {
  readonly tests: Test[];
  readonly edges: { readonly link: Link; readonly names: boolean; readonly node: Growing }[];
}

/** The pattern of the first question in a text; null if there is none. */
export function readQuestion(text: string): Node | null {
  const nodes = new Map<string, Growing>();
  let root: Growing | null = null;
  for (const sentence of sentencesOf(text)) {
    const read = readSentence(sentence);
    if (read === null) continue;
    const path = read.path.join(" ");
    if (read.path.length === 0 && root !== null) break;
    if (nodes.has(path)) continue;
    const node: Growing = { kind: read.kind, tests: read.tests, edges: [] };
    nodes.set(path, node);
    if (read.path.length === 0) root = node;
    else attach(nodes, read.path, node);
  }
  return root;
}

/** From a capital letter to a full stop in the same line, without the stop. Skips sentences longer than any question's. */
function* sentencesOf(text: string): Generator<string> {
  for (const { 0: part, index } of text.matchAll(/[^.\n]+/g)) {
    if (text[index + part.length] !== ".") continue;
    const start = part.search(/[A-Z]/);
    if (start !== -1 && part.length - start <= MAX_SENTENCE_CHARS) yield part.slice(start);
  }
}

const MAX_SENTENCE_CHARS = 1000;

type Step = `${">" | "<"}${Link}`;

function attach(nodes: ReadonlyMap<string, Growing>, path: readonly Step[], node: Growing): void {
  const step = path.at(-1)!;
  const parent = nodes.get(path.slice(0, -1).join(" "));
  parent?.edges.push({ link: step.slice(1) as Link, names: step.startsWith(">"), node });
}

interface SentenceRead {
  readonly kind: Kind;
  /** From the thing asked for to the subject. */
  readonly path: readonly Step[];
  readonly tests: Test[];
}

function readSentence(sentence: string): SentenceRead | null {
  for (const kind of KINDS) {
    const match = PREDICATES[kind].exec(sentence);
    const path = match && readNoun(lowered(match[1]!), kind);
    if (path) return { kind, path, tests: testsIn(kind, match[2]!) };
  }
  return null;
}

/** The steps that a noun phrase takes, if it ends at this kind. */
function readNoun(noun: string, kind: Kind): Step[] | null {
  if (noun === NOUNS[kind]) return [];
  for (const [step, pattern] of STEPS) {
    const [from, to] = LINKS[step.slice(1) as Link];
    const [parent, child] = step.startsWith(">") ? [from, to] : [to, from];
    const inner = child === kind ? pattern.exec(noun)?.slice(1).find(Boolean) : undefined;
    const path = inner === undefined ? null : readNoun(inner, parent);
    if (path) return [...path, step];
  }
  return null;
}

function testsIn(kind: Kind, predicate: string): Test[] {
  return TRAITS[kind].flatMap((trait) => {
    const found = verbPatterns(kind, trait).find(({ pattern }) => pattern.test(predicate));
    if (!found) return [];
    const value = found.value ?? Number(/(\d{4})s/.exec(predicate)?.[1]);
    return [{ trait, value }];
  });
}

interface VerbPattern {
  readonly pattern: RegExp;
  /** Null for years, which the text states. */
  readonly value: number | null;
}

function verbPatterns(kind: Kind, trait: Trait): readonly VerbPattern[] {
  return VERBS.get(toldAs(kind, trait))!;
}

const VERBS: ReadonlyMap<string, readonly VerbPattern[]> = new Map(
  KINDS.flatMap((kind) =>
    TRAITS[kind].map((trait) => {
      const verbs = ASKED[toldAs(kind, trait)];
      const whole = (v: string) =>
        new RegExp(`(?:^| and )(?:${verbs.map((verb) => patternOf(verb, { v })).join("|")})(?: and |$)`);
      const patterns: VerbPattern[] =
        trait === "year"
          ? [{ pattern: whole(String.raw`\d{4}`), value: null }]
          : VALUES[trait].map((wordings, value) => ({
              pattern: whole(`(?:${wordings.map(escaped).join("|")})`),
              value,
            }));
      return [toldAs(kind, trait), patterns] as const;
    }),
  ),
);

/** Matches a subject and one or two verb phrases, for each kind. */
const PREDICATES = Object.fromEntries(
  KINDS.map((kind) => {
    const verbs = TRAITS[kind].flatMap((trait) => {
      const v = trait === "year" ? String.raw`\d{4}` : `(?:${VALUES[trait].flat().map(escaped).join("|")})`;
      return ASKED[toldAs(kind, trait)].map((verb) => patternOf(verb, { v }));
    });
    const verb = `(?:${verbs.join("|")})`;
    return [kind, new RegExp(`^(.+?) (${verb}(?: and ${verb})?)$`)];
  }),
) as Record<Kind, RegExp>;

const STEPS = (Object.keys(LINKED) as Step[]).map((step) => {
  const forms = LINKED[step].map((template) => patternOf(template, { p: "(.+)" }));
  return [step, new RegExp(`^(?:${forms.join("|")})$`)] as const;
});

function lowered(text: string): string {
  return text[0]!.toLowerCase() + text.slice(1);
}
