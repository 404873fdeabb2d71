/** The flag that says what to do with the policy's old turns. */
import { parseLength } from "../../datasets/length.ts";
import { UsageError } from "../../src/errors.ts";
import { expectHistory } from "../../src/episode/history/history.ts";
import type { HistoryOptions } from "../../src/types.ts";

export const HISTORY_FLAG = {
  type: "string",
  describe:
    "what to do with the policy's old turns: off (keep all), drop:K (keep the last K turns), summarise:TOKENS[:K], or offload[:K] (move all but the last K, 1 by default, into variables of the REPL) (default: off)",
} as const;

/** Reads `off`, `drop:4`, `summarise:32k:2` or `offload:2`. Throws `UsageError`. */
export function historyFrom(text: string): HistoryOptions {
  const [mode, first, second, ...rest] = text.split(":");
  if (mode === "off" && first === undefined) return { mode };
  if (mode === "drop" && first && second === undefined)
    return expectHistory({ mode, keepTurns: Number(first) });
  if (mode === "summarise" && first && rest.length === 0) {
    const keepTurns = second === undefined ? {} : { keepTurns: Number(second) };
    return expectHistory({ mode, whenTokens: parseLength(first), ...keepTurns });
  }
  if (mode === "offload" && second === undefined && first !== "")
    return expectHistory({ mode, ...(first !== undefined && { keepTurns: Number(first) }) });
  throw new UsageError(
    `--history: expected off, drop:4, summarise:32k (or summarise:32k:2) or offload (or offload:2), got ${JSON.stringify(text)}`,
  );
}
