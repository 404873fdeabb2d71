import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { withEpisode } from "./repl-contract.ts";

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool();
});
afterAll(() => pool.close());

/** Blocks whose last line could be misread, and the value that is shown. */
const BLOCKS: readonly [code: string, value: string | null][] = [
  ["x = 1", null],
  ["x = 1; x", "1"],
  ["x = 1\nx", "1"],
  ["x = 1\n\nstr(x)\n\n", "'1'"],
  ["def f():\n    return 2\nf()", "2"],
  ["if False:\n    x = 1\nelse:\n    x = 2\nx = x + 1", null],
  ["y = '''\nx = 1'''\ny", "'\\nx = 1'"],
  ["'''\nx = 1'''", "'\\nx = 1'"],
  ["'''\nprint(1)'''", "'\\nprint(1)'"],
  ["dict(\nx = 1)", "{'x': 1}"],
  ["(1 +\nint('2'))", "3"],
  ["1 + \\\nint('2')", "3"],
  ["x = 1 + \\\nint('2')", null],
  ["len('ab') if True else 5", "2"],
  ["int('1'), int('2')", "(1, 2)"],
  ["print", "<built-in function print>"],
  ["for i in [1]: i", null],
  ["for i in range(3):\n    y = i\ny = 9", null],
  ["from __future__ import annotations\ndef f(a: b): pass\nf.__annotations__", "{'a': 'b'}"],
  ["x = 1\r\nint('5')", "5"],
];

describe("the last line of a block", () => {
  test.each(BLOCKS)("%j shows %s", async (code, value) => {
    await withEpisode(pool, async ({ run }) => {
      const { block } = await run(code);
      expect(block).toMatchObject({ outcome: "ok", value, stderr: "" });
    });
  });

  test("keeps its number in a traceback, and what ran before it stays", async () => {
    await withEpisode(pool, async ({ run }) => {
      const { block } = await run("x = 5\n\n\nint('no')");
      expect(block.exception).toContain("line 4, in <module>\n    int('no')");
      const assigned = await run("y = 5\n\nx = int('no')");
      expect(assigned.block.exception).toContain("line 3, in <module>");
      expect((await run("x, y")).block.value).toBe("(5, 5)");
    });
  });

  test("is not run if a line before it is not valid Python, and the error is shown once", async () => {
    await withEpisode(pool, async ({ run }) => {
      const { block } = await run("x = = 1\nprint('ran')");
      expect(block).toMatchObject({ outcome: "exception", stdout: "" });
      expect(block.exception?.match(/SyntaxError/g)).toHaveLength(1);
      expect(
        (await run("import re\nre.match('\\d', '1')")).block.stderr.match(/SyntaxWarning/g),
      ).toHaveLength(1);
    });
  });
});

describe("the streams of a block", () => {
  test.each([
    ["closed", "sys.stdout.close()"],
    ["given another write", "sys.stdout.write = lambda text: 0"],
    ["given a limit of its own", "sys.stdout.limit = 10**9"],
    [
      "made another class's",
      "class Own(type(sys.stdout)):\n  def write(self, text): return 0\nsys.stdout.__class__ = Own",
    ],
    ["replaced", "sys.stdout = None"],
  ])("are as new after they were %s", async (_, code) => {
    await withEpisode(pool, async ({ run }) => {
      await run(`import sys\nprint('before')\n${code}`);
      expect((await run("print('after', flush=True)")).block).toMatchObject({
        stdout: "after\n",
        exception: null,
      });
      expect((await run("print('x' * 5000)")).block.omittedChars).toBe(3001);
    });
  });
});
