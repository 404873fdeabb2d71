/** Lessons of S-NIAH for the strategy tutor: find what the text says of a key by a pattern, by its place, or by its sentence. */
import { isLazy } from "../../src/repl/lazy-context.ts";
import { pythonString } from "../../src/policies/strategies/scripted.ts";
import type { Lesson, Words } from "../../src/policies/strategies/tutor.ts";
import type { Observation } from "../../src/types.ts";
import { escapedForPattern, keysOf } from "./keys.ts";

/** The share of demonstrations whose first pattern finds nothing, since the text words it in another way. */
const MISSES = 0.15;

/** Finds the values of the question's keys. */
export const needleLesson: Lesson = function* (observation, words) {
  const keys = keysOf(observation.question);
  if (keys === null) return;
  if (isLazy(observation.context)) {
    yield* byHostSearch(keys, words);
    return;
  }
  const misses = words.chance(MISSES);
  if (misses) yield* missed(keys, words);
  const asksForAll = keys.length > 1 || observation.question.startsWith("What are all");
  if (asksForAll) yield* words.any(eachKey, byPattern)(keys, words);
  else yield* (misses ? byPlace : words.any(byPattern, byPlace, bySentence, atOnce))(keys, words);
};

type Search = (keys: readonly string[], words: Words) => Generator<string, void, Observation>;

/** One pattern for all keys; the answer is the variable, or copied from what was printed. */
const byPattern: Search = function* (keys, words) {
  const name = words.any("hits", "found", "values", "matches");
  const pattern = `${anyOf(keys)} is: (${words.any("\\S+)\\.", "[\\w-]+)")}`;
  const search = `re.findall(r"${pattern}", context)`;
  const seen =
    yield `${words.remark("Search for the key.", "The value follows the key.")}${name} = ${search}\nprint(${name})`;
  const listed = printedList(seen);
  if (words.chance(0.5) && listed.length > 0) yield `FINAL(${pythonString(listed.join(", "))})`;
  else yield keys.length === 1 && listed.length === 1 ? `FINAL(${name}[0])` : `FINAL(", ".join(${name}))`;
};

/** A context that is longer than a str can be is searched by the host. */
const byHostSearch: Search = function* (keys, words) {
  const name = words.any("hits", "found", "values", "matches");
  yield `${name} = [m.group(1) for m in context.grep(r"${anyOf(keys)} is: ([\\w-]+)")]\nprint(${name})`;
  yield `FINAL(", ".join(${name}))`;
};

/** The text around the first place of each key. */
const byPlace: Search = function* (keys, words) {
  const found: string[] = [];
  const at = words.any("i", "place", "start");
  const reach = words.any(100, 120, 150);
  for (const key of keys) {
    const head = words.remark("Where does the key stand?", "Look at the words around the key.");
    const code = `${at} = context.find(${pythonString(key)})\nprint(context[max(0, ${at} - ${reach}):${at} + ${reach}])`;
    const seen = yield head + code;
    const value = new RegExp(`${escapedForPattern(key)} is: (\\S+)\\.`).exec(seen.text)?.[1];
    if (value === undefined) return;
    found.push(value);
  }
  yield `FINAL(${pythonString(found.join(", "))})`;
};

/** The sentences that name the key; where they are too long to be seen whole, the place of the key. */
const bySentence: Search = function* ([key = ""], words) {
  const [part, cut] = words.any(
    ["sentence", '"."'] as const,
    ["line", '"\\n"'] as const,
    ["s", '". "'] as const,
  );
  const loop = `for ${part} in context.split(${cut}):\n    if ${pythonString(key)} in ${part}:\n        print(${part}.strip()[:300])`;
  const seen = yield words.remark("Print what names the key.", "Which part names the key?") + loop;
  const value = new RegExp(`${escapedForPattern(key)} is: ([\\w-]+)`).exec(seen.text)?.[1];
  if (value === undefined) yield* byPlace([key], words);
  else yield `FINAL(${pythonString(value)})`;
};

/** Search and answer in one turn: the cheapest. */
const atOnce: Search = function* ([key = ""], words) {
  const name = words.any("m", "match", "hit");
  yield `${words.remark("Find the value and give it.")}${name} = re.search(r"${escapedForPattern(key)} is: ([\\w-]+)", context)\nFINAL(${name}.group(1))`;
};

/** A loop over several keys. */
const eachKey: Search = function* (keys, words) {
  const name = words.any("found", "values", "results");
  const list = `[${keys.map(pythonString).join(", ")}]`;
  yield `${words.remark("Search for each key.")}${name} = []
for key in ${list}:
    ${name} += re.findall(key + r" is: ([\\w-]+)", context)
print(${name})`;
  yield `FINAL(", ".join(${name}))`;
};

/** A pattern that guesses the wording and finds nothing. */
const missed: Search = function* (keys, words) {
  const guess = words.any(": (\\d+)", " = (\\d+)", " is (\\d+)", " (\\d+)");
  yield `print(re.findall(r"${anyOf(keys)}${guess}", context))`;
};

function anyOf(keys: readonly string[]): string {
  const escaped = keys.map(escapedForPattern);
  return escaped.length === 1 ? (escaped[0] as string) : `(?:${escaped.join("|")})`;
}

/** The texts of a printed list of str. */
function printedList({ text }: Observation): string[] {
  const list = /^\[(.*)\]$/m.exec(text)?.[1] ?? "";
  return [...list.matchAll(/'([^']*)'/g)].map(([, value = ""]) => value.replace(/\.$/, ""));
}
