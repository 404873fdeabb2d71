/** Claims about invented methods, and the sentences of papers that report them, or come close to it. */
import type { Random } from "../../src/random.ts";

/** What is measured, in the words of different papers. The first ones are those of claims. */
export const MEASURES: readonly (readonly string[])[] = [
  ["error rate", "share of wrong outputs", "number of misses per hundred trials"],
  ["response delay", "time to the first result", "wait for an output"],
  ["memory use", "storage footprint", "space taken in store"],
  ["energy use", "power drawn per run", "electricity bill of a run"],
  ["training cost", "time spent on training", "price of a full training run"],
  ["output drift", "change of outputs over months", "instability over time"],
  ["recall of rare cases", "share of rare cases found", "coverage of the tail"],
  ["agreement with experts", "match with expert verdicts", "share of verdicts that experts confirm"],
  ["throughput", "number of items handled a second", "rate of finished work"],
  ["calibration gap", "distance between stated and true confidence", "overconfidence of outputs"],
];

/** Whether a method makes a measure smaller or larger. */
export type Direction = "lowers" | "raises";

/** A method by its full name, which papers also shorten. */
export interface Method {
  readonly name: string;
  readonly short: string;
}

/** What a sentence reports: that a method changed a measure, or left it. */
export interface Finding {
  readonly method: string;
  /** The place in `MEASURES`. */
  readonly measure: number;
  /** Null: nothing changed. */
  readonly direction: Direction | null;
}

/** A claim is a finding with a direction. */
export type Claim = Finding & { readonly direction: Direction };

const VERBS: Readonly<Record<Direction, readonly string[]>> = {
  lowers: ["lowered", "cut", "reduced", "brought down"],
  raises: ["raised", "lifted", "increased", "pushed up"],
};

/** Sentences that report a change: by a verb, or by two figures of which the reader has to see the larger one. */
const BY_VERB = [
  "On {set}, {method} {verb} the {measure} from {before} to {after}.",
  "Replacing the usual step by {method} {verb} the {measure} on {set} ({before} before, {after} after).",
  "Over {runs} runs on {set}, {method} {verb} the {measure}, on average from {before} to {after}.",
];
const BY_FIGURES = [
  "With {method}, the {measure} on {set} was {after}, against {before} without it.",
  "The {measure} on {set} stood at {before} in the plain system and at {after} once {method} was added.",
];
/** Sentences that report that nothing changed. */
const UNCHANGED = [
  "On {set}, {method} left the {measure} where it was, at {before}.",
  "We saw no change of the {measure} on {set} with {method} ({before} in both cases).",
];
/** Sentences about the same things that report nothing. */
const IDLE = [
  "It is often said that {method} {says} the {measure}, which we do not test here.",
  "Whether {method} {says} the {measure} on {set} is left to later work.",
  "A longer study of {method} and the {measure} is planned for {set}.",
];

/** Groups of a template, as a pattern. Names of sets and methods are those that `drawMethod` and `drawSet` make. */
const GROUPS: Readonly<Record<string, string>> = {
  set: String.raw`[A-Z][a-z]+-\d{2,3}`,
  method: String.raw`[A-Z][a-z]+ [a-z]+|[A-Z]{3}`,
  verb: Object.values(VERBS).flat().join("|"),
  measure: MEASURES.flat().join("|"),
  before: String.raw`\d+\.\d`,
  after: String.raw`\d+\.\d`,
  runs: String.raw`\d+`,
};

const REPORTS = [...BY_VERB, ...BY_FIGURES, ...UNCHANGED].map((template) => patternOf(template));

/** A sentence that reports a finding, with invented figures. */
export function reportSentence(finding: Finding, named: string, set: string, random: Random): string {
  const { measure, direction } = finding;
  const low = random.randint(60, 400) / 10;
  const high = low + random.randint(15, 300) / 10;
  const [before, after] = direction === "raises" ? [low, high] : [high, low];
  const template = random.choice(direction === null ? UNCHANGED : [...BY_VERB, ...BY_FIGURES]);
  return fill(template, {
    set,
    method: named,
    measure: random.choice(MEASURES[measure]!),
    verb: direction === null ? "" : random.choice(VERBS[direction]),
    before: before.toFixed(1),
    after: after.toFixed(1),
    runs: String(random.randint(3, 48)),
  });
}

/** A sentence that names the things of a claim and reports nothing. */
export function idleSentence({ measure }: Finding, named: string, set: string, random: Random): string {
  const says = random.choice(["lowers", "raises", "changes"]);
  return fill(random.choice(IDLE), { set, method: named, measure: random.choice(MEASURES[measure]!), says });
}

/** A finding that a text reports, by the name that the text uses, and where its sentence stands. */
export interface Reported {
  readonly finding: Finding;
  readonly sentence: string;
  readonly start: number;
}

/** All findings that a text reports, in its order. */
export function reportedIn(text: string): Reported[] {
  return REPORTS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match): Reported => {
      const { method = "", measure = "", verb, before, after } = match.groups ?? {};
      return {
        finding: {
          method,
          measure: MEASURES.findIndex((names) => names.includes(measure)),
          direction: directionOf(verb, before, after),
        },
        sentence: match[0],
        start: match.index,
      };
    }),
  ).toSorted((a, b) => a.start - b.start);
}

function directionOf(verb?: string, before?: string, after?: string): Direction | null {
  if (verb !== undefined) return VERBS.lowers.includes(verb) ? "lowers" : "raises";
  return after === undefined ? null : Number(after) < Number(before) ? "lowers" : "raises";
}

/** The claim in words. */
export function claimText({ method, measure, direction }: Claim): string {
  return `${method} ${direction} the ${MEASURES[measure]![0]!}.`;
}

/** The claim of a text that contains one in the words of `claimText` after the mark; null if there is none. */
export function claimIn(text: string, mark: string): Claim | null {
  const at = text.indexOf(mark);
  const found = /^([A-Z][a-z]+ [a-z]+) (lowers|raises) the ([a-z ]+)\./.exec(text.slice(at + mark.length));
  if (at === -1 || !found) return null;
  const measure = MEASURES.findIndex(([name]) => name === found[3]);
  return measure === -1 ? null : { method: found[1]!, measure, direction: found[2] as Direction };
}

const STEMS =
  "Bral Corv Dend Elst Farn Grev Halm Irdu Jask Kelv Lorn Mord Nesk Ostr Pral Querv Rusk Strev Tald Ulm Vasc Wend Yarl Zent";
const ENDS = "an el in or as et ik ul";
const KINDS = "pruning routing pooling gating hashing folding tiling weaving pacing sorting masking staging";
const SETS =
  "Alder Birch Cedar Dogwood Elder Fern Gorse Hazel Ivy Juniper Laurel Maple Nettle Oak Pine Quince Rowan Sedge Thistle Willow";

/** A method with a name and a short form that none of `others` has. */
export function drawMethod(random: Random, others: readonly Method[]): Method {
  for (;;) {
    const stem = random.choice(STEMS.split(" ")) + random.choice(ENDS.split(" "));
    const kind = random.choice(KINDS.split(" "));
    const short = `${stem[0]!}${stem[2]!}${kind[0]!}`.toUpperCase();
    const name = `${stem} ${kind}`;
    if (others.every((other) => other.name !== name && other.short !== short)) return { name, short };
  }
}

/** The name of an invented collection that methods are measured on. */
export function drawSet(random: Random): string {
  return `${random.choice(SETS.split(" "))}-${random.randint(10, 999)}`;
}

function fill(template: string, slots: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, slot: string) => slots[slot] ?? "");
}

function patternOf(template: string): RegExp {
  const pattern = template
    .replace(/[().]/g, String.raw`\$&`)
    .replace(/\{(\w+)\}/g, (_, slot: string) => `(?<${slot}>${GROUPS[slot]!})`);
  return new RegExp(pattern, "g");
}
