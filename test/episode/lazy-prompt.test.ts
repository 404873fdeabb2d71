import { describe, expect, it } from "vitest";
import { PROMPT_STYLES } from "../../src/episode/prompt.ts";
import { wordingOf } from "../../src/languages/python/wordings.ts";
import { DEFAULT_LIMITS } from "../../src/episode/limits.ts";
import { MOST_STR_CHARS } from "../../src/repl/lazy-context.ts";
import type { Dialect, RulesVersion } from "../../src/types.ts";

const opening = (
  chars: number,
  { style = "default", dialect = "repl", rules = "0.3.0" }: Partial<Told> = {},
) => {
  const context = { type: "str", chars, sha256: "0".repeat(64) } as const;
  return wordingOf(rules, style).opening({ question: "Which?", context, limits: DEFAULT_LIMITS, dialect });
};

interface Told {
  readonly style: (typeof PROMPT_STYLES)[number];
  readonly dialect: Dialect;
  readonly rules: RulesVersion;
}

describe("the opening of an episode whose context is too long to be a str", () => {
  it.each(
    PROMPT_STYLES.flatMap(
      (style) =>
        [
          { style, dialect: "repl" },
          { style, dialect: "tool" },
        ] as const,
    ),
  )("tells what works on it, with an example: $style, $dialect", (told) => {
    const text = opening(200_000_000, told);
    expect(text).toContain("a LazyText of 200,000,000 characters");
    for (const name of ["search(", "grep(", "find", "[a:b]", "splitlines()", "re.findall"])
      expect(text).toContain(name);
    expect(text).toContain('for match in context.grep(r"(?i)some word", limit=20):');
    expect(text).not.toContain("str(context)[:500]");
  });

  it("begins where a str ends", () => {
    expect(opening(MOST_STR_CHARS)).toContain("context is a str of 67,108,864 characters.");
    expect(opening(MOST_STR_CHARS + 1)).toContain("LazyText");
  });

  it("is as it was in records of earlier versions", () => {
    for (const style of PROMPT_STYLES)
      expect(opening(200_000_000, { style, rules: "0.2.0" })).toContain(
        "is a str of 200,000,000 characters.",
      );
  });
});
