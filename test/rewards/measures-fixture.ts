/** The figures of an episode with chosen parts, for tests of terms and advantages. */
import type { Measures } from "../../src/rewards/measures.ts";

export function measures(parts: Partial<Measures> = {}): Measures {
  const score = parts.score ?? 1;
  return {
    rolloutId: "r",
    environment: "e",
    groupId: "g",
    usable: true,
    score,
    right: score === 1,
    nanoDollars: 0,
    readingNanoDollars: 1000,
    readingTokens: 100,
    promptTokens: 0,
    completionTokens: 0,
    policyTokens: 0,
    mainTokens: 0,
    turns: 1,
    subCalls: 0,
    repeatedQueries: 0,
    verifications: 0,
    unknownUsage: 0,
    children: [],
    custom: {},
    ...parts,
  };
}
