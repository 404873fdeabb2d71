import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WordPairs } from "../../../datasets/s-niah/word-pairs.ts";
import { UsageError } from "../../../src/errors.ts";

describe("WordPairs", () => {
  it("is the sorted list of all distinct pairs, even if one adjective begins another", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "-", " ", "'"), minLength: 1, maxLength: 4 });
    const list = fc.array(word, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(list, list, (adjectives, nouns) => {
        const pairs = new WordPairs(adjectives, nouns);
        const expected = new Set(adjectives.flatMap((a) => nouns.map((n) => `${a}-${n}`)));
        const listed = Array.from({ length: pairs.length }, (_, index) => pairs.at(index));
        expect(listed).toEqual([...expected].toSorted());
      }),
    );
  });

  it("refuses empty lists and indices out of range", () => {
    expect(() => new WordPairs([], ["fox"])).toThrow(UsageError);
    expect(() => new WordPairs(["red"], ["fox"]).at(1)).toThrow(RangeError);
  });
});
