/** Pieces of writing for MRCR: invented, of many forms and topics, and no two alike. */
import { adjectives, animals } from "unique-names-generator";
import type { Random } from "../../src/random.ts";
import type { Request } from "./wording.ts";

const FORMS = [
  "poem",
  "letter",
  "speech",
  "short story",
  "diary entry",
  "riddle",
  "toast",
  "obituary",
  "recipe",
  "essay",
  "sermon",
  "notice",
];

const SENTENCES = [
  "I have seen {t} once, on a {a} morning, and never spoke of it.",
  "Nobody in the valley agrees on {t}, least of all the {b} keeper.",
  "There were {n} of us, and each told another tale of {t}.",
  "The {a} {b} sleeps; let it, for {t} can wait.",
  "Whoever praises {t} has not paid the bill of {n} crowns.",
  "My aunt kept a drawing of {t} beneath the {a} stair.",
  "Ask the {b}: it knows {t} better than the book does.",
  "In the year of the flood {t} was all that people sang of.",
  "Take {n} parts of patience and one of {t}, and stir.",
  "It is a {a} matter, {t}, and a slow one.",
  "We walked {n} miles to hear what the {b} would say of {t}.",
  "Let it be known that {t} is not for sale at the {a} gate.",
  "The bell rang {n} times, and at the last we thought of {t}.",
  "A {a} wind, a {a} door, and behind it {t}.",
  "You asked me about {t}; I answer with a {b} and a blush.",
  "On page {n} somebody has written: beware of {t}.",
];
const FEWEST_SENTENCES = 5;
const MOST_SENTENCES = 12;

/** A request, drawn from all forms and topics. */
export function drawRequest(random: Random): Request {
  return { form: random.choice(FORMS), topic: drawTopic(random) };
}

/** A request that shares the form or the topic with another one, but not both. */
export function drawLikeRequest({ form, topic }: Request, random: Random): Request {
  if (random.random() < 0.5) return { form, topic: drawOther(topic, () => drawTopic(random)) };
  return { form: drawOther(form, () => random.choice(FORMS)), topic };
}

/** A piece of writing about the topic. */
export function drawWriting({ topic }: Request, random: Random): string {
  const count = random.randint(FEWEST_SENTENCES, MOST_SENTENCES);
  return Array.from({ length: count }, () =>
    random
      .choice(SENTENCES)
      .replaceAll("{t}", topic)
      .replace(/\{a\}/g, () => random.choice(adjectives))
      .replace(/\{b\}/g, () => random.choice(animals))
      .replace(/\{n\}/g, () => String(random.randint(3, 999)))
      .replace(/\b([Aa]) (?=[aeiou])/g, "$1n "),
  ).join(" ");
}

function drawTopic(random: Random): string {
  return `the ${random.choice(adjectives)} ${random.choice(animals)}`;
}

function drawOther(known: string, draw: () => string): string {
  for (;;) {
    const drawn = draw();
    if (drawn !== known) return drawn;
  }
}
