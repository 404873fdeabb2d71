import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { readSnapshot, writeSnapshot } from "../../src/repl/pool/state-file.ts";
import { TextStore } from "../../src/repl/text/text-store.ts";
import { withEpisode, type Episode } from "./repl-contract.ts";

/** More bytes than the interpreter's memory, and more characters than a str can have. */
const MANY = 2_500_000_000;
const MAX_HEAP_BYTES = 200 * 2 ** 20;

let folder: string;
let pool: PyodideReplPool;
/** The search thread ends with the last text, so this one keeps it between tests. */
let keeper: TextStore;
beforeAll(() => {
  keeper = TextStore.fromString("");
  folder = mkdtempSync(join(tmpdir(), "lazy-text-"));
  pool = new PyodideReplPool({ maxHeapBytes: MAX_HEAP_BYTES, graceMs: 20_000 });
});
afterAll(async () => {
  keeper.close();
  await pool.close();
  rmSync(folder, { recursive: true });
});

async function withText(text: string | TextStore, work: (episode: Episode) => Promise<void>): Promise<void> {
  const store = typeof text === "string" ? TextStore.fromString(text) : text;
  await withEpisode(pool, work, { context: store }).finally(() => store.close());
}

async function value({ run }: Episode, code: string): Promise<string | null> {
  const { block } = await run(code);
  if (block.exception !== null) throw new Error(block.exception);
  return block.value;
}

const text =
  "one line\ntwo 😀 é\r\nthree\x0bfour\n\nfive\rsix\x1cseven\x85eight\u2028nine\u2029ten\x0celeven\n\rlast of café";

describe("a lazy text answers as the str does", () => {
  const expressions = [
    "len(T)",
    "T[0]",
    "T[-1]",
    "T[3:9]",
    "T[-4:]",
    "T[:-20]",
    "T[::2]",
    "T[::-1]",
    "T[20:3:-3]",
    "T[5:5]",
    "T[9:2]",
    "T[:10**9]",
    "T[10**9:]",
    "str(T)",
    "f'{T}'",
    "bool(T)",
    "'café' in T",
    "'nope' in T",
    "'' in T",
    "T.find('e')",
    "T.find('e', 3)",
    "T.find('e', -3)",
    "T.find('e', 3, 5)",
    "T.rfind('e')",
    "T.rfind('e', 0, 9)",
    "T.index('two')",
    "T.rindex('o')",
    "T.find('')",
    "T.find('', 900)",
    "T.rfind('')",
    "T.count('e')",
    "T.count('')",
    "T.count('e', 5, -5)",
    "T.find('\\ud800')",
    "T.startswith('one')",
    "T.startswith(('x', 'one'))",
    "T.startswith('line', 4)",
    "T.startswith('')",
    "T.startswith('one', 0, 2)",
    "T.endswith('café')",
    "T.endswith('caf', 0, -1)",
    "T.endswith(('a', 'é'))",
    "list(T)",
    "list(T.splitlines())",
    "list(T.splitlines(keepends=True))",
    "list(T.splitlines(True))[2:]",
    "len(T.splitlines()), len(T.splitlines(True))",
    "T.splitlines()[0], T.splitlines()[3], T.splitlines()[-1]",
    "T.splitlines()[2:5]",
    "T.splitlines()[-3:]",
    "T.splitlines()[::-2]",
    "T.splitlines()[5:2]",
    "T.splitlines()[90:99]",
    "[lines[i] for lines in [T.splitlines(True)] for i in (4, 2, 9, 0)]",
    "'seven' in T.splitlines(), 'sev' in T.splitlines()",
    "bool(T.splitlines()), bool(T[:0].splitlines())",
    "list(enumerate(T.splitlines()))[-1]",
    "[line for line in reversed(T.splitlines())]",
    "''.join(T[i:i+7] for i in range(0, len(T), 7)) == str(T)",
    "max(T)",
    "sorted(set(T))",
  ];
  test.each(expressions)("%s", async (code) => {
    await withText(text, async (episode) => {
      const plain = await value(episode, code.replaceAll(/\bT\b/g, JSON.stringify(text)));
      expect(await value(episode, code.replaceAll(/\bT\b/g, "context"))).toBe(plain);
    });
  });

  test.each([
    ["context[99]", "IndexError: string index out of range"],
    ["context[-99]", "IndexError: string index out of range"],
    ["context.index('nope')", "ValueError: substring not found"],
    ["5 in context", "TypeError: 'in <string>' requires string as left operand, not int"],
    ["context.count(5)", "TypeError: count: argument 1 must be str, not int"],
    ["context.startswith(5)", "TypeError"],
    ["context.split()", "AttributeError: a LazyText has no split: take a slice, which is a str"],
    ["context.search('(?=a)')", "ValueError: .*look-ahead cannot be matched in linear time"],
    ["context.grep('a', limit=10**6)", "ValueError: .*limit"],
    ["context['a']", "TypeError"],
    ["context.splitlines()[99]", "IndexError: list index out of range"],
    [
      "import re, json; re.findall('a', context)",
      "TypeError[^]*Instead of re.findall[^]*context.grep\\(pattern, limit=100\\)",
    ],
    [
      "import re, json; re.compile('a').search(context)",
      "TypeError[^]*context.search\\(pattern\\) the first one",
    ],
    ["'the text: ' + context", "TypeError[^]*Other functions take slices"],
    ["import re, json; json.loads(context)", "TypeError[^]*too long to be a str"],
  ])("%s raises", async (code, error) => {
    await withText(text, async ({ run }) => {
      expect((await run(code)).block.exception).toMatch(new RegExp(error));
    });
  });
});

describe("the lines of a lazy text", () => {
  // More than one reply of the host holds, and a line end that two of them share.
  const long = `${"a line of text\n".repeat(80_000)}${"b".repeat(2 ** 20)}\r\n${"x\u2028y\n".repeat(9)}end\r`;

  test.each([
    "len(T.splitlines())",
    "sum(len(line) for line in T.splitlines(True)) == len(T)",
    "T.splitlines()[-12][-3:], T.splitlines()[-1], T.splitlines()[79_999:80_000]",
    "len(T.splitlines()[80_000]), T.splitlines(True)[80_000][-3:]",
    "[line for line in T.splitlines() if line != 'a line of text'][1:]",
  ])("%s", async (code) => {
    await withText(long, async (episode) => {
      const plain = code.replaceAll(/\bT\b/g, "str(context)");
      expect(await value(episode, code.replaceAll(/\bT\b/g, "context"))).toBe(await value(episode, plain));
    });
  });

  test("are taken one after the other by next, too", async () => {
    await withText("one\ntwo\nthree", async (episode) => {
      expect(await value(episode, "lines = context.splitlines()\nnext(lines), next(lines)")).toBe(
        "('one', 'two')",
      );
    });
  });
});

describe("searching a lazy text", () => {
  test("gives matches with groups, offsets and lines", async () => {
    await withText(text, async (episode) => {
      await episode.run("m = context.search(r'(?P<word>t\\w+) (\\S)(x)?')");
      expect(
        await value(episode, "m.span(), m.group(), m.group('word', 2), m.groups(''), m.groupdict()"),
      ).toBe("((9, 14), 'two 😀', ('two', '😀'), ('two', '😀', ''), {'word': 'two'})");
      expect(await value(episode, "m.start(2), m.end('word'), m.span(3), m[0], m.line_number, m.line")).toBe(
        "(13, 12, (-1, -1), 'two 😀', 2, 'two 😀 é\\r')",
      );
      expect(await value(episode, "context[m.start():m.end()] == m.group()")).toBe("True");
      expect(await value(episode, "context.search('nope') is None")).toBe("True");
    });
  });

  test("takes limits, ranges, flags and compiled patterns", async () => {
    await withText(text, async (episode) => {
      expect(await value(episode, "[m.start() for m in context.grep('e', limit=2)]")).toBe("[2, 7]");
      expect(await value(episode, "[m.line_number for m in context.grep('^\\\\w+')]")).toBe("[1, 2, 3, 5]");
      expect(
        await value(episode, "[m.group() for m in context.grep('ONE|LAST', flags=__import__('re').I)]"),
      ).toBe("['one', 'last']");
      expect(await value(episode, "import re\nlen(context.grep(re.compile('E', re.I), start=-10))")).toBe(
        "0",
      );
      expect(await value(episode, "context.search('e', 3, 5)")).toBeNull();
    });
  });

  test("ends at the block's deadline and keeps the state", async () => {
    await withText("aaaa ".repeat(20_000_000), async ({ run }) => {
      const { block } = await run("x = 1\ncontext.grep('(?i)(a|b|c){20}[0-9]x')", { timeoutMs: 300 });
      expect(block).toMatchObject({ outcome: "timeout", stateKept: true });
      expect((await run("x, context[:4]")).block.value).toBe("(1, 'aaaa')");
    });
  });
});

describe("a context that is not a lazy text", () => {
  test("does not answer forged requests", async () => {
    const forge = `import os\nn = os.write(0x524C, b'T{"op":"length"}')\nos.read(0x524C, n)`;
    await withEpisode(pool, async ({ run }) => {
      expect((await run(forge)).block.value).toContain("no lazy text");
      expect((await run("len('abc')")).block.value).toBe("3");
    });
  });
});

describe("contexts by their size", () => {
  test("a str beyond the stated size is lazy, and one below is a str", async () => {
    await withEpisode(
      pool,
      async ({ run }) => {
        expect((await run("type(context).__name__, len(context), context[-3:]")).block.value).toBe(
          "('LazyText', 67108867, 'end')",
        );
      },
      { context: `${"x".repeat(2 ** 26)}end` },
    );
  });

  test("a file that is too long for any str is searched without loading it", async () => {
    const path = join(folder, "large.txt");
    writeFileSync(path, "the first\n");
    // The rest of the file is a hole: NULs that take no room on disk.
    truncateSync(path, MANY);
    await withText(TextStore.fromFile(path), async (episode) => {
      expect(await value(episode, "context[:9], context.find('\\n'), context.search('f\\\\w+').span()")).toBe(
        "('the first', 9, (4, 9))",
      );
      expect(
        await value(
          { ...episode, run: (code) => episode.run(code, { timeoutMs: 60_000 }) },
          "len(context), context[2_499_999_999], context[-2:]",
        ),
      ).toBe("(2500000000, '\\x00', '\\x00\\x00')");
      const { block } = await episode.run("str(context)");
      expect(block).toMatchObject({ outcome: "memory", stateKept: true });
    });
  });

  test("a file that changes is an error in Python", async () => {
    const path = join(folder, "changing.txt");
    writeFileSync(path, "before");
    await withText(TextStore.fromFile(path), async (episode) => {
      expect(await value(episode, "len(context)")).toBe("6");
      writeFileSync(path, "before and after");
      expect((await episode.run("context[0]")).block.exception).toMatch(
        /OSError: .*changing.txt: the file changed/,
      );
    });
  });

  test("one store serves several episodes, and forked or saved ones go on with it", async () => {
    const store = TextStore.fromString("shared text");
    const repl = await pool.acquire();
    const onCall = () => Promise.resolve({ error: "no models here" });
    await repl.start({ context: store, seed: 1, onCall });
    const limits = { timeoutMs: 30_000, maxOutputChars: 1000 };
    await repl.exec("word = context[:6]", limits);
    const fork = await repl.fork(onCall);
    await withEpisode(pool, async ({ run }) => expect((await run("len(context)")).block.value).toBe("11"), {
      context: store,
    });
    expect((await fork.exec("word, context.rfind('t')", limits)).block.value).toBe("('shared', 10)");
    const saved = join(folder, "states");
    const name = await writeSnapshot(saved, await fork.snapshot());
    await expect(readSnapshot(saved, name)).rejects.toThrow(/lazy text/);
    await repl.restore(await readSnapshot(saved, name, store), onCall);
    expect((await repl.exec("word + context[6:]", limits)).block.value).toBe("'shared text'");
    await fork.close();
    await pool.release(repl);
    store.close();
  });
});
