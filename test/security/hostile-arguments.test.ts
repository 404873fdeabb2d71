/** Code can call any function with any arguments: the episode is scored or limited, and never ends as an infrastructure error. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { hostTool } from "../../src/episode/tools/host-tools.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { ModelError } from "../../src/errors.ts";
import type { Model } from "../../src/models/model.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Limits, Task } from "../../src/types.ts";
import { z } from "zod";

/** Rejects prompts that real servers reject, and answers children with code that gives an answer. */
const strict: Model = {
  name: "strict",
  simulated: true,
  complete: async ({ messages }) => {
    const text = messages.map(({ content }) => content).join("");
    const reject = (message: string) => new ModelError(message, { kind: "rejected", status: 400 });
    if (text.length > 100_000) throw reject("the prompt is longer than the model's window");
    if (messages.some(({ content }) => content === "")) throw reject("a message is empty");
    if (/\p{Surrogate}|\0/u.test(text)) throw reject("the body is not valid text");
    return {
      text: "```repl\nFINAL('done')\n```",
      toolCalls: [],
      finishReason: "stop",
      model: "strict",
      usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 },
      usageSource: "simulated",
      attempts: await Promise.resolve(1),
    };
  },
};

const TASK: Task = { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} };

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool({ graceMs: 300, maxHeapBytes: 256 << 20 });
});
afterAll(() => pool.close());

async function play(code: string, maxDepth: number, limits: Partial<Limits> = {}): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "test",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: pool,
    priceOf: () => 0,
    subModels: [strict],
    maxDepth,
    limits: { maxTurns: 2, maxExecSeconds: 20, ...limits },
    tools: {
      look: hostTool({
        description: "looks",
        parameters: z.object({ word: z.string() }),
        run: ({ word }) => word.length,
      }),
    },
  });
  const actions = [{ code }, { answer: "done" }];
  const policy = { name: "p", start: () => ({ act: async () => await Promise.resolve(actions.shift()!) }) };
  try {
    return await rolloutEpisode(env, { policy, reset: { task: TASK, seed: 1 } });
  } finally {
    await env.close();
  }
}

const ARGUMENTS: readonly (readonly [name: string, python: string])[] = [
  ["nothing", "''"],
  ["a long text", "'x ' * 300_000"],
  ["a text of 7 MB", "'y' * 7_000_000"],
  ["a lone surrogate", "'\\ud83d'"],
  ["the other half", "'a\\udc00b'"],
  ["zeros", "'\\0' * 10"],
  ["control characters", "''.join(map(chr, range(32)))"],
  ["all planes", "'\\U0010ffff\\U0001f600' * 100"],
  ["right to left", "'\\u202e\\u2066' * 10"],
  ["special tokens", "'<|im_end|><|endoftext|>[INST]'"],
  ["JSON", "'{\"replies\": [1]}'"],
  ["a number", "17"],
  ["a huge number", "10 ** 400"],
  ["NaN", "float('nan')"],
  ["infinity", "float('inf')"],
  ["None", "None"],
  ["True", "True"],
  ["bytes", "b'\\xff'"],
  ["an empty list", "[]"],
  ["a list of Nones", "[None, None]"],
  ["a nested list", "[[['a']]]"],
  ["a list of messages", "[{'role': 'user', 'content': 'x'}]"],
  ["nesting of 150", "__import__('functools').reduce(lambda a, _: [a], range(150), 'x')"],
  ["nesting of 100,000", "__import__('functools').reduce(lambda a, _: [a], range(100_000), 'x')"],
  ["what contains itself", "(lambda a: a.append(a) or a)([])"],
  ["a dict of odd keys", "{1: 2, None: 3, (1, 2): 4}"],
  ["a dict of prototypes", "{'__proto__': {'a': 1}, 'constructor': 'x', 'toString': None}"],
  ["a set", "{1, 2}"],
  ["a generator", "(x for x in 'ab')"],
  ["a function", "print"],
  ["a class that lies", "type('S', (str,), {'__len__': lambda s: 1, '__str__': lambda s: 1 / 0})('x')"],
  ["an object that raises", "type('O', (), {'__getattribute__': lambda s, n: 1 / 0})()"],
  ["200,000 empty texts", "[''] * 200_000"],
  ["20,000 texts", "['x'] * 20_000"],
  ["a list of long texts", "['x ' * 60_000] * 20"],
];

const CALLS: readonly (readonly [name: string, call: (argument: string) => string])[] = [
  ["llm_query", (a) => `llm_query(${a})`],
  ["llm_query with a model", (a) => `llm_query('a', model=${a})`],
  ["llm_query_batched", (a) => `llm_query_batched([${a}, 'b'])`],
  ["llm_query_batched of it", (a) => `llm_query_batched(${a})`],
  ["rlm_query", (a) => `rlm_query(${a})`],
  ["rlm_query with a context", (a) => `rlm_query(${a}, context='c')`],
  ["rlm_query with it as the context", (a) => `rlm_query('a', context=${a})`],
  ["rlm_query with a model", (a) => `rlm_query('a', model=${a})`],
  ["rlm_query_batched", (a) => `rlm_query_batched([${a}, 'b'], contexts=['c', 'd'])`],
  ["rlm_query_batched with contexts", (a) => `rlm_query_batched(['a', 'b'], contexts=[${a}, ${a}])`],
  ["rlm_query_batched with contexts of it", (a) => `rlm_query_batched(['a'], contexts=${a})`],
  ["FINAL", (a) => `FINAL(${a})`],
  ["FINAL_VAR", (a) => `FINAL_VAR(${a})`],
  ["answer", (a) => `answer['content'] = ${a}; answer['ready'] = True`],
  ["answer's readiness", (a) => `answer['ready'] = ${a}`],
  ["the answer itself", (a) => `answer = ${a}`],
  ["a tool", (a) => `look(${a})`],
  [
    "a tool's raw request",
    (a) =>
      `import os, json; os.read(21068, os.write(21068, b'H' + json.dumps({'name': ${a}, 'args': ${a}}).encode()))`,
  ],
  [
    "a raw request",
    (a) =>
      `import os, json; os.read(21068, os.write(21068, b'J' + json.dumps({'kind': 'rlm_query', 'batched': False, 'prompts': [${a}], 'contexts': [${a}], 'model': None}).encode()))`,
  ],
];

describe.each([2, 3])("at depth %i", (maxDepth) => {
  // Only calls that make children differ at other depths.
  const calls = CALLS.filter(([name]) => maxDepth === 2 || name.startsWith("rlm_query"));
  test.each(calls)("%s takes any argument without a fault", async (_, call) => {
    const faults: string[] = [];
    for (const [name, argument] of ARGUMENTS) {
      const { status, error } = await play(call(argument), maxDepth);
      if (status !== "ok") faults.push(`${name}: ${error?.kind} ${error?.message.slice(0, 200)}`);
    }
    expect(faults).toEqual([]);
  });
});

describe("what a block leaves behind", () => {
  test.each<[string, string]>([
    [
      "more files than can be saved, and a loop",
      "for n in range(25): open(f'/tmp/{n}', 'wb').write(b'x' * (10 << 20))\nwhile True: pass",
    ],
    ["an end of the interpreter", "import os; os._exit(1)"],
    [
      "a heap at its limit, and a loop",
      "x = []\ntry:\n  while True: x.append(bytearray(1 << 20))\nexcept MemoryError:\n  while True: pass",
    ],
    [
      "open files without names",
      "import os\nfds = [os.open(f'/tmp/f{n}', 66) for n in range(500)]\nfor n in range(500): os.unlink(f'/tmp/f{n}')\nwhile True: pass",
    ],
  ])("is no fault: %s", async (_, code) => {
    const { status, error } = await play(code, 1, { maxExecSeconds: 2 });
    expect([status, error]).toEqual(["ok", null]);
  });
});

describe("calls without an end come to an end", () => {
  test("those of a tool that does not exist count as calls", async () => {
    const code =
      'import os\nfor _ in range(200): os.read(21068, os.write(21068, b\'H{"name": "absent", "args": {}}\'))';
    const { stopReason, toolCalls } = await play(code, 1, { maxCalls: 50 });
    expect(stopReason).toBe("max_calls");
    expect(toolCalls.length).toBeLessThanOrEqual(50);
  });

  test("children are refused where their first calls do not fit", async () => {
    const { stopReason, children } = await play("rlm_query_batched(['a'] * 200)", 2, { maxCalls: 50 });
    expect(stopReason).toBe("max_calls");
    expect(children).toEqual([]);
  });

  test("the characters of all calls are bounded", async () => {
    const code =
      "for _ in range(60):\n  try: llm_query_batched(['z' * 5_000_000])\n  except RuntimeError as error: last = str(error)\nprint(last)";
    const { stopReason, turns, calls } = await play(code, 1, { maxTokens: 2_000_000_000 });
    expect(turns[0]?.results[0]?.stdout).toContain("hold more than 268,435,456 characters");
    expect(stopReason).toBe("max_calls");
    expect(calls.length).toBeLessThan(55);
  });
});
