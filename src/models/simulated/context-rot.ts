/**
 * Context rot: how much less a model makes of a fact in a longer prompt, and of a fact further in. Made-up models err by
 * it, so that long prompts lose against decomposition offline for the reason they lose against it on real servers.
 */

/** A curve through the two figures known of a prompt of `atTokens`: the first place's and the last place's. */
export interface RotCurve {
  /** Prompts up to this length are read without loss. */
  readonly freeTokens: number;
  readonly atTokens: number;
  /** Probability to use a fact at the beginning, and at the end, of a prompt of `atTokens`. */
  readonly first: number;
  readonly last: number;
}

/**
 * `default` passes through the published 75 % for a fact in the first place and 55 % in the tenth. That these hold at
 * 64Ki tokens, and that 4Ki tokens are read without loss, are choices, not measurements. `flat` never errs.
 */
export const ROT_PRESETS = {
  flat: { freeTokens: 4096, atTokens: 65_536, first: 1, last: 1 },
  default: { freeTokens: 4096, atTokens: 65_536, first: 0.75, last: 0.55 },
  steep: { freeTokens: 4096, atTokens: 16_384, first: 0.75, last: 0.55 },
} as const satisfies { readonly [preset: string]: RotCurve };

/** A named curve of how accuracy falls with the length of the prompt. */
export type RotPreset = keyof typeof ROT_PRESETS;

/**
 * Probability that a fact is used: `(first − (first − last) · position) ^ u` with
 * `u = max(0, log(tokens / freeTokens)) / log(atTokens / freeTokens)`, so that each doubling of the prompt costs the
 * same factor. `position` is 0 at the prompt's beginning and 1 at its end.
 */
export function useProbability(curve: RotCurve, promptTokens: number, position: number): number {
  const { freeTokens, atTokens, first, last } = curve;
  const u = Math.max(0, Math.log(promptTokens / freeTokens)) / Math.log(atTokens / freeTokens);
  return (first - (first - last) * position) ** u;
}
