/** The sentences that state facts, in the words of the tasks made here and of bAbI's, and how they are found in a text. */

/** What a sentence states. */
export type Fact =
  | { readonly kind: "move"; readonly who: string; readonly place: string }
  | { readonly kind: "take" | "drop"; readonly who: string; readonly thing: string }
  | { readonly kind: "give"; readonly who: string; readonly thing: string; readonly to: string }
  | { readonly kind: "in" | "out"; readonly who: string; readonly place: string }
  | { readonly kind: "either"; readonly who: string; readonly places: readonly [string, string] }
  | { readonly kind: "side"; readonly side: Side; readonly of: string; readonly place: string };

/** A point of the compass: a place lies on that side of another one. */
export type Side = "north" | "south" | "east" | "west";
/** All of them. */
export const SIDES: readonly Side[] = ["north", "south", "east", "west"];

/** The ways in which the tasks made here say that someone did something. */
export const VERBS = {
  move: ["walked to", "hurried to", "strolled to", "returned to"],
  take: ["picked up", "collected", "fetched"],
  drop: ["put down", "set down", "abandoned"],
  give: ["handed", "passed", "entrusted"],
} as const;

const MOVES = [...VERBS.move, "went to", "journeyed to", "travelled to", "moved to", "went back to"].join(
  "|",
);
const TAKES = [...VERBS.take, "got", "grabbed", "took"].join("|");
const DROPS = [...VERBS.drop, "dropped", "discarded", "left"].join("|");
const GIVES = [...VERBS.give, "gave"].join("|");
const WHO = "[A-Z][a-z]{1,20}";
const WORD = "[a-z]{1,20}";

/** A sentence that states a fact, as a pattern that JavaScript and Python read alike; its groups are numbered. */
export const FACT_PATTERN = [
  `(${WHO}) (?:${MOVES}) the (${WORD})\\.`,
  `(${WHO}) (?:(${TAKES})|${DROPS}) the (${WORD})(?: there)?\\.`,
  `(${WHO}) (?:${GIVES}) the (${WORD}) to (${WHO})\\.`,
  `(${WHO}) is (in|not in|no longer in) the (${WORD})\\.`,
  `(${WHO}) is either in the (${WORD}) or the (${WORD})\\.`,
  `The (${WORD}) is (north|south|east|west) of the (${WORD})\\.`,
].join("|");

const FACT = new RegExp(`\\b(?:${FACT_PATTERN})`, "g");

/** The facts of a text in their order, with their sentences and offsets in characters. */
export function* factsIn(text: string): Generator<{ fact: Fact; sentence: string; at: number }> {
  for (const match of text.matchAll(FACT)) yield { fact: factOf(match), sentence: match[0], at: match.index };
}

function factOf(match: RegExpMatchArray): Fact {
  const [
    ,
    mover,
    to,
    holder,
    takes,
    held,
    giver,
    given,
    taker,
    person,
    how,
    place,
    either,
    one,
    other,
    of,
    side,
    stands,
  ] = match as unknown as string[];
  if (mover !== undefined) return { kind: "move", who: mover, place: to! };
  if (holder !== undefined) return { kind: takes === undefined ? "drop" : "take", who: holder, thing: held! };
  if (giver !== undefined) return { kind: "give", who: giver, thing: given!, to: taker! };
  if (person !== undefined) return { kind: how === "in" ? "in" : "out", who: person, place: place! };
  if (either !== undefined) return { kind: "either", who: either, places: [one!, other!] };
  // "The attic is north of the cellar": what lies north of the cellar is the attic.
  return { kind: "side", side: side as Side, of: stands!, place: of! };
}
