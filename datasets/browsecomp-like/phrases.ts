/** The wording of documents and questions: templates with slots, which are filled here and read back with the same templates. */
import type { Kind, Link, Told } from "./vocabulary.ts";

/**
 * Sentences of documents. `{s}` is the subject: its name, or a word for it if it begins the sentence or follows a
 * comma; `{n}` is always its name; `{v}` is the value: a trait's wording, or the name that a link points to.
 */
export const STATEMENTS: Readonly<Record<Told | Link, readonly string[]>> = {
  occupation: [
    "{s} worked as {v}.",
    "By trade, {s} was {v}.",
    "{s} earned a living as {v}.",
    "For the greater part of a long life, {s} was {v}.",
    "The guild's rolls enter {n} as {v}.",
    "Neighbours knew {n} as {v}.",
  ],
  "person.year": [
    "{s} was born {v}.",
    "{s} came into the world {v}.",
    "The parish register has {n} baptised {v}.",
    "Born {v}, {s} was the youngest of the house.",
  ],
  birthplace: [
    "{s} was a native of {v}.",
    "{s} spent the first years of life in {v}, the town of birth.",
    "The cradle of {n} stood in {v}.",
    "It was {v} that gave birth to {n}.",
    "{v} is where {n} was born.",
  ],
  form: [
    "{s} is {v}.",
    "Those who open it find that {n} is {v}.",
    "What the world calls {n} is {v}.",
    "The catalogue describes {n} as {v}.",
    "Under this title, {s} was offered as {v}.",
  ],
  "work.year": [
    "{s} appeared {v}.",
    "{s} was first shown to the public {v}.",
    "The last touch was given to {n} {v}.",
    "It was {v} that {n} was finished.",
  ],
  maker: [
    "{s} is the work of {v}.",
    "{s} was made by {v}.",
    "{s} came from the hand of {v}.",
    "{v} made {n} in a single winter.",
    "The signature on {n} is that of {v}.",
  ],
  trade: [
    "{s} lived by {v}.",
    "{s} owed every penny to {v}.",
    "Travellers knew {n} for {v}.",
    "Most households of {n} were fed by {v}.",
    "What paid the rents of {n} was {v}.",
  ],
  landmark: [
    "{s} had {v}.",
    "{s} was proud of {v}.",
    "Visitors to {n} were shown {v}.",
    "Every view of {n} has in it {v}.",
    "The coat of arms of {n} bears {v}.",
  ],
  contest: [
    "{s} was {v}.",
    "What drew the crowd to the {n} was {v}.",
    "The bills announced the {n} as {v}.",
    "In plain words, {s} was {v}.",
  ],
  "event.year": [
    "{s} took place {v}.",
    "{s} was held {v}.",
    "The gates of the {n} opened {v}.",
    "It was {v} that the {n} was held.",
  ],
  host: [
    "{s} was held at {v}.",
    "{s} brought strangers to {v}.",
    "{v} was host to the {n}.",
    "The ground for the {n} was lent by the town of {v}.",
  ],
  winner: [
    "{s} was won by {v}.",
    "{v} carried off the prize of the {n}.",
    "The first prize of the {n} went to {v}.",
    "At the {n}, nobody could match {v}.",
  ],
};

/** Occasional beginnings of sentences, before a subject or a value. */
export const LEAD_INS: readonly string[] = [
  "",
  "",
  "According to the town chronicle: ",
  "As older readers will recall: ",
  "One thing is not in dispute. ",
  "The record is clear. ",
];

/** Words for a subject that was named before; a document uses only one. */
export const PRONOUNS: Readonly<Record<Kind, readonly string[]>> = {
  person: ["She", "He"],
  work: ["It", "This piece"],
  place: ["The town", "It"],
  event: ["It", "The occasion"],
};

/** Wordings of a year in documents. */
export const YEARS: readonly string[] = [
  "in {y}",
  "in the year {y}",
  "in the spring of {y}",
  "in the autumn of {y}",
  "towards the end of {y}",
  "early in {y}",
];

/** Verb phrases of questions; `{v}` is a wording of the value, or the first year of a decade. */
export const ASKED: Readonly<Record<Told, readonly string[]>> = {
  occupation: ["was {v}", "made a living as {v}"],
  "person.year": ["was born in the {v}s", "first saw the light in the {v}s"],
  form: ["is {v}", "may be called {v}"],
  "work.year": ["came out in the {v}s", "dates from the {v}s"],
  trade: ["is known for {v}", "grew rich by {v}"],
  landmark: ["has {v}", "shows its guests {v}"],
  contest: ["was {v}", "may be called {v}"],
  "event.year": ["fell into the {v}s", "was held in the {v}s"],
};

/** Noun phrases of questions for an entity linked to `{p}`: `>` for what it names, `<` for what names it. */
export const LINKED: Readonly<Record<`${">" | "<"}${Link}`, readonly string[]>> = {
  ">birthplace": ["the birthplace of {p}", "the town that gave birth to {p}"],
  "<birthplace": ["a native of {p}", "somebody who was born in {p}"],
  ">maker": ["the maker of {p}", "whoever made {p}"],
  "<maker": ["a work by {p}", "something made by {p}"],
  ">host": ["the town that hosted {p}", "the scene of {p}"],
  "<host": ["an event held in {p}", "a contest in {p}"],
  ">winner": ["the winner of {p}", "the first at {p}"],
  "<winner": ["an event won by {p}", "a contest that was decided in favour of {p}"],
};

/** The text with its slots filled. */
export function fill(template: string, slots: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w)\}/g, (_, name: string) => slots[name] ?? "");
}

/** The source of a regular expression that finds a template in a text. */
export function patternOf(template: string, slots: Readonly<Record<string, string>>): string {
  const parts = template.split(/(\{\w\})/);
  return parts.map((part) => slots[/^\{(\w)\}$/.exec(part)?.[1] ?? ""] ?? escaped(part)).join("");
}

export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
