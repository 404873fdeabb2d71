/** Checksums of a record are the same whether its texts are read piece by piece or as one. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksumsOf } from "../../src/record/checksums.ts";
import { sectionsOf } from "../../src/record/sections.ts";
import { unrewarded } from "../trajectory-fixture.ts";

const MODULUS = 2_147_483_647;

function ofWhole(text: string) {
  let [sum, weighted] = [0, 0];
  const bytes = Buffer.from(text, "utf8");
  for (const [index, byte] of bytes.entries()) {
    sum += byte;
    weighted = (weighted + (index + 1) * byte) % MODULUS;
  }
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sum: sum % MODULUS, weighted };
}

describe("checksums", () => {
  it("equal those of the sections as whole texts, including surrogates that two pieces share", () => {
    const halves = fc.array(fc.constantFrom("a", "é", "\ud83d", "\ude80", "🚀", ""), { maxLength: 6 });
    const text = halves.map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, text, (systemPrompt, opening, answer) => {
        const record = {
          ...unrewarded(),
          systemPrompt,
          opening,
          answer: { text: answer, source: "final" as const },
        };
        const whole = sectionsOf(record).map(({ pieces }) =>
          ofWhole(pieces.map((piece) => piece.text).join("")),
        );
        expect(checksumsOf(record)).toEqual(whole);
      }),
    );
  });
});
