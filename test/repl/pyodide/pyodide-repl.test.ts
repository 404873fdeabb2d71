import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ReplError } from "../../../src/errors.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { describeReplContract, echo, LIMITS, withEpisode } from "../repl-contract.ts";

let pool: PyodideReplPool;
/** A long grace for code that stops when it is interrupted, which can take a while on a busy machine. */
let patient: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool({ graceMs: 300 });
  patient = new PyodideReplPool({ graceMs: 20_000 });
});
afterAll(() => Promise.all([pool.close(), patient.close()]));

describe("the REPL contract over Pyodide", () => {
  describeReplContract(() => pool);
});

test("a block ends in an assignment with or without blanks, or in a comparison, whose value is shown", async () => {
  await withEpisode(pool, async ({ run }) => {
    expect((await run("x=1")).block).toMatchObject({ outcome: "ok", value: null });
    expect((await run("y =x")).block.value).toBeNull();
    expect((await run("x==y")).block.value).toBe("True");
    expect((await run("'x=1'\nx=[\n2]")).block.value).toBeNull();
    expect((await run("dict(\nx=1)")).block.value).toBe("{'x': 1}");
    expect((await run("x")).block.value).toBe("[2]");
  });
});

test("steps that follow at once leave turns to the event loop", async () => {
  await withEpisode(pool, async ({ run }) => {
    let [turns, isDone] = [0, false];
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    for (let step = 0; step < 300; step++) await run("x = 1");
    isDone = true;
    expect(turns).toBeGreaterThan(2);
  });
});

describe("code that will not stop", () => {
  /** Enough time for code that ends by itself, even on a busy machine. */
  const [short, long] = [{ timeoutMs: 500 }, { timeoutMs: 30_000 }];
  const endless: [string, string, string, object][] = [
    ["a loop", "while True: pass", "timeout", short],
    ["a catastrophic regex", "import re; re.match(r'(a+)+$', 'a' * 40 + 'b')", "timeout", short],
    ["a long sleep", "import time; time.sleep(1e6)", "ok", long],
    ["more memory than there is", "'a' * 10**9", "memory", long],
    ["more memory than can be addressed", "'a' * 10**11", "exception", long],
    ["deep recursion", "def f(n): return f(n + 1)\nf(0)", "exception", long],
    [
      "deep recursion past the limit",
      "import sys; sys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)",
      "killed",
      short,
    ],
    ["sys.exit()", "import sys; sys.exit()", "exception", long],
    ["os._exit(0)", "import os; os._exit(0)", "killed", long],
    ["os.abort()", "import os; os.abort()", "killed", long],
    [
      "a loop that catches all",
      "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
      "killed",
      short,
    ],
    ["a sum without end", "sum(range(10**12))", "killed", short],
    ["a repr without end", "class A:\n  def __repr__(self):\n    while True: pass\nA()", "timeout", short],
    [
      "an answer without end",
      "class A:\n  def __str__(self):\n    while True: pass\nanswer = A()",
      "timeout",
      short,
    ],
  ];
  test.each(endless)("ends in an observation with the state kept: %s", async (_, code, outcome, limits) => {
    const on = outcome === "timeout" ? patient : pool;
    await withEpisode(on, async ({ run }) => {
      await run("kept = 1");
      const { block } = await run(code, limits);
      expect(block).toMatchObject({ outcome, stateKept: true });
      expect((await run("kept")).block.value).toBe("1");
    });
    await withEpisode(on, async ({ run }) =>
      expect((await run("'kept' in globals()")).block.value).toBe("False"),
    );
  });

  test("gets a result that says what happened", async () => {
    await withEpisode(patient, async ({ run }) => {
      const { block } = await run("print('so far')\nx = 1\nwhile True: pass", { timeoutMs: 300 });
      expect(block.stdout).toBe("so far\n");
      expect(block.exception).toContain("KeyboardInterrupt");
      expect(block.exception).toContain("TimeoutError: the block was stopped after 0.3 s");
    });
  });
});

describe("states", () => {
  test("after a killed block the whole state from before it is back, files and iterators included", async () => {
    await withEpisode(pool, async ({ run }) => {
      await run(
        "def g():\n  yield 1\n  yield 2\nit = g(); next(it)\nf = open('/tmp/notes', 'w+'); f.write('abc'); f.flush()",
      );
      await run("answer_so_far = llm_query('q')");
      expect((await run("answer_so_far = None\nsum(range(10**12))", { timeoutMs: 300 })).block.outcome).toBe(
        "killed",
      );
      const { block } = await run("f.seek(0); (next(it), f.read(), answer_so_far)");
      expect(block.value).toBe("(2, 'abc', 'echo: q')");
    });
  });

  test("a fork goes on independently from the state in which it was made", async () => {
    await withEpisode(pool, async ({ repl, run }) => {
      await run("x = [1]");
      if (!("fork" in repl)) throw new Error("the REPL cannot fork");
      const fork = await (repl as Awaited<ReturnType<PyodideReplPool["acquire"]>>).fork(echo);
      await run("x.append(2)");
      expect((await fork.exec("x.append(3); x", LIMITS)).block.value).toBe("[1, 3]");
      expect((await run("x")).block.value).toBe("[1, 2]");
      await fork.close();
    });
  });

  test("episodes take turns on one worker, each with its own state", async () => {
    const repls = await Promise.all(Array.from({ length: 5 }, () => pool.acquire()));
    await Promise.all(
      repls.map((repl, n) => repl.start({ context: "c".repeat(n * 200_000), seed: n, onCall: echo })),
    );
    for (let round = 0; round < 3; round++) {
      const code = (n: number) =>
        round === 0 ? `n = ${n}\nseen = []` : "seen.append(len(context) // 200000 == n)\nseen";
      const results = await Promise.all(repls.map((repl, n) => repl.exec(code(n), LIMITS)));
      if (round > 0) {
        const all = `[${Array.from({ length: round }, () => "True").join(", ")}]`;
        expect(results.map(({ block }) => block.value ?? block.exception)).toEqual(repls.map(() => all));
      }
    }
    await Promise.all(repls.map((repl) => pool.release(repl)));
  });

  test("episodes that move between workers while they are being saved lose nothing", async () => {
    // Three lanes on two workers: each episode finds its worker taken by another, which is just saving its state.
    const two = new PyodideReplPool({ size: 2 });
    const play = async (seed: number) => {
      const repl = await two.acquire();
      await repl.start({ context: "c", seed, onCall: echo });
      await repl.exec("seen = []", LIMITS);
      for (let round = 0; round < 8; round += 1) await repl.exec(`seen.append(${round})`, LIMITS);
      const { block } = await repl.exec("seen", LIMITS);
      await two.release(repl);
      return block.value ?? block.exception;
    };
    const lane = async (seed: number) => [await play(seed), await play(seed), await play(seed)];
    const seen = (await Promise.all([1, 2, 3].map(lane))).flat();
    await two.close();
    expect(new Set(seen)).toEqual(new Set(["[0, 1, 2, 3, 4, 5, 6, 7]"]));
  });

  test("a closed REPL says so", async () => {
    const repl = await pool.acquire();
    await expect(repl.exec("1", LIMITS)).rejects.toThrow(ReplError);
    await pool.release(repl);
    await pool.release(repl);
    await expect(repl.start({ context: "", seed: 1, onCall: echo })).rejects.toThrow("the REPL is closed");
  });
});
