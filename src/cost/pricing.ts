/** The cost of calls in whole nano-dollars, so that sums over calls are exact. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { DataError, UsageError } from "../errors.ts";
import { BUILT_IN_PRICES, type Price, type PriceTable } from "./built-in-prices.ts";
import type { Usage } from "../types.ts";

export type { PriceTable };

/** Pico-dollars per token of a price of one dollar per million tokens. Prices with more than six decimals are rounded. */
const PICO_PER_DOLLAR_A_MILLION = 1_000_000;

const dollars = z.number().nonnegative();
const priceTable = z.record(
  z.string(),
  z.strictObject({ input: dollars, cachedInput: dollars.optional(), output: dollars }),
);

/**
 * The cost of a call in nano-dollars: uncached input, cached input and output, each at its price. The sum is rounded once, half
 * up. Null for a model without a known price: an unknown cost is not zero.
 */
export function priceOf(prices: PriceTable, model: string, usage: Usage): number | null {
  const price = findPrice(prices, model);
  if (price === null) return null;
  const pico =
    cost(usage.promptTokens - usage.cachedTokens, price.input) +
    cost(usage.cachedTokens, price.cachedInput ?? price.input) +
    cost(usage.completionTokens, price.output);
  return Number((pico + 500n) / 1000n);
}

/** The built-in prices. */
export function defaultPrices(): PriceTable {
  return BUILT_IN_PRICES;
}

/**
 * The built-in prices, overridden by those of a JSON file: `{"MODEL": {"input", "cachedInput"?, "output"}}`, in dollars per
 * million tokens. Throws `UsageError` for a file that cannot be read, and `DataError` for one with the wrong shape.
 */
export async function readPrices(file: string): Promise<PriceTable> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(`prices: cannot read ${file}: ${error.message}`, { cause: error });
  });
  return { ...BUILT_IN_PRICES, ...parsePrices(text, file) };
}

function parsePrices(text: string, file: string): PriceTable {
  const parsed = priceTable.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data as PriceTable;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") || "the whole";
  throw new DataError(
    `${file}: ${field}: expected {"MODEL": {"input": 1.25, "cachedInput": 0.125, "output": 10}}: ${issue?.message}`,
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DataError(`${file}: expected JSON: ${(error as Error).message}`, { cause: error });
  }
}

function findPrice(prices: PriceTable, model: string): Price | null {
  for (const name of [model, model.replace(/-\d{4}-\d{2}-\d{2}$/, "")]) {
    const price = Object.hasOwn(prices, name) ? prices[name] : undefined;
    if (price) return price;
  }
  return null;
}

function cost(tokens: number, price: number): bigint {
  return BigInt(tokens) * BigInt(Math.round(price * PICO_PER_DOLLAR_A_MILLION));
}
