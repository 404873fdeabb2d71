import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../src/errors.ts";
import { TextStore } from "../../../src/repl/text/text-store.ts";
import { codePoints, grep, matchesOf } from "./reference.ts";

// This store stays open, so that the search thread outlives the stores of each test.
const stores: TextStore[] = [TextStore.fromString("")];
afterAll(() => stores.forEach((store) => store.close()));

function open(text: string): TextStore {
  const store = TextStore.fromString(text);
  stores.push(store);
  return store;
}

async function found(text: string, pattern: string) {
  const store = TextStore.fromString(text);
  const { matches } = await grep(store, pattern).finally(() => store.close());
  return matches.map(({ start, end, text: match, line }) => ({ start, end, text: match, line }));
}

/** Patterns that mean the same in Python, RE2 and JavaScript, with and without a text that every match has. */
const patterns = [
  "ab",
  "a+b",
  "é|中",
  "a.",
  "^a",
  "b$",
  "^$",
  "[^ab\\n]+",
  "(a)(b)?",
  "a{2,3}",
  "(?:ab)+",
  "b??a",
  "a?",
  "x😀b",
  "\\ba",
  "a[\\s\\S]{0,4}b",
  "b.*a",
  "[^b]{0,3}ab",
];
const piece = fc.constantFrom("a", "b", "ab", "é", "中", "😀", "\n", " ", "x");
const parts = fc.record({
  left: fc.array(piece, { maxLength: 15 }),
  filler: fc.constantFrom("z", "é", "\n"),
  count: fc.constantFrom(0, 1000, 32_760, 98_290, 131_060),
  right: fc.array(piece, { maxLength: 15 }),
});

describe("grep", () => {
  it("finds what a plain regular expression finds, with offsets in code points and lines", async () => {
    await fc.assert(
      fc.asyncProperty(
        parts,
        fc.constantFrom(...patterns),
        async ({ left, filler, count, right }, pattern) => {
          const text = left.join("") + filler.repeat(count) + right.join("");
          // A long filler must not match: it would give too many matches, or one that is too long.
          const isPassed = !new RegExp(pattern, "mu").test(filler.repeat(3)) && !pattern.includes(".*");
          fc.pre(count <= 1000 || isPassed);
          expect(await found(text, pattern)).toEqual(matchesOf(text, new RegExp(pattern, "gmu")));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("finds matches across every boundary of its windows", async () => {
    for (const size of [98_304, 32_768, 65_536, 2 ** 20]) {
      for (let less = 0; less < 12; less += 1) {
        const text = `${".".repeat(size - less)}key: é12345 ${".".repeat(500)}`;
        expect(await found(text, "\\w+: é\\d{5}")).toEqual([
          { start: size - less, end: size - less + 11, text: "key: é12345", line: 1 },
        ]);
        expect(await found(text, "é\\d{5}")).toHaveLength(1);
        expect(await found(text, "[k]ey|\\d+5")).toHaveLength(2);
      }
    }
  });

  it("finds frequent matches whose required text is far behind their start", async () => {
    const line = "start of a line, then the word needle and 42\n";
    const matches = await found(line.repeat(4000), "^start.*needle and (\\d+)$");
    expect(matches).toHaveLength(4000);
    expect(matches.at(-1)).toMatchObject({ start: line.length * 3999, line: 4000 });
  });

  it("counts groups in characters from the start of the match, by number and by name", async () => {
    const { matches, names } = await grep(open("…😀 né: 中文=7, x"), "(?P<key>\\w+)=(?P<value>\\d)(z)?");
    expect(names).toEqual({ key: 1, value: 2 });
    expect(matches).toEqual([
      {
        start: 7,
        end: 11,
        text: "中文=7",
        groups: [[0, 2], [3, 4], null],
        line: 1,
        lineText: "…😀 né: 中文=7, x",
      },
    ]);
  });

  it("shows the line of a match, or the part around it if the line is long", async () => {
    const { matches } = await grep(
      open(`first\nsecond one\n${"é".repeat(3000)}here${"😀".repeat(3000)}\nlast`),
      "one|here|last",
    );
    expect(matches.map(({ line, lineText }) => [line, codePoints(lineText)])).toEqual([
      [2, 10],
      [3, 600],
      [4, 4],
    ]);
    expect(matches[1]?.lineText).toBe("é".repeat(200) + "here" + "😀".repeat(396));
  });

  it("stops at its limit and says so", async () => {
    const store = open("ab ".repeat(500));
    const cut = await grep(store, "ab", 3);
    expect(cut.matches.map((match) => match.start)).toEqual([0, 3, 6]);
    expect(cut.complete).toBe(false);
    expect((await grep(store, "ab", 501)).complete).toBe(true);
  });

  it("keeps to its range, and sees the character before it", async () => {
    const store = open("éab ab\nab");
    const inRange = async (pattern: string, start: number, end: number | null) => {
      const { matches } = (await store.request({ op: "grep", pattern, start, end })) as Awaited<
        ReturnType<typeof grep>
      >;
      return matches.map((match) => match.start);
    };
    expect(await inRange("a\\w", 2, null)).toEqual([4, 7]);
    expect(await inRange("^a\\w", 4, null)).toEqual([7]);
    expect(await inRange("\\Aab", 1, null)).toEqual([]);
    expect(await inRange("ab$", 0, 3)).toEqual([1]);
    expect(await inRange("ab", 4, 2)).toEqual([]);
  });

  it("refuses a match that is too long instead of cutting it", async () => {
    await expect(grep(open(`a${"b".repeat(40_000)}c`), "a.*c")).rejects.toThrow(/holds 32768 bytes or more/);
    await expect(grep(open("b".repeat(400_000)), "b+")).rejects.toThrow(UsageError);
  });

  it("ends soon on patterns for which a backtracking engine would take for ever", async () => {
    const { matches } = await grep(open(`${"a".repeat(5000)}!`), "(a+)+$");
    expect(matches).toEqual([]);
  });
});

/** Patterns in Python's own syntax, each with a text that shows its meaning. */
const pythonCases: readonly (readonly [pattern: string, text: string])[] = [
  ["\\w+", "naïve 中文 x_1 ½ ²"],
  ["\\W+", "a—b c_d"],
  ["[\\W_]+", "a_ —b"],
  ["[^\\W\\d_]+", "ab1é_x"],
  ["\\d+", "12 ٣٤"],
  ["(?a)\\w+", "naïve"],
  ["(?a)[\\W]", "aï-b"],
  ["\\s+", "a\u00a0\u2003b\u001cc\u200bd"],
  ["\\S+", "a\u00a0b \u200b"],
  ["[\\S]+", "é b"],
  ["[\\D]+", "a1é"],
  ["[\\s\\S]{2}", "a\nb"],
  ["(?i)straße", "STRASSE Straße"],
  ["(?s)a.b", "a\nb"],
  ["(?is)A.B", "a\nb"],
  ["(?:(?i:a)b)+", "AbaB"],
  ["(?P<x>a)|b", "ab"],
  ["\\x41\\u00e9\\U0001F600\\101\\0", "Aé😀A\0"],
  ["\\a\\f\\t\\v", "\u0007\f\t\v"],
  ["[\\b]", "\b"],
  ["[]a]+", "]a"],
  ["[^]a]+", "b]c"],
  ["[a\\-z]+", "a-z"],
  ["[a-]+", "a-b"],
  ["[-a]+", "a-b"],
  ["[[:alpha:]]", "a:]"],
  ["[&&~~||]+", "&~|-"],
  ["a{,2}b", "aaab"],
  ["a{2}", "aaa"],
  ["a{x}", "a{x}"],
  ["{", "{"],
  ["a{,}b", "aab"],
  ["a{1,2}?", "aaa"],
  ["a*?b", "aab"],
  ["(?#note)ab", "ab"],
  ["\\.\\-\\ \\é", ".- é"],
  ["a\\Z", "ba"],
  ["\\Aab", "abab"],
  ["a|", "ba"],
  ["()", "a"],
  ["(a)|(b)", "ab"],
  ["\\Bb", "ab b"],
  ["[a-c\\d]+", "abc123d"],
  ["\\n", "a\nb"],
  ["]", "]"],
  ["}", "}"],
];

describe("Python's syntax", () => {
  const python = spawnSync("python3", ["-c", pythonScript()], {
    encoding: "utf8",
    input: JSON.stringify(pythonCases),
  });

  it.skipIf(python.status !== 0)(
    "means what CPython's re says it means (skipped without python3)",
    async () => {
      const expected: unknown = JSON.parse(python.stdout);
      const actual = await Promise.all(
        pythonCases.map(async ([pattern, text]) => {
          const { matches } = await grep(open(text), pattern);
          return [pattern, matches.map(({ start, end, groups }) => [start, end, groups])];
        }),
      );
      expect(actual).toEqual(expected);
    },
  );

  it.each([
    ["a(?=b)", /look-ahead cannot be matched in linear time/],
    ["a(?!b)", /look-ahead/],
    ["(?<=a)b", /look-behind/],
    ["(?<!a)b", /look-behind/],
    ["(a)\\1", /backreference/],
    ["(?P<x>a)(?P=x)", /backreference/],
    ["(?>a)", /atomic/],
    ["(a)?(?(1)b|c)", /conditional/],
    ["a++", /possessive/],
    ["(?x)a b", /verbose/],
    ["a(?i)b", /flags for the whole pattern stand at its start/],
    ["\\p{L}", /bad escape \\p/],
    ["\\q", /bad escape/],
    ["\\N{DASH}", /bad escape/],
    ["\\x4", /bad escape/],
    ["(a", /not closed/],
    ["a)", /unbalanced/],
    ["[a", /ends too early/],
    ["a\\", /ends too early/],
    ["*a", /missing argument/],
    ["a**", /repetition/],
    ["a{2000}", /repeat count/],
    ["[b-a]", /invalid character class range/],
    ["(\\w{1,900}){1,1}(\\w{1,900})(\\w{1,900})(\\w{1,900})", /repetitions are too large/],
  ])("refuses %s and says why", async (pattern, reason) => {
    const store = open("text");
    await expect(grep(store, pattern)).rejects.toThrow(reason);
    await expect(grep(store, pattern)).rejects.toThrow(UsageError);
  });
});

/** Returns each case's matches: offsets, and groups counted from the start of the match. */
function pythonScript(): string {
  return `
import json, re, sys
def group(match, index):
    start, end = match.span(index)
    return None if start < 0 else [start - match.start(), end - match.start()]
json.dump([[pattern, [[m.start(), m.end(), [group(m, i + 1) for i in range(m.re.groups)]]
    for m in re.finditer(pattern, text, re.M)]] for pattern, text in json.load(sys.stdin)], sys.stdout)`;
}
