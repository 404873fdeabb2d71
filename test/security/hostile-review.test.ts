/** Attacks on the host itself: its memory, its event loop, its trust in reports. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BlockClock } from "../../src/repl/engine/block-clock.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { isCheapJson } from "../../src/repl/worker/cheap-json.js";
import { withEpisode } from "../repl/repl-contract.ts";

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool({ graceMs: 300 });
});
afterAll(() => pool.close());

const MAX_OUTPUT_CHARS = 1000;
const CHANNEL = "import os\ndef ask(body): return os.read(21068, os.write(21068, body))\n";
const ENGINE =
  "import sys\nf = sys._getframe().f_back\nwhile 'report' not in f.f_globals: f = f.f_back\nengine = f.f_globals\n";
const LIAR =
  "class Liar(str):\n  def __len__(self): return 1\n  def __getitem__(self, key): return self\n" +
  "class Shown:\n  def __repr__(self): return Liar('A' * 10**7)\n  __str__ = __repr__\n";

/** Makes the engine report other bytes. */
function forge(bytes: string): string {
  return `${ENGINE}engine['report'].__code__ = (lambda: ${bytes}).__code__`;
}

/** A report with some fields replaced or added; `A` stands for ten million letters. */
function report(fields: string): string {
  const plain = `"kind":"ok","stdout":"","stderr":"","value":null,"exception":null,"outputChars":0,"omittedChars":0,"answer":null`;
  return forge(`b'{${plain},${fields}}'.replace(b'A', b'a' * 10**7)`);
}

describe("code that attacks the host ends in an observation, and the next episode works", () => {
  const attacks: [name: string, code: string, outcome: string, shows: string][] = [
    // JavaScript's memory: using it up would end the process.
    [
      "a terminal's endless line",
      "f = open('/dev/tty', 'wb', 0)\nfor _ in range(300): f.write(b'x' * 2**20)",
      "ok",
      "",
    ],
    ["a path of 5 MB", "open('/tmp/' * 1_000_000)", "exception", "Filename too long"],
    [
      "links to paths of 1 MB",
      "import os; os.symlink('x' * 10**6, '/tmp/l')",
      "exception",
      "Filename too long",
    ],
    [
      "folders without end",
      "import os\nos.chdir('/tmp')\nwhile True: os.mkdir('d' * 4000); os.chdir('d' * 4000)",
      "exception",
      "Filename too long",
    ],
    ["a million vectors", "import os; os.writev(21068, [b''] * 1_000_000)", "ok", ""],
    // Files, which are outside the interpreter's memory.
    [
      "a hole of 700 MB",
      "f = open('/tmp/a', 'wb'); f.write(b'a'); f.seek(700 << 20); f.write(b'x'); f.flush()",
      "exception",
      "No space left",
    ],
    [
      "a write far out",
      "import os; os.pwrite(os.open('/tmp/a', 66), b'x', 1 << 30)",
      "exception",
      "No space left",
    ],
    [
      "files without a name",
      "import os\nfor _ in range(3):\n  fd = os.open('/tmp/a', 66); os.unlink('/tmp/a'); os.write(fd, b'x' * (100 << 20))",
      "exception",
      "No space left",
    ],
    [
      "a negative length, then many files",
      "import os, contextlib\nfd = os.open('/tmp/a', 66)\nwith contextlib.suppress(OSError): os.ftruncate(fd, -2**50)\n" +
        "for n in range(3): open(f'/tmp/{n}', 'wb').write(b'x' * (100 << 20))",
      "exception",
      "No space left",
    ],
    // The host's event loop.
    ["a request that nests", `${CHANNEL}print(ask(b'J' + b'[' * (60 << 20)))`, "ok", "nests deeper"],
    ["a request of many values", `${CHANNEL}print(ask(b'J[' + b'{},' * (15 << 20)))`, "ok", "nests deeper"],
    ["a report that nests", forge("b'[' * (10 << 20)"), "killed", "SystemError"],
    [
      "a model's name of 1 MB",
      "llm_query('a', model='m' * 10**6)",
      "exception",
      "no model has a name of 1000000",
    ],
    // Forged reports.
    ["more output than the limit", report(`"stdout":"A"`), "violation", "PermissionError"],
    [
      "a longer answer than the limit",
      report(`"answer":{"content":"A","ready":true,"source":"final"}`),
      "violation",
      "PermissionError",
    ],
    [
      "fields of the host's own",
      report(`"code":7,"outcome":"won","stateKept":0,"__proto__":{"a":1}`),
      "ok",
      "",
    ],
    // Errors that are expensive to show.
    [
      "a chain of 100,000 errors",
      "e = None\nfor i in range(100_000):\n  n = ValueError(i); n.__cause__ = e; e = n\nraise e",
      "exception",
      "[... earlier exceptions are left out ...]",
    ],
    [
      "errors raised while handling 100,000 others",
      "e = None\nfor i in range(100_000):\n  n = ValueError(i); n.__context__ = e; e = n\nraise e",
      "exception",
      "ValueError: 99999",
    ],
    [
      "a group of 100,000 errors",
      "raise ExceptionGroup('g', [ValueError(i) for i in range(100_000)])",
      "exception",
      "and 99992 more exceptions",
    ],
    [
      "groups in 10,000 groups",
      "e = ValueError(1)\nfor _ in range(10_000): e = ExceptionGroup('g', [e])\nraise e",
      "exception",
      "max_group_depth",
    ],
    ["an error's message of 50 MB", "raise ValueError('m' * 50_000_000)", "exception", "line 1, in <module>"],
    [
      "100,000 notes",
      "e = ValueError('x'); e.__notes__ = ['n'] * 100_000\nraise e",
      "exception",
      "99980 notes left out",
    ],
    [
      "a hint that cannot be looked for",
      "class A:\n  def __dir__(self): raise SystemExit\nA().x",
      "exception",
      "line 3, in <module>",
    ],
    [
      "recursion through C",
      "class A:\n  def __repr__(self): return repr(self)\nA()",
      "exception",
      "RecursionError: maximum recursion depth",
    ],
    // Attempts to keep the engine from starting a block or from reporting on it.
    [
      "the least recursion limit",
      "import sys\nfor n in range(1, 30):\n  try: sys.setrecursionlimit(n); break\n  except RecursionError: pass\n1 / 0",
      "exception",
      "ZeroDivisionError",
    ],
    [
      "a hook over the engine",
      "import sys\ndef hook(*_): raise RuntimeError\nsys.settrace(hook)",
      "exception",
      "broken off, by an interrupt or by a hook",
    ],
    // Texts that give a wrong length.
    ["a lying value", `${LIAR}Shown()`, "ok", "characters left out"],
    ["a lying line", `${LIAR}print(Shown())`, "ok", "characters left out"],
    ["a lying answer", `${LIAR}answer = Shown()`, "ok", ""],
  ];
  test.each(attacks)("%s", async (_, code, outcome, shows) => {
    await withEpisode(pool, async ({ run }) => {
      const { block, answer } = await run(code, { timeoutMs: 60_000, maxOutputChars: MAX_OUTPUT_CHARS });
      const shown = [block.stdout, block.stderr, block.value, block.exception].join("");
      expect(shown).toContain(shows);
      expect(shown.length).toBeLessThan(MAX_OUTPUT_CHARS + 400);
      expect(answer?.content.length ?? 0).toBeLessThanOrEqual(1_000_000);
      expect({ ...block }).toMatchObject({ code, outcome, stateKept: true });
      expect(Object.keys(block)).toHaveLength(9);
    });
    await withEpisode(pool, async ({ run }) =>
      expect((await run("llm_query('a')")).block.value).toBe("'echo: a'"),
    );
  });

  test("a folder named __proto__ and a read-only file come back after a crash", async () => {
    await withEpisode(pool, async ({ run }) => {
      await run(
        "import os\nos.mkdir('/tmp/__proto__')\nopen('/tmp/a', 'w').write('kept')\nos.chmod('/tmp/a', 0o444)",
      );
      await run("import os; os._exit(0)");
      expect((await run("open('/tmp/a').read(), os.path.isdir('/tmp/__proto__')")).block.value).toBe(
        "('kept', True)",
      );
    });
  });
});

test("a block's clock does not run after it was stopped, even if a reply comes late", () => {
  vi.useFakeTimers();
  const clock = new BlockClock();
  clock.start(10, () => expect.unreachable());
  clock.pause();
  clock.stop();
  clock.resume();
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test.each([
  ["[[1]]", true],
  ["[[[1]]]", false],
  ["[1,2,3,4,5]", true],
  ["[1,2,3,4,5,6]", false],
  [String.raw`["[[[[,,,,,\"[[[[\\"]`, true],
  [String.raw`["\\",[[]]]`, false],
  ['"[[[[', true],
])("%s is cheap: %s", (text, cheap) => {
  expect(isCheapJson(new TextEncoder().encode(text), 2, 5)).toBe(cheap);
});
