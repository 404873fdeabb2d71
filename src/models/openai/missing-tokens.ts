/** Says what a server left out of its first reply though it was asked for. */
import type { SampledTokens } from "../../types.ts";

/** What the requests asked for, and who asked whom. */
export interface AskedTokens {
  readonly model: string;
  /** The server's base URL, without a password. */
  readonly server: string;
  readonly tokenIds: boolean;
  readonly logprobs: boolean;
}

/** A line for the user, or null if the reply has all that was asked for. */
export function missingTokens(
  { model, server, tokenIds, logprobs }: AskedTokens,
  tokens: SampledTokens | undefined,
): string | null {
  const missing = [
    ...(tokenIds && !tokens?.completionIds ? ["token ids"] : []),
    ...(logprobs && !tokens?.logprobs ? ["log-probabilities"] : []),
  ];
  if (missing.length === 0) return null;
  return `${server} gave no ${missing.join(" and no ")} for ${model}, though they were asked for; what is recorded cannot be exported as tokens`;
}
