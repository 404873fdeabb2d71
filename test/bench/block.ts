/**
 * `npm run bench -- block [--json]`: the longest that the event loop stands still on 1 MB of hostile text, in processor time, for
 * each scorer, simulated reader, token count, cut to tokens, measure of what was seen, and reading of a completion or a reply.
 */
import { countAhead, cutToTokens } from "../../src/cost/tokens.ts";
import { coverageInTurns } from "../../src/metrics/coverage.ts";
import { parseBoundedJson } from "../../src/http/bounded-json.ts";
import { Random } from "../../src/random.ts";
import { repeated } from "../growth.ts";
import { COMPLETION_READINGS, HOSTILE_UNITS, HOSTILE_WRAPS } from "../hostile-completions.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";

const CHARS = 2 ** 20;
/** The most characters of a server's reply that are looked through for calls. */
const SHORT_CHARS = 19_900;
/** The characters of the completions among which the worst are found. For a reply, all short ones are looked through. */
const TRIED_CHARS = 19_900;
/** How many of them are then measured with a megabyte. */
const WORST = 12;
const RUNS = 5;
/** No block may be longer. */
const MOST_MS = 100;

export async function run({ json }: { json: boolean }): Promise<void> {
  const blocks: Record<string, number> = {};
  // Most texts take no time, and only the longest counts.
  const note = async (name: string, work: () => unknown) => {
    const known = blocks[name] ?? 0;
    const first = await longestBlockOf(work);
    blocks[name] = first > known ? Math.max(known, await median(() => longestBlockOf(work))) : known;
  };
  for (const [name, read, units] of HOSTILE_TEXTS)
    for (const unit of units) {
      const text = repeated(unit)(CHARS);
      await note(name, () => read(text));
    }
  const random = Random.of(1, "letters");
  // A megabyte of UTF-8.
  const letters = () =>
    Array.from({ length: CHARS / 3 }, () => String.fromCodePoint(0x4e00 + random.below(20_000))).join("");
  const texts: Record<string, () => string> = {
    "tokens of letters that no token joins": letters,
    "tokens of prose": () =>
      `${repeated("The quick brown fox jumps over the lazy dog. ")(CHARS)}${random.random()}`,
    "tokens of signs": () => `${repeated("(1, 2)")(CHARS)}${random.random()}`,
  };
  for (const [name, make] of Object.entries(texts))
    blocks[name] = await median(() => {
      const text = make();
      return longestBlockOf(() => countAhead(text));
    });
  for (const unit of ["a", "!! ", "(1, 2)", "The quick brown fox. "]) {
    const text = repeated(unit)(CHARS);
    const other = `${text.slice(7)}${text.slice(0, 1000)}`;
    const cut = await median(() => longestBlockOf(() => cutToTokens(text, CHARS / 8)));
    const seen = await median(() => longestBlockOf(() => coverageInTurns(text, [other, text])));
    blocks["cut to tokens"] = Math.max(blocks["cut to tokens"] ?? 0, cut);
    blocks["coverage"] = Math.max(blocks["coverage"] ?? 0, seen);
  }
  for (const [name, read] of Object.entries(COMPLETION_READINGS)) {
    // Only a short reply of a server is looked through for calls.
    const sizes = name === "a server's reply" ? [CHARS, SHORT_CHARS] : [CHARS];
    for (const text of await slowest(read, sizes)) await note(name, () => read(text));
  }
  for (const unit of ["[", "{},", '"\\\\"', '"a",'])
    blocks["a body of JSON"] = Math.max(
      blocks["a body of JSON"] ?? 0,
      await median(() =>
        longestBlockOf(() => parseBoundedJson(Buffer.from(`[${repeated(unit)(CHARS)}`)).catch(() => null)),
      ),
    );
  const longest = Math.max(...Object.values(blocks));
  if (json) console.log(JSON.stringify({ blocks, longest }));
  else {
    console.table(
      Object.fromEntries(Object.entries(blocks).map(([name, ms]) => [name, { ms: Number(ms.toFixed(1)) }])),
    );
    console.log(
      `longest block on 1 MB: ${longest.toFixed(1)} ms of processor time (to be under ${MOST_MS} ms)`,
    );
  }
  if (longest >= MOST_MS) process.exitCode = 1;
}

/** The hostile completions that keep a reading longest: found with short ones, of which there are a thousand. */
async function slowest(read: (text: string) => unknown, sizes: readonly number[]): Promise<string[]> {
  const found: { readonly ms: number; readonly make: (chars: number) => string }[] = [];
  for (const [before, after] of HOSTILE_WRAPS)
    for (const unit of HOSTILE_UNITS) {
      const make = (chars: number) => before + repeated(unit)(chars) + after;
      const text = make(TRIED_CHARS);
      found.push({ ms: await longestBlockOf(() => read(text)), make });
    }
  const worst = found.toSorted((one, other) => other.ms - one.ms).slice(0, WORST);
  return worst.flatMap(({ make }) => sizes.map(make));
}

/** Processor milliseconds between two turns of the event loop, at the most. */
async function longestBlockOf(work: () => unknown): Promise<number> {
  let longest = 0;
  const end = new AbortController();
  const look = async () => {
    let last = process.cpuUsage();
    while (!end.signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      const { user, system } = process.cpuUsage(last);
      longest = Math.max(longest, (user + system) / 1000);
      last = process.cpuUsage();
    }
  };
  const looking = look();
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  end.abort();
  await looking;
  return longest;
}

async function median(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < RUNS; i += 1) values.push(await measure());
  return values.toSorted((a, b) => a - b)[RUNS >> 1]!;
}
