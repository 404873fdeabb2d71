import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonLength } from "../../src/cost/json-length.ts";

it("is the length of the JSON, whatever the text holds", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("\ud800", "\udc00", "\n", '"', "\\", "\u007f", "a", "\u001f") }),
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(jsonLength(given)).toBe(JSON.stringify(given).length - 2);
    }),
  );
});
