/** Invented names of people, towns, works and events, each given once. */
import { adjectives, animals, names as firstNames } from "unique-names-generator";
import type { Random } from "../../src/random.ts";
import type { Kind } from "./vocabulary.ts";

const words = (text: string) => text.split(" ");
const SURNAME_STARTS = words(
  "Ash Bar Bel Brack Cald Cor Dar Dun Ebb Fal Fen Gar Gil Had Hal Hol Ing Kel Kirk Lan Lod Mar Mer Nor Oak Pem Quill Rad Rook Sal Sed Stan Tal Thorn Ul Van Wel Whit Yar Zel",
);
const SURNAME_ENDS = words(
  "acre bury by combe croft dale den field ford gate ham hurst ing land ley low man mere more ner rick row sby sett shaw son stead ter ton vane wick win wood worth",
);
const TOWN_STARTS = words(
  "Ald Arv Bex Bram Brin Cas Cre Dol Drav Elm Est Fros Gall Gren Hest Holm Ilv Jarn Kast Kel Lorn Lus Mav Mir Nev Nor Ost Pel Quor Rav Rost Sarn Skel Sol Tar Tol Trev Ulm Vand Vel Vor Wes Yel Zor",
);
const TOWN_MIDDLES = words("a e i o u an en in or ar el il");
const TOWN_ENDS = words(
  "bridge burg dorf fell gard haven heim hythe kirk lund mark minster mond mouth port rath stadt stoke strand thal thorpe vale vik ville wald wall wyke",
);
const EVENT_WORDS = words("Cup Day Gathering Games Meeting Prize Shield Trophy");
const TITLES: readonly ((adjective: string, animal: string) => string)[] = [
  (adjective, animal) => `The ${adjective} ${animal}`,
  (adjective, animal) => `Under the ${adjective} ${animal}`,
  (adjective, animal) => `A Song for the ${adjective} ${animal}`,
  (adjective, animal) => `Letters to ${article(adjective)} ${adjective} ${animal}`,
];

/** Draws names and never repeats one. */
export class Names {
  readonly #random: Random;
  readonly #given = new Set<string>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** A fresh name for an entity of the kind. */
  next(kind: Kind): string {
    for (;;) {
      const name = this.#draw(kind);
      if (this.#given.has(name)) continue;
      this.#given.add(name);
      return name;
    }
  }

  #draw(kind: Kind): string {
    const random = this.#random;
    if (kind === "person")
      return `${random.choice(FIRST_NAMES)} ${random.choice(SURNAME_STARTS)}${random.choice(SURNAME_ENDS)}`;
    if (kind === "place")
      return random.choice(TOWN_STARTS) + random.choice(TOWN_MIDDLES) + random.choice(TOWN_ENDS);
    const [adjective, animal] = [random.choice(ADJECTIVES), random.choice(ANIMALS)];
    if (kind === "work") return random.choice(TITLES)(adjective, animal);
    return `${adjective} ${animal} ${random.choice(EVENT_WORDS)}`;
  }
}

const plain = (list: readonly string[]) => list.filter((word) => /^[A-Za-z]+$/.test(word));
const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1);
const FIRST_NAMES = plain(firstNames);
const ADJECTIVES = plain(adjectives).map(capital);
const ANIMALS = plain(animals).map(capital);

function article(word: string): string {
  return /^[AEIOU]/.test(word) ? "an" : "a";
}
