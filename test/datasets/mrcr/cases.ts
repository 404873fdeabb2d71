/** Pairs of texts to compare, and answers to score, drawn from a seed. */
import { Random } from "../../../src/random.ts";

const ALPHABETS = [
  "ab",
  "abcdefgh",
  "abcdefghijklmnopqrstuvwxyz  ",
  "aé😀中",
  "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ .,!?",
].map((letters) => Array.from(letters));
/** Around 200, from where on popular characters begin no match. */
const LENGTHS = [0, 1, 3, 20, 199, 200, 201, 250, 400];

/** The same pairs for the same seed: unrelated texts, and texts of which one is an edited copy of the other. */
export function pairs(count: number, seed: number): (readonly [string, string])[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => pair(random));
}

function pair(random: Random): readonly [string, string] {
  const alphabet = random.choice(ALPHABETS);
  const most = random.choice(LENGTHS);
  const text = (length: number) => Array.from({ length }, () => random.choice(alphabet));
  const first = text(random.randint(0, most));
  if (random.below(5) < 2) return [first.join(""), text(random.randint(0, most)).join("")];
  const second = [...first];
  for (let edit = random.below(9); edit > 0; edit -= 1) {
    const at = random.below(second.length + 1);
    if (random.below(2) === 0) second.splice(at, 0, ...text(random.below(31)));
    else second.splice(at, random.below(31));
  }
  return [first.join(""), second.join("")];
}

export interface ScorerCase {
  readonly answer: string;
  readonly gold: string;
  readonly prefix: string;
}

const BEFORE = ["", "", "", " ", "\n", "Here it is: ", "\u00a0", "\ufeff"];
const AFTER = ["", "", "\n", " ", "\u2003", "."];

/** The same cases for the same seed: replies with and without their string, twice, cut, or of another reply. */
export function scorerCases(count: number, seed: number): ScorerCase[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const prefix = random.choice(["aYooSG8CQg12", "aaaaaaaaaaaa", "0123456789ab", "é😀中xyzé😀中xyz"]);
    const [wanted, said] = pair(random);
    const own = random.choice([
      prefix,
      prefix,
      prefix,
      prefix + prefix,
      prefix.slice(1),
      prefix.toLowerCase(),
      "",
    ]);
    const answer =
      random.choice(BEFORE) + own + random.choice(["", "", " ", "\n"]) + said + random.choice(AFTER);
    return { answer, gold: prefix + random.choice(["", " "]) + wanted, prefix };
  });
}
