/** A strategy asks sub-models the same in each language: the same pieces, in the same order, to the last newline. */
import { afterAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../../src/env/env.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { LanguagePools } from "../../../src/languages/language-pools.ts";
import { languageNamed } from "../../../src/languages/registry.ts";
import { scriptedModel } from "../../../src/models/scripted.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import { bm25 } from "../../../src/policies/strategies/bm25.ts";
import { direct } from "../../../src/policies/strategies/direct.ts";
import { mapReduce } from "../../../src/policies/strategies/map-reduce.ts";
import { Random } from "../../../src/random.ts";
import type { Context, Task } from "../../../src/types.ts";

const pools = new LanguagePools({ size: 1 });
afterAll(() => pools.close());

const WORDS = "whale boat sea Zürich été 東京 x_1 a-b it's 42 the The  of".split(" ");
const QUESTION = "Which whale of Zürich saw the boat, the x_1 or 東京?";

/** Documents of few words, so that many of them rank alike. */
function documentsOf(random: Random, count: number): string[] {
  const line = () => Array.from({ length: 1 + random.below(9) }, () => random.choice(WORDS)).join(" ");
  const document = () => Array.from({ length: 1 + random.below(4) }, line).join("\n");
  return Array.from({ length: count }, () => document() + random.choice(["", "\n"]));
}

const CONTEXTS: readonly (readonly [name: string, context: Context])[] = [
  ...[1, 2, 3].map((seed) => [`documents, ${seed}`, documentsOf(Random.of(seed), 40)] as const),
  ["a text that ends in a line", `${documentsOf(Random.of(4), 60).join("\n")}\n`],
  ["a text that does not", `${documentsOf(Random.of(5), 60).join("\n")} end`],
];

const chunks = (overlapChars: number) =>
  mapReduce({
    chunkChars: 300,
    overlapChars,
    batchSize: 4,
    instruction: () => "Read:",
    combine: "result = replies[0]",
    reduce: { valuesOf: "(read)" },
  });
const STRATEGIES: readonly (readonly [name: string, policy: Policy, languages: readonly string[]])[] = [
  // SQLite ranks lines, by a formula of its own, and packs whole lines into chunks.
  [
    "bm25",
    bm25({ instruction: () => "Read:", pieceChars: 150, best: 7, shownChars: 140 }),
    ["javascript", "bash", "clojure"],
  ],
  ["map-reduce with chunks of lines", chunks(0), ["javascript", "bash", "clojure"]],
  ["map-reduce with chunks that overlap", chunks(40), ["javascript", "sql", "bash", "clojure"]],
  ["direct", direct(() => "Read:"), ["javascript", "sql", "bash", "clojure"]],
];

/** The prompts to the sub-model, in the order of the calls. */
async function asked(repl: string, context: Context, policy: Policy): Promise<string[]> {
  const language = languageNamed(repl);
  const task: Task = { id: "t", dataset: "d", question: QUESTION, context, contextTokens: 1, metadata: {} };
  const env = new RLMEnv({
    name: "prompts",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    language,
    repls: pools.of(language),
    subModels: [scriptedModel(Array.from({ length: 100 }, () => "read"))],
    priceOf: () => null,
  });
  const { turns, calls } = await rolloutEpisode(env, { policy, reset: { seed: 0, task } });
  await env.close();
  expect(turns.flatMap(({ results }) => results.flatMap(({ exception }) => exception ?? []))).toEqual([]);
  return calls.flatMap(({ depth, prompt }) => (depth === 1 ? [String(prompt)] : []));
}

describe.each(STRATEGIES)("%s", (_, policy, languages) => {
  it.each(CONTEXTS)(`asks the same in ${languages.join(", ")} as in Python: %s`, async (_name, context) => {
    const inPython = await asked("python", context, policy);
    expect(inPython.length).toBeGreaterThan(0);
    for (const repl of languages) expect(await asked(repl, context, policy), repl).toEqual(inPython);
  });
});
