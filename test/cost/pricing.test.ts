import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultPrices, priceOf, readPrices } from "../../src/cost/pricing.ts";

const builtIn = defaultPrices();

const usage = (promptTokens: number, completionTokens: number, cachedTokens = 0) => ({
  promptTokens,
  completionTokens,
  cachedTokens,
});

describe("priceOf", () => {
  it("charges input, cached input and output at their prices", () => {
    const prices = { m: { input: 1.25, cachedInput: 0.125, output: 10 } };
    expect(priceOf(prices, "m", usage(1_000_000, 0))).toBe(1_250_000_000);
    expect(priceOf(prices, "m", usage(1000, 10, 400))).toBe(600 * 1250 + 400 * 125 + 10 * 10_000);
  });

  it("charges cached input at the price of input if there is no other", () => {
    expect(priceOf({ m: { input: 1, output: 1 } }, "m", usage(7, 0, 7))).toBe(7000);
  });

  it("rounds the sum once, half up", () => {
    const prices = { m: { input: 0.0005, output: 0.0004 } };
    expect(priceOf(prices, "m", usage(1, 0))).toBe(1);
    expect(priceOf(prices, "m", usage(0, 1))).toBe(0);
    expect(priceOf(prices, "m", usage(1, 1))).toBe(1);
  });

  it("does not know the price of a model that is not in the table", () => {
    expect(priceOf(builtIn, "no-such-model", usage(1, 1))).toBeNull();
    expect(priceOf(builtIn, "constructor", usage(1, 1))).toBeNull();
  });

  it("finds the price of a dated name", () => {
    const [dated, plain] = ["gpt-5-mini-2025-08-07", "gpt-5-mini"].map((model) =>
      priceOf(builtIn, model, usage(100, 100)),
    );
    expect(dated).toBe(plain);
    expect(dated).not.toBeNull();
  });

  it("has an exact price for every built-in model at any count of tokens", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(builtIn)),
        fc.nat(20_000_000),
        fc.nat(1_000_000),
        (model, prompt, completion) => {
          const price = builtIn[model]!;
          const exact =
            Math.round(price.input * 1000) * prompt + Math.round(price.output * 1000) * completion;
          expect(priceOf(builtIn, model, usage(prompt, completion))).toBe(exact);
        },
      ),
    );
  });

  it("prices the simulated models, the small one below the large one", () => {
    const [large, small] = ["simulated", "simulated-mini"].map((model) =>
      priceOf(builtIn, model, usage(1000, 1000)),
    );
    expect(small).toBeLessThan(large!);
  });
});

describe("readPrices", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "prices-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function readText(text: string) {
    const file = join(folder, "prices.json");
    await writeFile(file, text);
    return readPrices(file);
  }

  it("overrides built-in prices by a user's", async () => {
    const prices = await readText('{"mine": {"input": 0, "output": 3}, "gpt-5": {"input": 2, "output": 3}}');
    expect(prices).toEqual({
      ...defaultPrices(),
      mine: { input: 0, output: 3 },
      "gpt-5": { input: 2, output: 3 },
    });
  });

  it.each([
    ["[]", "prices.json: the whole"],
    ['{"mine": 3}', "prices.json: mine"],
    ['{"mine": {"input": -1, "output": 3}}', "prices.json: mine.input"],
    ['{"mine": {"input": 1}}', "prices.json: mine.output"],
    ['{"mine": {"input": 1, "output": 1, "out": 2}}', "prices.json: mine"],
    ['{"mine"', "prices.json: expected JSON"],
  ])("names the file and the field of %s", async (text, message) => {
    await expect(readText(text)).rejects.toThrow(message);
  });

  it("names a file that does not exist", async () => {
    await expect(readPrices("/nowhere/prices.json")).rejects.toThrow("/nowhere/prices.json");
  });
});
