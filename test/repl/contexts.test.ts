/** Contexts of every kind reach Python unchanged. */
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { completion } from "../../src/completion.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Context } from "../../src/types.ts";
import { anyContext, anyTexts } from "../data/any-context.ts";
import { withEpisode } from "./repl-contract.ts";

let pool: PyodideReplPool;
let apart: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool();
  apart = new PyodideReplPool({ isolation: "process" });
});
afterAll(() => Promise.all([pool.close(), apart.close()]));

/** The context in Python, read back through Python's JSON writer. */
async function boundIn(isolation: "thread" | "process", context: Context): Promise<unknown> {
  return await withEpisode(
    isolation === "thread" ? pool : apart,
    async ({ run }) => {
      const { block } = await run(
        "import json\nprint(json.dumps(list(context) if type(context) is bytes else context))",
      );
      expect(block.exception).toBeNull();
      return JSON.parse(block.stdout);
    },
    { context },
  );
}

function plain(context: Context): unknown {
  return context instanceof Uint8Array ? [...context] : JSON.parse(JSON.stringify(context));
}

describe.each(["thread", "process"] as const)("in a %s", (isolation) => {
  const lines = readFileSync(new URL("./contexts.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n");
  test.each(lines.map((line) => JSON.parse(line) as { case: string; context: Context }))(
    "$case",
    async ({ context }) => {
      expect(await boundIn(isolation, context)).toEqual(context);
    },
  );

  test("lists of texts of all widths, at all offsets", async () => {
    await fc.assert(
      fc.asyncProperty(anyTexts(), async (context) => {
        expect(await boundIn(isolation, context)).toEqual(plain(context));
      }),
      { numRuns: 100 },
    );
  });

  test("any JSON, and bytes", async () => {
    await fc.assert(
      fc.asyncProperty(anyContext(), async (context) => {
        expect(await boundIn(isolation, context)).toEqual(plain(context));
      }),
      { numRuns: 100 },
    );
  });
});

test("a context of the deepest nesting that is accepted can be bound", async () => {
  let context: Context = "x";
  for (let depth = 0; depth < 200; depth++) context = [context];
  expect(await boundIn("thread", context)).toEqual(context);
});

test.each<[string, unknown]>([
  ["a BigInt", [1n]],
  ["a Map", new Map([["a", 1]])],
  ["a function", { read: () => "x" }],
])("%s is refused before anything starts", async (_, context) => {
  const unused = new PyodideReplPool({ cacheFolder: "/nonexistent" });
  const model = scriptedModel([]);
  const asked = completion({ prompt: "?", context: context as Context, model, repls: unused });
  await expect(asked).rejects.toThrow(UsageError);
});

test("a child's context may be any JSON value", async () => {
  const seen: unknown[] = [];
  await withEpisode(
    pool,
    async ({ run }) => {
      const { block } = await run(
        "rlm_query('a', context=[{'role': 'user'}, 1, None]); rlm_query('b', context=2.5)\n" +
          "rlm_query_batched(['c', 'd'], contexts=[[[1]], True])",
      );
      expect(block.exception).toBeNull();
    },
    {
      onCall: async ({ prompts, contexts }) => {
        seen.push(contexts);
        return await Promise.resolve({ replies: [...prompts] });
      },
    },
  );
  expect(seen).toEqual([[[{ role: "user" }, 1, null]], [2.5], [[[1]], true]]);
});

test("a large context is the same for the next episode, for another worker, and after its memory was needed", async () => {
  const two = new PyodideReplPool({ size: 2, workerBytes: 0 });
  const lines = Array.from({ length: 60_000 }, (_, at) => `line ${at}: ä\n`);
  for (const context of [
    lines.join(""),
    [lines.join(""), "short", `${lines.join("")}中`, `${lines.join("")}😀`],
  ]) {
    const sum = "import hashlib\nhashlib.sha256(repr(context).encode()).hexdigest()";
    const sumIn = async (on: PyodideReplPool) =>
      await withEpisode(on, async ({ run }) => (await run(sum)).block.value, { context });
    const first = await sumIn(two);
    expect(first).toMatch(/^'[0-9a-f]{64}'$/);
    expect(await sumIn(two)).toBe(first);
    expect(await Promise.all([sumIn(two), sumIn(two)])).toEqual([first, first]);
    await withEpisode(two, async ({ run }) => await run("filled = b'x' * 50_000_000"), { context: "small" });
    expect(await sumIn(two)).toBe(first);
    expect(await sumIn(apart)).toBe(first);
  }
  await two.close();
});

test("a context finds a worker as a new one, whatever context it had before", async () => {
  const code =
    "import hashlib\nmade = [object(), [0] * 9]\n" +
    "[hashlib.sha256(repr(context).encode()).hexdigest(), id(context), id(made), repr(made)]";
  const ascii = "a line of a text\n".repeat(40_000);
  const contexts: readonly Context[] = [
    ascii,
    ascii.slice(9),
    ascii + ascii,
    `${ascii.slice(0, 400_000)}é`,
    [ascii, "short", ascii.slice(0, 300_000)],
    `${ascii}中`,
    Buffer.from(ascii),
    { text: ascii },
    `${ascii}😀`,
    ascii.slice(1),
  ];
  const seenIn = async (on: PyodideReplPool, context: Context) =>
    await withEpisode(on, async ({ run }) => (await run(code)).block.value, { context });
  const one = new PyodideReplPool({ workerBytes: 0 });
  const used: unknown[] = [];
  for (const context of contexts) used.push(await seenIn(one, context));
  await one.close();
  const news = new PyodideReplPool({ size: 1, workerBytes: 0, recycleHeapBytes: 1 });
  for (const [at, context] of contexts.entries()) expect(await seenIn(news, context)).toBe(used[at]);
  await news.close();
});

test("a context that does not fit leaves nothing to the next episode of the worker", async () => {
  const little = new PyodideReplPool({ workerBytes: 0, maxHeapBytes: 64 * 2 ** 20 });
  const code =
    "import gc\nmade = [object(), [0] * 9]\n" +
    "[repr(made), sum(1 for one in gc.get_objects() if type(one) is list and len(one) == 3 and one is not made)]";
  const seen = async () => await withEpisode(little, async ({ run }) => (await run(code)).block.value);
  const before = await seen();
  const parts = ["x".repeat(300_000), "y".repeat(10_000_000), "z".repeat(60_000_000)];
  await expect(withEpisode(little, async () => {}, { context: parts })).rejects.toThrow("MemoryError");
  expect(await seen()).toBe(before);
  await little.close();
});
