/** The built-in prices, in a file of their own since they become outdated. */

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  /** The price of prompt tokens that the server had in its cache. Default: the price of input. */
  readonly cachedInput?: number;
  readonly output: number;
}

/** Prices by model name. A name with a date at its end (`-2025-08-07`) also matches the name without the date. */
export type PriceTable = { readonly [model: string]: Price };

/**
 * OpenAI's list prices as of March 2026 (standard tier, no regional surcharges), and made-up prices for the simulated models,
 * which represent a large and a small model.
 */
export const BUILT_IN_PRICES: PriceTable = {
  "gpt-5": { input: 1.25, cachedInput: 0.125, output: 10 },
  "gpt-5-mini": { input: 0.25, cachedInput: 0.025, output: 2 },
  "gpt-5-nano": { input: 0.05, cachedInput: 0.005, output: 0.4 },
  "gpt-5.1": { input: 1.25, cachedInput: 0.125, output: 10 },
  "gpt-4.1": { input: 2, cachedInput: 0.5, output: 8 },
  "gpt-4.1-mini": { input: 0.4, cachedInput: 0.1, output: 1.6 },
  "gpt-4.1-nano": { input: 0.1, cachedInput: 0.025, output: 0.4 },
  "gpt-4o": { input: 2.5, cachedInput: 1.25, output: 10 },
  "gpt-4o-mini": { input: 0.15, cachedInput: 0.075, output: 0.6 },
  o3: { input: 2, cachedInput: 0.5, output: 8 },
  "o4-mini": { input: 1.1, cachedInput: 0.275, output: 4.4 },
  simulated: { input: 1.25, cachedInput: 0.125, output: 10 },
  "simulated-mini": { input: 0.25, cachedInput: 0.025, output: 2 },
};
