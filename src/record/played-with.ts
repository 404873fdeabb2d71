/** Records the models, prices and tools that an episode was played with, so that it can be replayed. */
import type { PriceOf } from "../cost/ledger.ts";
import type { Model } from "../models/model.ts";
import type { ModelFacts, PlayedWith } from "../trajectory.ts";
import type { Usage } from "../types.ts";

export function modelFacts({ name, simulated, windowTokens, settings }: Omit<Model, "complete">): ModelFacts {
  return {
    name,
    simulated,
    ...(windowTokens !== undefined && { windowTokens }),
    ...(settings && { settings }),
  };
}

const NONE: Usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };
const MILLION = 1_000_000;

/** The prices of models, by name. Prices are per token, so a price per million tokens expresses them exactly. */
export function pricesOf(priceOf: PriceOf, models: readonly string[]): PlayedWith["prices"] {
  const prices = [...new Set(models)].map((model) => {
    const input = priceOf(model, { ...NONE, promptTokens: MILLION });
    const cachedInput = priceOf(model, { ...NONE, promptTokens: MILLION, cachedTokens: MILLION });
    const output = priceOf(model, { ...NONE, completionTokens: MILLION });
    const isKnown = input !== null && cachedInput !== null && output !== null;
    return [model, isKnown ? { input, cachedInput, output } : null] as const;
  });
  return Object.fromEntries(prices);
}

/** The inverse: prices as recorded. Rounds the sum once, half up. */
export function recordedPrices(prices: PlayedWith["prices"]): PriceOf {
  return (model, { promptTokens, cachedTokens, completionTokens }) => {
    const price = Object.hasOwn(prices, model) ? prices[model] : null;
    if (!price) return null;
    const nano =
      BigInt(promptTokens - cachedTokens) * BigInt(Math.round(price.input)) +
      BigInt(cachedTokens) * BigInt(Math.round(price.cachedInput)) +
      BigInt(completionTokens) * BigInt(Math.round(price.output));
    return Number((nano + BigInt(MILLION / 2)) / BigInt(MILLION));
  };
}
