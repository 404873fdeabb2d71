/**
 * `npm run bench -- block [--json]`: the longest that the event loop stands still on 1 MB of hostile text, in processor time, for
 * each scorer, simulated reader, token count, cut to tokens and measure of what was seen; and on the longest completion, which has
 * few tokens, for its reading.
 */
import { countAhead, cutToTokens } from "../../src/cost/tokens.ts";
import { coverageInTurns } from "../../src/metrics/coverage.ts";
import { parseBoundedJson } from "../../src/http/bounded-json.ts";
import { readReply } from "../../src/models/servers/read-reply.ts";
import { parseCompletion } from "../../src/parse/parse.ts";
import { Random } from "../../src/random.ts";
import { repeated } from "../growth.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";

const CHARS = 2 ** 20;
/** The default bound on a completion's tokens, at 32 characters each. */
const COMPLETION_CHARS = 4096 * 32;
const HOSTILE_COMPLETIONS = [
  "*",
  "```repl\n",
  "</think>",
  "<think></think>",
  "<python>",
  "\n",
  "(",
  "x = 1\n",
  "<tool_call>{",
];
const RUNS = 5;
/** No block may be longer. */
const MOST_MS = 100;

export async function run({ json }: { json: boolean }): Promise<void> {
  const blocks: Record<string, number> = {};
  for (const [name, read, units] of HOSTILE_TEXTS)
    for (const unit of units) {
      const text = repeated(unit)(CHARS);
      const ms = await median(() => longestBlockOf(() => read(text)));
      blocks[name] = Math.max(blocks[name] ?? 0, ms);
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
  for (const unit of HOSTILE_COMPLETIONS) {
    const text = repeated(unit)(COMPLETION_CHARS);
    const completion = { text, toolCalls: [], finishReason: "stop" as const };
    const message = { role: "assistant", content: text };
    const reads = {
      "a completion": () => parseCompletion(completion, "repl"),
      "a completion with calls": () => parseCompletion(completion, "tool"),
      "a server's reply": () =>
        readReply({ choices: [{ index: 0, finish_reason: "stop", message }] }, ["call_python_repl"]),
    };
    for (const [name, read] of Object.entries(reads))
      blocks[name] = Math.max(blocks[name] ?? 0, await median(() => longestBlockOf(read)));
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
