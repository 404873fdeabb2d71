import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCompletion } from "../../src/languages/python/parse/parse.ts";
import { writeCode } from "../../src/languages/python/native-tool.ts";

describe("writeCode", () => {
  it.each(["repl", "tool"] as const)(
    "writes what the parser of the %s dialect reads as the same code",
    (dialect) => {
      const line = fc.constantFrom("x = 1", "```", "```repl", "FINAL(7)", "    y()", "# ~~~ it's");
      // The parser removes indentation that all lines share, and a fence around the whole.
      const code = fc.array(line, { minLength: 1 }).map((lines) => ["y = 2", ...lines].join("\n"));
      fc.assert(
        fc.property(code, (text) => {
          const { blocks, final } = parseCompletion(writeCode(text, dialect, "c"), dialect);
          expect(blocks.map((block) => block.code)).toEqual([text]);
          expect(final).toBeNull();
        }),
      );
    },
  );
});
