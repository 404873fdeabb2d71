/** Arbitrary contexts: texts of every width, mixed at every offset, and JSON made of them. */
import fc from "fast-check";
import type { Context, Json } from "../../src/types.ts";

/** One character of each width in which Python stores texts, and lone surrogates. */
const CHARACTERS = [
  "a",
  "z",
  "\0",
  "é",
  "ÿ",
  "Ā",
  "中",
  "\uffff",
  "\ud83d\ude00",
  "\u{10ffff}",
  "\ud83d",
  "\ude00",
];

export function anyText(): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 12 });
}

/** Lists whose texts have all widths, so that each begins at a different offset. */
export function anyTexts(): fc.Arbitrary<string[]> {
  return fc.array(anyText(), { maxLength: 12 });
}

function anyJson(): fc.Arbitrary<Json> {
  const scalar = fc.oneof(
    anyText(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  return fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(fc.oneof(anyText(), fc.constantFrom("__proto__", "")), tie("value"), { maxKeys: 5 }),
    ),
  })).value;
}

export function anyContext(): fc.Arbitrary<Context> {
  return fc.oneof(anyText(), anyTexts(), anyJson(), fc.uint8Array({ maxLength: 20 }));
}
