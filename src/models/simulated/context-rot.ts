/**
 * Context rot: a model uses a fact less often in a longer prompt, and less often further in. Simulated models err by this
 * curve, so that long prompts lose against decomposition for the same reason as on real servers.
 */

/** A curve through two known probabilities for a prompt of `atTokens`: for a fact at its beginning and at its end. */
export interface RotCurve {
  /** Prompts up to this length are read without loss. */
  readonly freeTokens: number;
  readonly atTokens: number;
  /** The probability to use a fact at the beginning (`first`) and at the end (`last`) of a prompt of `atTokens`. */
  readonly first: number;
  readonly last: number;
}

/**
 * `default` passes through the published 75 % for a fact at the first position and 55 % at the tenth. That these hold at 64Ki
 * tokens, and that 4Ki tokens are read without loss, are choices, not measurements. `flat` never errs.
 */
export const ROT_PRESETS = {
  flat: { freeTokens: 4096, atTokens: 65_536, first: 1, last: 1 },
  default: { freeTokens: 4096, atTokens: 65_536, first: 0.75, last: 0.55 },
  steep: { freeTokens: 4096, atTokens: 16_384, first: 0.75, last: 0.55 },
} as const satisfies { readonly [preset: string]: RotCurve };

/** The name of a curve. */
export type RotPreset = keyof typeof ROT_PRESETS;

/**
 * The probability that a fact is used: `(first − (first − last) · position) ^ u` with
 * `u = max(0, log(tokens / freeTokens)) / log(atTokens / freeTokens)`, so that each doubling of the prompt costs the same
 * factor. `position` is 0 at the beginning of the prompt and 1 at its end.
 */
export function useProbability(curve: RotCurve, promptTokens: number, position: number): number {
  const { freeTokens, atTokens, first, last } = curve;
  const u = Math.max(0, Math.log(promptTokens / freeTokens)) / Math.log(atTokens / freeTokens);
  return (first - (first - last) * position) ** u;
}
