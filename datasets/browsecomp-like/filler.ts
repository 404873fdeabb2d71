/** Sentences that say nothing about the entity of their document, some of them in words that statements use. */
import { adjectives, animals } from "unique-names-generator";
import type { Random } from "../../src/random.ts";
import { fill, YEARS } from "./phrases.ts";
import { FIRST_YEAR, LAST_YEAR, type NamedTrait, VALUES } from "./vocabulary.ts";

const IDLE = [
  "A {a} wind blew over the fields for most of {y}.",
  "The winter of {y} was {a}, and bread was dear.",
  "Somebody had drawn a {b} on the margin of the page.",
  "A print of a {a} {b} hung in the hall.",
  "The inn was called the {b}, for reasons that nobody remembered.",
  "Much has been written about this, most of it {a}.",
  "The lawyers' letters fill a box, and a {a} one.",
  "Old people spoke of a {b} that was seen on the road in {y}.",
  "The roof was mended in {y} and again eleven years later.",
  "An index of {m} pages was begun and never ended.",
  "It rained on {m} days of {y}.",
  "Of the {m} letters that are kept, few are dated.",
  "The road to the coast was {a} then, and took {m} hours.",
  "A {a} quarrel over a {b} went through three courts.",
  "The press found the matter {a} and soon turned to another.",
  "Historians are {a} on this point.",
  "A cast of a {b} stood over the door until {y}.",
  "The bill came to {m} crowns, which was thought {a}.",
];

/** Statements about others, so that a search for a trait's words finds them as well. */
const DECOYS = [
  "An uncle was {occupation}, and died {when}.",
  "The house next door belonged to {occupation}.",
  "The same shelf holds {form} by a forgotten hand.",
  "A rival had sold {form} the year before.",
  "The next valley lived by {trade}.",
  "Further inland they have {landmark}, or so it is said.",
  "On the same day {contest} was held two towns away.",
  "The bells were rung for {contest} {when}.",
  "A namesake was born {when} and is often mistaken for the one meant here.",
];
const DECOY_SHARE = 0.2;

/** A random sentence. */
export function fillerSentence(random: Random): string {
  const year = random.randint(FIRST_YEAR, LAST_YEAR);
  if (random.random() >= DECOY_SHARE) {
    const template = random.choice(IDLE);
    const slots = {
      a: random.choice(adjectives),
      b: random.choice(animals),
      m: String(random.randint(11, 99)),
      y: String(year),
    };
    return fill(template, slots).replace(/\b([Aa]) (?=[aeiou])/g, "$1n ");
  }
  const when = fill(random.choice(YEARS), { y: String(year) });
  const decoy = random.choice(DECOYS).replace("{when}", when);
  return decoy.replace(/\{(\w+)\}/g, (_, trait: NamedTrait) =>
    random.choice(random.choice(VALUES[trait])).replace(/^its /, "the "),
  );
}
