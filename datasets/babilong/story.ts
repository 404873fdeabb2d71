/** Draws the facts and the question of one of bAbI's task families, qa1 to qa10 (Weston et al. 2015), in a world of our own. */
import type { Random } from "../../src/random.ts";
import { SIDES, VERBS } from "./facts.ts";
import { type MadeTask, NUMBERS, PEOPLE, PLACES, THINGS } from "./labels.ts";

/** Sentences in their order, and a question that they answer. */
export interface Story {
  readonly facts: readonly string[];
  readonly question: string;
  readonly target: string;
}

type Maker = (random: Random) => Story | null;

/** A story of a family. Draws again where the facts leave nothing to ask. */
export function drawStory(task: MadeTask, random: Random): Story {
  for (;;) {
    const story = MAKERS[task](random);
    if (story !== null) return story;
  }
}

const MAKERS: Readonly<Record<MadeTask, Maker>> = {
  qa1: (random) => {
    const world = new World(random);
    world.act(random.randint(2, 10), { move: 1 });
    const who = random.choice([...world.at.keys()]);
    return world.asked(`Where is ${who}?`, world.at.get(who)!);
  },
  qa2: (random) => {
    const world = new World(random);
    world.act(random.randint(4, 30), { move: 3, take: 2, drop: 1 });
    const thing = random.choice(THINGS);
    const place = world.trail.get(thing)?.at(-1);
    return place === undefined ? null : world.asked(`Where is the ${thing}?`, place);
  },
  qa3: (random) => {
    const world = new World(random);
    world.act(random.randint(6, 32), { move: 3, take: 2, drop: 1 });
    const thing = random.choice(THINGS);
    const trail = world.trail.get(thing) ?? [];
    const after = random.below(Math.max(1, trail.length - 1)) + 1;
    const place = trail[after];
    // Of a place where the thing was twice, it would not be clear which time is meant.
    if (place === undefined || trail.indexOf(place) !== trail.lastIndexOf(place)) return null;
    return world.asked(`Where was the ${thing} before the ${place}?`, trail[after - 1]!);
  },
  qa4: (random) => {
    const [first, middle, last] = random.sample(PLACES, 3) as [string, string, string];
    const [side, other] = random.sample(SIDES, 2) as [string, string];
    const relations = [
      [first, random.below(2) === 0 ? side : other, middle],
      [middle, side, last],
    ] as const;
    const facts = random.shuffle(
      relations.map(([place, where, of]) => `The ${place} is ${where} of the ${of}.`),
    );
    const [, where] = relations[0];
    return random.below(2) === 0
      ? { facts, question: `What is ${where} of the ${middle}?`, target: first }
      : { facts, question: `What is the ${middle} ${side} of?`, target: last };
  },
  qa5: (random) => {
    const world = new World(random);
    world.act(random.randint(4, 20), { move: 2, take: 2, give: 3 });
    const last = world.gifts.at(-1);
    if (last === undefined) return null;
    const { who, thing, to } = last;
    const [question, target] = random.choice([
      [`What did ${who} give to ${to}?`, thing],
      [`Who did ${who} give the ${thing} to?`, to],
      [`Who gave the ${thing} to ${to}?`, who],
      [`Who gave the ${thing}?`, who],
      [`Who received the ${thing}?`, to],
    ] as const);
    return world.asked(question, target);
  },
  qa6: (random) => {
    const world = new World(random);
    world.act(random.randint(2, 26), { move: 3, take: 1, drop: 1 });
    const who = random.choice(PEOPLE);
    const place = world.at.get(who);
    if (place === undefined) return null;
    const isThere = random.below(2) === 0;
    const asked = isThere ? place : random.choice(PLACES.filter((other) => other !== place));
    return world.asked(`Is ${who} in the ${asked}?`, isThere ? "yes" : "no");
  },
  qa7: (random) => {
    const world = new World(random);
    world.act(random.randint(2, 30), { move: 2, take: 3, drop: 1, give: 1 });
    const who = world.someoneBusy();
    return who === null
      ? null
      : world.asked(`How many objects is ${who} carrying?`, NUMBERS[world.heldBy(who).length]!);
  },
  qa8: (random) => {
    const world = new World(random);
    world.act(random.randint(2, 30), { move: 2, take: 3, drop: 1, give: 1 });
    const who = world.someoneBusy();
    return who === null
      ? null
      : world.asked(`What is ${who} carrying?`, world.heldBy(who).join(",") || "nothing");
  },
  qa9: (random) => {
    const facts = Array.from({ length: random.randint(2, 10) }, () => {
      const [who, place, isThere] = [random.choice(PEOPLE), random.choice(PLACES), random.below(3) > 0];
      const how = isThere ? "is in" : random.choice(["is not in", "is no longer in"]);
      return { who, place, isThere, sentence: `${who} ${how} the ${place}.` };
    });
    const { who } = random.choice(facts);
    const { place, isThere } = facts.findLast((fact) => fact.who === who)!;
    const asksElsewhere = isThere && random.below(2) === 0;
    const asked = asksElsewhere ? random.choice(PLACES.filter((other) => other !== place)) : place;
    return {
      facts: facts.map(({ sentence }) => sentence),
      question: `Is ${who} in the ${asked}?`,
      target: isThere && !asksElsewhere ? "yes" : "no",
    };
  },
  qa10: (random) => {
    const facts = Array.from({ length: random.randint(2, 10) }, () => {
      const who = random.choice(PEOPLE);
      const places: readonly string[] = random.sample(PLACES, random.below(2) === 0 ? 1 : 2);
      const [one, other] = places;
      const where = other === undefined ? `is in the ${one}` : `is either in the ${one} or the ${other}`;
      return { who, places, sentence: `${who} ${where}.` };
    });
    const { who } = random.choice(facts);
    const { places } = facts.findLast((fact) => fact.who === who)!;
    const isAmong = random.below(3) > 0;
    const asked = random.choice(PLACES.filter((place) => places.includes(place) === isAmong));
    return {
      facts: facts.map(({ sentence }) => sentence),
      question: `Is ${who} in the ${asked}?`,
      target: isAmong ? (places.length === 1 ? "yes" : "maybe") : "no",
    };
  },
};

type Deed = keyof typeof VERBS;

/** People who walk about, and carry things. */
class World {
  readonly #random: Random;
  readonly #facts: string[] = [];
  /** Where each person is who was heard of. */
  readonly at = new Map<string, string>();
  readonly #holder = new Map<string, string>();
  /** Where each thing was, one place after the other. */
  readonly trail = new Map<string, string[]>();
  readonly gifts: { readonly who: string; readonly thing: string; readonly to: string }[] = [];
  readonly #busy = new Set<string>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Does so many deeds, each with a probability in proportion to its weight; what cannot be done becomes a move. */
  act(count: number, weights: Partial<Record<Deed, number>>): void {
    const deeds = Object.entries(weights).flatMap(([deed, weight]) =>
      Array.from({ length: weight }, () => deed as Deed),
    );
    for (let done = 0; done < count; done += 1) this.#do(this.#random.choice(deeds));
  }

  asked(question: string, target: string): Story {
    return { facts: this.#facts, question, target };
  }

  /** What a person carries, in the order of taking it. */
  heldBy(who: string): string[] {
    return [...this.#holder].flatMap(([thing, holder]) => (holder === who ? [thing] : []));
  }

  /** Someone who took, dropped, gave or got something; null if nobody did. */
  someoneBusy(): string | null {
    return this.#busy.size === 0 ? null : this.#random.choice([...this.#busy]);
  }

  #do(deed: Deed): void {
    const who = this.#random.choice(PEOPLE);
    const here = this.at.get(who);
    // A thing may be taken by whoever knows where it is; one that was never seen may lie anywhere.
    const free = THINGS.filter(
      (thing) => !this.#holder.has(thing) && (this.trail.get(thing)?.at(-1) ?? here) === here,
    );
    const held = this.heldBy(who);
    if (deed === "take" && here !== undefined && free.length > 0) this.#take(who, this.#random.choice(free));
    else if (deed === "drop" && held.length > 0) this.#drop(who, this.#random.choice(held));
    else if (deed === "give" && held.length > 0) this.#give(who, this.#random.choice(held));
    else this.#move(who);
  }

  #move(who: string): void {
    const place = this.#random.choice(PLACES.filter((other) => other !== this.at.get(who)));
    this.at.set(who, place);
    for (const thing of this.heldBy(who)) this.#trace(thing, place);
    this.#facts.push(`${who} ${this.#random.choice(VERBS.move)} the ${place}.`);
  }

  #take(who: string, thing: string): void {
    this.#holder.set(thing, who);
    this.#trace(thing, this.at.get(who)!);
    this.#busy.add(who);
    this.#facts.push(`${who} ${this.#random.choice(VERBS.take)} the ${thing}.`);
  }

  #drop(who: string, thing: string): void {
    this.#holder.delete(thing);
    this.#busy.add(who);
    this.#facts.push(`${who} ${this.#random.choice(VERBS.drop)} the ${thing}.`);
  }

  /** Only someone who is there can get it. */
  #give(who: string, thing: string): void {
    const present = PEOPLE.filter((to) => to !== who && this.at.get(to) === this.at.get(who));
    if (present.length === 0) {
      this.#move(who);
      return;
    }
    const to = this.#random.choice(present);
    this.#holder.delete(thing);
    this.#holder.set(thing, to);
    for (const name of [who, to]) this.#busy.add(name);
    this.gifts.push({ who, thing, to });
    this.#facts.push(`${who} ${this.#random.choice(VERBS.give)} the ${thing} to ${to}.`);
  }

  #trace(thing: string, place: string): void {
    const places = this.trail.get(thing) ?? [];
    if (places.at(-1) !== place) places.push(place);
    this.trail.set(thing, places);
  }
}
