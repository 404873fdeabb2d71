/** Answers the questions of qa1 to qa10 from facts in their order, as a reader does. The makers of tasks do not use it. */
import type { Fact, Side } from "./facts.ts";

/** The answer; null if the facts do not tell, or the question is of another kind. `numbers`: the words for 0, 1, 2 and 3. */
export function answerFrom(
  facts: readonly Fact[],
  question: string,
  numbers: readonly string[],
): string | null {
  for (const [pattern, answer] of QUESTIONS) {
    const found = pattern.exec(question);
    if (found) return answer(facts, found.slice(1), numbers);
  }
  return null;
}

type Answer = (facts: readonly Fact[], words: readonly string[], numbers: readonly string[]) => string | null;

const QUESTIONS: readonly (readonly [RegExp, Answer])[] = [
  [/Where is ([A-Z]\w*)\s*\?/, (facts, [who]) => lastPlace(facts, who!)],
  [/Where is the (\w+)\s*\?/, (facts, [thing]) => placesOf(facts, thing!).at(-1) ?? null],
  [/Where was the (\w+) before the (\w+)\s*\?/, (facts, [thing, place]) => before(facts, thing!, place!)],
  [
    /What is (north|south|east|west) of the (\w+)\s*\?/,
    (facts, [side, of]) => besides(facts, side as Side, of!, null),
  ],
  [
    /What is the (\w+) (north|south|east|west) of\s*\?/,
    (facts, [place, side]) => besides(facts, side as Side, null, place!),
  ],
  [/What did (\w+) give to (\w+)\s*\?/, (facts, [who, to]) => gift(facts, { who, to })?.thing ?? null],
  [/Who did (\w+) give the (\w+) to\s*\?/, (facts, [who, thing]) => gift(facts, { who, thing })?.to ?? null],
  [/Who gave the (\w+) to (\w+)\s*\?/, (facts, [thing, to]) => gift(facts, { thing, to })?.who ?? null],
  [/Who gave the (\w+)\s*\?/, (facts, [thing]) => gift(facts, { thing })?.who ?? null],
  [/Who received the (\w+)\s*\?/, (facts, [thing]) => gift(facts, { thing })?.to ?? null],
  [/Is (\w+) in the (\w+)\s*\?/, (facts, [who, place]) => isIn(facts, who!, place!)],
  [
    /How many objects is (\w+) carrying\s*\?/,
    (facts, [who], numbers) => numbers[carried(facts, who!).length] ?? null,
  ],
  [/What is (\w+) carrying\s*\?/, (facts, [who]) => carried(facts, who!).join(",") || "nothing"],
];

function lastPlace(facts: readonly Fact[], who: string): string | null {
  const last = facts.findLast((fact) => fact.kind === "move" && fact.who === who);
  return last?.kind === "move" ? last.place : null;
}

/** Where a thing was, one place after the other. */
function placesOf(facts: readonly Fact[], thing: string): string[] {
  const places: string[] = [];
  const at = new Map<string, string>();
  let holder: string | null = null;
  for (const fact of facts) {
    if (fact.kind === "move") at.set(fact.who, fact.place);
    if ((fact.kind === "take" || fact.kind === "drop" || fact.kind === "give") && fact.thing === thing)
      holder = fact.kind === "take" ? fact.who : fact.kind === "give" ? fact.to : null;
    const [carrier, hands] = [holder, fact.kind === "drop" && fact.thing === thing ? fact.who : null];
    const place = at.get(carrier ?? hands ?? "");
    if (place !== undefined && places.at(-1) !== place) places.push(place);
  }
  return places;
}

function before(facts: readonly Fact[], thing: string, place: string): string | null {
  const places = placesOf(facts, thing);
  const last = places.lastIndexOf(place);
  return last > 0 ? places[last - 1]! : null;
}

function besides(facts: readonly Fact[], side: Side, of: string | null, place: string | null): string | null {
  for (const fact of facts) {
    if (fact.kind !== "side" || fact.side !== side) continue;
    if (fact.of === of) return fact.place;
    if (fact.place === place) return fact.of;
  }
  return null;
}

interface Gift {
  readonly who?: string | undefined;
  readonly thing?: string | undefined;
  readonly to?: string | undefined;
}

/** The last gift of which the given parts are true. */
function gift(facts: readonly Fact[], wanted: Gift) {
  const last = facts.findLast(
    (fact) =>
      fact.kind === "give" &&
      (wanted.who ?? fact.who) === fact.who &&
      (wanted.thing ?? fact.thing) === fact.thing &&
      (wanted.to ?? fact.to) === fact.to,
  );
  return last?.kind === "give" ? last : null;
}

function isIn(facts: readonly Fact[], who: string, place: string): string | null {
  const last = facts.findLast((fact) => "who" in fact && fact.who === who && TELLS_PLACE.has(fact.kind));
  if (last === undefined) return null;
  if (last.kind === "either") return last.places.includes(place) ? "maybe" : "no";
  if (last.kind === "out") return last.place === place ? "no" : null;
  return "place" in last && last.place === place ? "yes" : "no";
}

const TELLS_PLACE: ReadonlySet<Fact["kind"]> = new Set(["move", "in", "out", "either"]);

function carried(facts: readonly Fact[], who: string): string[] {
  const things = new Set<string>();
  for (const fact of facts) {
    if (fact.kind === "take" && fact.who === who) things.add(fact.thing);
    if (fact.kind === "drop" && fact.who === who) things.delete(fact.thing);
    if (fact.kind === "give" && fact.who === who) things.delete(fact.thing);
    if (fact.kind === "give" && fact.to === who) things.add(fact.thing);
  }
  return [...things];
}
