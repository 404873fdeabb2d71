import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProposal } from "../../src/optimise/read-proposal.ts";

const read = (reply: string) => readProposal(reply, { maxPromptTokens: 50 });
const GOOD = "Search `context`, then write FINAL(value).";

describe("the reply of a reflecting model", () => {
  it("holds its prompt between the last pair of marks, fences and all", () => {
    expect(read(`Reasons.\n<prompt>\n${GOOD}\n</prompt>\nMore words.`)).toEqual({ prompt: GOOD });
    expect(read(`Not <prompt>this</prompt> but <prompt>${GOOD}</prompt>`)).toEqual({ prompt: GOOD });
    const fenced = `${GOOD}\n\`\`\`repl\nprint(1)\n\`\`\``;
    expect(read(`<prompt>\r\n${fenced.replaceAll("\n", "\r\n")}\r\n</prompt>`)).toEqual({ prompt: fenced });
  });

  it.each([
    ["", "no reply"],
    ["  \n", "no reply"],
    [GOOD, "no prompt"],
    [`<prompt>${GOOD}`, "no prompt"],
    [`</prompt>${GOOD}<prompt>`, "no prompt"],
    ["<prompt> \n </prompt>", "empty"],
    [`<prompt>${GOOD} ${"word ".repeat(60)}</prompt>`, "too long"],
    [`<prompt>${GOOD} ${"w".repeat(3_000_000)}</prompt>`, "too long"],
    [`<prompt>${GOOD}\u0000</prompt>`, "control characters"],
    [`<prompt>${GOOD}\u001b[2J</prompt>`, "control characters"],
    [`<prompt>${GOOD}\ud800</prompt>`, "control characters"],
    ["<prompt>Be helpful. FINAL(value).</prompt>", "does not name context"],
    ["<prompt>Read the context and reply.</prompt>", "does not name FINAL or answer"],
  ])("is refused with its reason: %#", (reply, refusal) => {
    expect(read(reply)).toEqual({ refusal });
  });

  it("is read or refused, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("<prompt>", "</prompt>", GOOD))),
        (parts) => {
          const proposal = read(parts.join(""));
          if ("prompt" in proposal) expect(proposal.prompt).toMatch(/context/);
          else expect(proposal.refusal).not.toBe("");
        },
      ),
      { numRuns: 50 },
    );
  });
});
