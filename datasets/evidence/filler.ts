/** Sentences of papers that report nothing: about set-ups, forms of the tables, thanks to the reader's patience. */
import type { Random } from "../../src/random.ts";

const SENTENCES = [
  "The {thing} was fixed before the first run and not touched again.",
  "We kept the {thing} of the {old} system, since a change of it would blur the comparison.",
  "Each {thing} was checked by two people, who differed in {n} of {m} cases.",
  "The appendix lists the {thing} in full.",
  "Runs that failed for reasons of the hardware were repeated, {n} of {m} in all.",
  "A {old} {thing} would have been cheaper, but hard to obtain.",
  "All {things} were drawn by the same program, with a seed that we publish.",
  "The order of the {things} was shuffled, which made no difference that we could see.",
  "Readers who do not care for the {thing} may skip this paragraph.",
  "The {thing} takes {n} lines of code, most of them for input and output.",
  "This leaves aside the question of the {thing}, to which we return below.",
  "Our {things} are of {m} items each, somewhat more than is usual.",
  "We follow the {old} practice and report means over all {things}.",
  "Two of the {m} {things} had to be dropped, as they were incomplete.",
  "The {thing} is described elsewhere, and we repeat it only as far as it is needed.",
  "It took {n} attempts until the {thing} was stable.",
  "What makes the {thing} hard is not its size but its {old} structure.",
  "A reviewer asked whether the {thing} could be simpler; it could not.",
  "The cost of the {things} is dominated by their first use.",
  "In the pilot we used {n} {things}, which turned out to be too few.",
  "Nothing in this section depends on the {thing}.",
  "The figures of the {thing} are rounded to one digit.",
] as const;

const THINGS =
  "baseline schedule split prompt tokenizer harness checkpoint table budget sampler filter index protocol dashboard log annotation corpus workload questionnaire grid".split(
    " ",
  );
const OLD = "earlier plain published common larger smaller original simple careful older".split(" ");

/** A random sentence. */
export function fillerSentence(random: Random): string {
  const thing = random.choice(THINGS);
  const slots: Readonly<Record<string, string>> = {
    thing,
    things: thing.endsWith("y")
      ? `${thing.slice(0, -1)}ies`
      : /[sx]$/.test(thing)
        ? `${thing}es`
        : `${thing}s`,
    old: random.choice(OLD),
    n: String(random.randint(2, 19)),
    m: String(random.randint(20, 400)),
  };
  return random.choice(SENTENCES).replace(/\{(\w+)\}/g, (_, slot: string) => slots[slot]!);
}
