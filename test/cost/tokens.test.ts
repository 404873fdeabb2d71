import fc from "fast-check";
import { countTokens as countUnsplit } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { countAhead, countMessages, countTokens, cutToTokens } from "../../src/cost/tokens.ts";
import { Random } from "../../src/random.ts";
import { expectLinear, repeated } from "../growth.ts";

const word = fc.constantFrom(
  "needle",
  "don't",
  "1234567",
  "汉字",
  "🦜🦜",
  "é́",
  "<|endoftext|>",
  "\ud800",
  "//\n",
  "...",
);
const space = fc.constantFrom(" ", "  ", "\n", "\r\n\r\n", "\t \t", " \n ", "\u00a0", "");
const prose = fc.array(fc.tuple(word, space), { maxLength: 40 }).map((pairs) => pairs.flat().join(""));
const longRun = fc
  .tuple(fc.constantFrom("a", "\n", " ", "🦜", "=", "ab1"), fc.integer({ min: 2000, max: 5000 }))
  .map(([unit, count]) => unit.repeat(count));

describe("countTokens", () => {
  it("counts words by the published vocabulary", () => {
    expect(countTokens("")).toBe(0);
    expect(countTokens("hello world")).toBe(2);
    expect(countTokens(" antidisestablishmentarianism")).toBe(6);
  });

  it("agrees with the vocabulary's own count if no run is long, at any length", () => {
    fc.assert(
      fc.property(prose, fc.integer({ min: 1, max: 2000 }), (text, times) => {
        const long = `${text} `.repeat(times);
        expect(countTokens(long)).toBe(countUnsplit(long, { disallowedSpecial: new Set() }));
      }),
      { numRuns: 60 },
    );
  });

  it("counts special tokens as plain text", () => {
    expect(countTokens("<|endoftext|>")).toBeGreaterThan(1);
  });

  it("ends soon on megabytes without a word end", () => {
    expect(countTokens("a".repeat(2_000_000))).toBe(250_000);
    expect(countTokens(" ".repeat(2_000_000))).toBeLessThan(20_000);
    expect(countTokens("🦜".repeat(100_000))).toBeGreaterThan(100_000);
  });
});

describe("long runs", () => {
  const letters = fc.array(fc.constantFrom(...Array.from("abcdeXYZ汉字かな한국🦜é́\ud800=/-")), {
    minLength: 20,
    maxLength: 400,
  });
  const runs = fc
    .array(letters, { maxLength: 4 })
    .map((parts) => parts.map((part) => part.join("")).join(" "));

  it("are counted as the vocabulary counts them", () => {
    fc.assert(
      fc.property(runs, (text) => {
        expect(countTokens(text)).toBe(
          countUnsplit(Buffer.from(text).toString(), { disallowedSpecial: new Set() }),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("are counted in time linear in the text, even with letters that no token joins", () => {
    const random = Random.of(1, "letters");
    const drawn = (chars: number) =>
      Array.from({ length: chars / 4 }, () => String.fromCodePoint(0x4e00 + random.below(20_000))).join("");
    let fresh = 0;
    expectLinear((text) => countTokens(`${text} ${(fresh += 1)}`), drawn);
    expectLinear((text) => countTokens(`${text} ${(fresh += 1)}`), repeated("(1, 2)"));
  }, 60_000);

  it("are counted ahead in turns, with the same result", async () => {
    const text = "汉字かな".repeat(100_000);
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    await countAhead(text, "short");
    clearInterval(others);
    expect(turns).toBeGreaterThan(3);
    expect(countTokens(text)).toBe(countTokens(`${text}x`) - 1);
  });
});

describe("cutToTokens", () => {
  it("gives a beginning that fits, or the whole text if that fits", async () => {
    const text = fc.array(fc.oneof(prose, longRun), { maxLength: 6 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(text, fc.nat(3000), async (whole, maxTokens) => {
        const cut = await cutToTokens(whole, maxTokens);
        expect(whole.startsWith(cut)).toBe(true);
        expect(countTokens(cut)).toBeLessThanOrEqual(maxTokens);
        if (countTokens(whole) <= maxTokens) expect(cut).toBe(whole);
      }),
    );
  });

  it("leaves out only words that did not fit", async () => {
    const text = "The quick brown fox jumps over the lazy dog. ".repeat(4000);
    expect(countTokens(await cutToTokens(text, 12_345))).toBe(12_345);
  });

  it("lets others have their turns on a text without words", async () => {
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 0);
    await cutToTokens("!! ".repeat(300_000), 100_000);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(10);
  });

  it("does not part the halves of a character", async () => {
    const cut = await cutToTokens("🦜".repeat(3000), 1001);
    expect(cut.length % 2).toBe(0);
    expect(cut.length).toBeGreaterThan(0);
  });
});

describe("countMessages", () => {
  it("adds the markup of each message, of each tool call and of the reply to the contents", () => {
    expect(countMessages([])).toBe(3);
    expect(countMessages([{ role: "user", content: "hello world" }])).toBe(3 + 4 + 2);
    const call = { id: "1", name: "hello", arguments: "world" };
    expect(countMessages([{ role: "assistant", content: "", toolCalls: [call] }])).toBe(3 + 4 + 4 + 2);
  });
});
