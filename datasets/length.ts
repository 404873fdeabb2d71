/** Context lengths as people write them: `32k`, `4Ki`, `1M`, `131072`. */
import { UsageError } from "../src/errors.ts";

const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1000,
  ki: 1024,
  m: 1_000_000,
  mi: 1_048_576,
};

/**
 * Tokens of a written length: `k` is 1000, `Ki` 1024, `M` 10^6, `Mi` 2^20, in either case; `1.5k` is 1500.
 * Throws `UsageError` for anything that is not a whole number of tokens ≥ 1.
 */
export function parseLength(length: string | number): number {
  const match = /^(\d+(?:\.\d+)?)\s*([km]i?)?$/i.exec(String(length).trim());
  const factor = FACTORS[(match?.[2] ?? "").toLowerCase()] ?? 1;
  const tokens = match ? Number((Number(match[1]) * factor).toFixed(6)) : Number.NaN;
  if (!Number.isSafeInteger(tokens) || tokens < 1) {
    throw new UsageError(
      `length ${JSON.stringify(length)}: expected a whole number of tokens ≥ 1, such as 8192, 32k, 4Ki or 1M`,
    );
  }
  return tokens;
}
