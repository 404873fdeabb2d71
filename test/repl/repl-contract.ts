/** What every implementation of `Repl` must do. Each implementation's test file runs it. */
import { expect, test } from "vitest";
import type {
  ExecResult,
  HostCall,
  HostCallHandler,
  Repl,
  ReplPool,
  ReplSession,
} from "../../src/repl/repl.ts";
import type { Context } from "../../src/types.ts";

/** Enough time for code that ends by itself, even on a busy machine. */
export const LIMITS = { timeoutMs: 30_000, maxOutputChars: 2000 };

export interface Episode {
  readonly repl: Repl;
  readonly run: (code: string, limits?: Partial<typeof LIMITS>) => Promise<ExecResult>;
}

/** Runs a test in its own episode, and releases the REPL afterwards. */
export async function withEpisode<T>(
  pool: ReplPool,
  work: (episode: Episode) => Promise<T>,
  session: { context?: ReplSession["context"]; seed?: number; onCall?: HostCallHandler } = {},
): Promise<T> {
  const repl = await pool.acquire();
  try {
    const { context = "the context", seed = 1, onCall = echo } = session;
    await repl.start({ context, seed, onCall });
    return await work({ repl, run: (code, limits) => repl.exec(code, { ...LIMITS, ...limits }) });
  } finally {
    await pool.release(repl);
  }
}

/** Replies to each prompt with the prompt. */
export async function echo(call: HostCall): Promise<{ replies: string[] }> {
  return await Promise.resolve({ replies: call.prompts.map((prompt) => `echo: ${prompt}`) });
}

/** The contract as tests. `pool` is a function, since the pool is made only when the tests start. */
export function describeReplContract(pool: () => ReplPool): void {
  test("shows stdout and the value of the last expression", async () => {
    await withEpisode(pool(), async ({ run }) => {
      const { block } = await run("print('hello')\nx = 20\nx + 1");
      expect(block).toMatchObject({
        outcome: "ok",
        stdout: "hello\n",
        value: "21",
        exception: null,
        stateKept: true,
      });
      expect(block.outputChars).toBe(8);
      expect((await run("x")).block.value).toBe("20");
    });
  });

  test("keeps what ran before an exception, and shows the policy's own lines only", async () => {
    await withEpisode(pool(), async ({ run }) => {
      const { block } = await run("before = 1\ndef f():\n    return 1 / 0\nf()\nafter = 2");
      expect(block.outcome).toBe("exception");
      expect(block.exception).toContain("line 3, in f");
      expect(block.exception).toContain("return 1 / 0");
      expect(block.exception).not.toContain("rlm");
      expect((await run("before, 'after' in globals()")).block.value).toBe("(1, False)");
    });
  });

  test("lists the existing names after a NameError", async () => {
    await withEpisode(pool(), async ({ run }) => {
      expect((await run("chunks = []\nchunk")).block.exception).toMatch(
        /NameError: .*chunk.*\nNames that exist: chunks$/,
      );
    });
  });

  test("shows a syntax error with its line", async () => {
    await withEpisode(pool(), async ({ run }) => {
      expect((await run("x = (1,\ny = 2")).block.exception).toMatch(/line 1[\s\S]*SyntaxError/);
    });
  });

  test("cuts output in the middle and says how much is left out", async () => {
    await withEpisode(pool(), async ({ run }) => {
      const { block } = await run("print('a' * 5000 + 'END')", { maxOutputChars: 100 });
      expect(block.stdout).toMatch(/^a{50}\n\[\.\.\. 4904 characters left out \.\.\.\]\na+END\n$/);
      expect(block).toMatchObject({ outputChars: 5004, omittedChars: 4904 });
    });
  });

  test("bounds the cost of a flood of output", async () => {
    await withEpisode(pool(), async ({ run }) => {
      const { block } = await run("line = 'x' * 1000000\nfor _ in range(500): print(line)", {
        maxOutputChars: 200,
      });
      expect(block.outputChars).toBe(500 * 1_000_001);
      expect(block.stdout.length).toBeLessThan(300);
    });
  });

  const contexts: [string, Context, string][] = [
    ["ASCII", "abc", "'abc'"],
    ["Latin-1", "caf\u00e9", "'caf\u00e9'"],
    ["UCS-2", "\u4f60\u597d!", "'\u4f60\u597d!'"],
    ["UCS-4", "a\u{1f600}b", "'a\u{1f600}b'"],
    ["a lone surrogate", "a\ud800b", "'a\\ud800b'"],
    ["NULs", "a\0b", "'a\\x00b'"],
    ["empty", "", "''"],
    ["a list", ["a", "\u{1f600}", "\u00e9", ""], "['a', '\u{1f600}', '\u00e9', '']"],
    ["an empty list", [], "[]"],
    ["a dict", { a: [1, null, true], b: { c: "\u00e9" } }, "{'a': [1, None, True], 'b': {'c': '\u00e9'}}"],
    ["bytes", new Uint8Array([0, 1, 255]), "b'\\x00\\x01\\xff'"],
  ];
  test.each(contexts)("binds a context: %s", async (_, context, shown) => {
    await withEpisode(pool(), async ({ run }) => expect((await run("context")).block.value).toBe(shown), {
      context,
    });
  });

  test("restores reserved names and the context", async () => {
    await withEpisode(pool(), async ({ run }) => {
      await run("context = llm_query = FINAL = 1\ndel SHOW_VARS");
      const { block } = await run("context, llm_query('a'), callable(FINAL), callable(SHOW_VARS)");
      expect(block.value).toBe("('the context', 'echo: a', True, True)");
    });
  });

  test("asks sub-models, one prompt or many, in order", async () => {
    const calls: HostCall[] = [];
    const onCall: HostCallHandler = (call) => {
      calls.push(call);
      return echo(call);
    };
    await withEpisode(
      pool(),
      async ({ run }) => {
        const one = await run(
          "llm_query('a', model='small'), llm_batch(['b', '\\ud800']), llm_query_batched([])",
        );
        expect(one.block.value).toBe("('echo: a', ['echo: b', 'echo: \\ud800'], [])");
        await run(
          "rlm_query('c', context=['x', 'y']); rlm_query_batched(['d', 'e'], contexts=['s', {'k': 1}])",
        );
      },
      { onCall },
    );
    expect(calls).toEqual([
      { kind: "llm_query", batched: false, prompts: ["a"], model: "small" },
      { kind: "llm_query", batched: true, prompts: ["b", "\ud800"], model: null },
      { kind: "rlm_query", batched: false, prompts: ["c"], contexts: [["x", "y"]], model: null },
      { kind: "rlm_query", batched: true, prompts: ["d", "e"], contexts: ["s", { k: 1 }], model: null },
    ]);
  });

  test("raises in Python for calls that the host refuses, and for arguments of the wrong type", async () => {
    const onCall: HostCallHandler = () => Promise.resolve({ error: "no budget left" });
    await withEpisode(
      pool(),
      async ({ run }) => {
        const caught = await run("try:\n    llm_query('a')\nexcept RuntimeError as e:\n    print(e)");
        expect(caught.block.stdout).toBe("no budget left\n");
        expect((await run("llm_query(['a'])")).block.exception).toMatch(/TypeError: .*llm_query_batched/);
        expect((await run("llm_query_batched('a')")).block.exception).toMatch(/TypeError: .*list of str/);
        expect((await run("llm_query_batched([1])")).block.exception).toMatch(/TypeError: .*not int/);
      },
      { onCall },
    );
  });

  test("does not count the wait for a sub-model as the block's time", async () => {
    const onCall: HostCallHandler = async (call) => {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      return echo(call);
    };
    await withEpisode(
      pool(),
      async ({ run }) => {
        expect((await run("llm_query('slow')", { timeoutMs: 1000 })).block).toMatchObject({
          outcome: "ok",
          value: "'echo: slow'",
        });
      },
      { onCall },
    );
  });

  const answers: [string, string, object | null][] = [
    ["nothing", "1", null],
    [
      "the dict filled",
      "answer['content'] = 'x'; answer['ready'] = True",
      { content: "x", ready: true, source: "answer_dict" },
    ],
    ["not ready yet", "answer['content'] = 'x'", { content: "x", ready: false, source: "answer_dict" }],
    [
      "a str in its place",
      "answer = '42'",
      { content: "42", ready: false, source: "answer_dict", isNoDict: true },
    ],
    [
      "a number in its place",
      "answer = 42",
      { content: "42", ready: false, source: "answer_dict", isNoDict: true },
    ],
    [
      "a list in its place",
      "answer = ['a', 2]",
      { content: "a, 2", ready: false, source: "answer_dict", isNoDict: true },
    ],
    [
      "a dict in its place",
      "answer = {'content': 'x'}",
      { content: "x", ready: false, source: "answer_dict" },
    ],
    [
      "ready: 'False'",
      "answer = {'content': 'x', 'ready': 'False'}",
      { content: "x", ready: false, source: "answer_dict" },
    ],
    [
      "ready: 'true'",
      "answer = {'content': 3.5, 'ready': 'true'}",
      { content: "3.5", ready: true, source: "answer_dict" },
    ],
    ["ready: 1", "answer.update(content=None, ready=1)", { content: "", ready: true, source: "answer_dict" }],
    ["deleted", "del answer", null],
    ["FINAL", "FINAL('x')", { content: "x", ready: true, source: "final" }],
    ["FINAL of a nested value", "FINAL([{'a': 1}])", { content: '[{"a": 1}]', ready: true, source: "final" }],
    ["FINAL_VAR by name", "v = 7\nFINAL_VAR('v')", { content: "7", ready: true, source: "final_var" }],
    [
      "FINAL_VAR of a value",
      "v = 'paris'\nFINAL_VAR(v)",
      { content: "paris", ready: true, source: "final_var" },
    ],
    [
      "the dict after FINAL",
      "FINAL('x'); answer['content'] = 'y'",
      { content: "y", ready: true, source: "answer_dict" },
    ],
  ];
  test.each(answers)("reads the answer: %s", async (_, code, answer) => {
    await withEpisode(pool(), async ({ run }) => expect((await run(code)).answer).toEqual(answer));
  });

  test("says which variables exist when FINAL_VAR names none", async () => {
    await withEpisode(pool(), async ({ run }) => {
      const { block, answer } = await run("found = 1\nFINAL_VAR('result')");
      expect(block.exception).toContain("there is no variable 'result'; variables that exist: found");
      expect(answer).toBeNull();
      expect((await run("SHOW_VARS()")).block.value).toBe("{'found': 'int'}");
    });
  });

  test("is clean at each start", async () => {
    const repl = await pool().acquire();
    const session = { context: "c", seed: 1, onCall: echo };
    await repl.start(session);
    await repl.exec(
      "import builtins, random, os\nbuiltins.len = lambda x: 0\nsecret = 1\nopen('/tmp/f', 'w').write('x')",
      LIMITS,
    );
    await repl.start(session);
    const { block } = await repl.exec(
      "import os\nlen('ab'), 'secret' in globals(), os.path.exists('/tmp/f')",
      LIMITS,
    );
    expect(block.value).toBe("(2, False, False)");
    await pool().release(repl);
  });

  test("repeats everything that depends on chance and time when the seed is the same", async () => {
    const code =
      "import random, uuid, os, time, secrets, datetime\nprint(random.random(), uuid.uuid4(), os.urandom(4), time.time(), " +
      "secrets.token_hex(4), hash('a'), list({'x','y','z'}), datetime.datetime.now(), id(object()))";
    const once = (seed: number) =>
      withEpisode(pool(), async ({ run }) => (await run(code)).block.stdout, { seed });
    const first = await once(7);
    expect(first).not.toBe("");
    expect(await once(7)).toBe(first);
    expect(await once(8)).not.toBe(first);
  });
}
