/** Reads the token counts of a call from any of the paths in which servers report them. */
import type { Usage } from "../../types.ts";
import { at } from "./json.ts";
import {
  BESIDE_INPUT_TOKENS,
  CACHED_TOKENS,
  COMPLETION_TOKENS,
  PROMPT_HALVES,
  PROMPT_TOKENS,
  REASONING_TOKENS,
  TOTAL_TOKENS,
} from "./reply-fields.ts";

/** The token counts of a call. */
export interface ReadUsage {
  /** Null if the server does not report both counts: an unknown cost is not zero. */
  readonly usage: Usage | null;
  /** The tokens of the thoughts; null if the server does not report them. */
  readonly reasoningTokens: number | null;
}

/** Reads the usage of a reply of any API. */
export function readUsage(body: unknown): ReadUsage {
  const [found, prompt] = firstCount(body, PROMPT_TOKENS) ?? [null, null];
  const halves = sumOf(body, PROMPT_HALVES);
  const total = firstCount(body, TOTAL_TOKENS)?.[1] ?? null;
  let completion = firstCount(body, COMPLETION_TOKENS)?.[1] ?? null;
  let reasoningTokens = firstCount(body, REASONING_TOKENS)?.[1] ?? null;
  let promptTokens = prompt ?? (halves > 0 ? halves : null);
  if (promptTokens === null && total !== null && completion !== null && total >= completion)
    promptTokens = total - completion;
  if (completion === null && total !== null && promptTokens !== null && total >= promptTokens)
    completion = total - promptTokens;
  // No prompt has no tokens: servers that count nothing say zero.
  const isUncounted = !promptTokens && !completion;
  if (promptTokens === null || completion === null || isUncounted) return { usage: null, reasoningTokens };
  // Gemini and xAI count thoughts only in the total, and bill them as part of the reply.
  const apart = (total ?? 0) - promptTokens - completion;
  if (apart > 0) {
    completion += apart;
    reasoningTokens ??= apart;
  }
  const isInputAlone = found?.endsWith("nput_tokens") || found?.endsWith("nputTokens");
  if (isInputAlone) promptTokens += sumOf(body, BESIDE_INPUT_TOKENS);
  const cached = firstCount(body, CACHED_TOKENS)?.[1] ?? 0;
  return {
    usage: { promptTokens, completionTokens: completion, cachedTokens: Math.min(cached, promptTokens) },
    reasoningTokens,
  };
}

function firstCount(body: unknown, paths: readonly string[]): readonly [string, number] | null {
  for (const path of paths) {
    const count = countOf(at(body, path));
    if (count !== null) return [path, count];
  }
  return null;
}

function sumOf(body: unknown, paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (countOf(at(body, path)) ?? 0), 0);
}

/** A count. Some servers write counts as text. */
function countOf(value: unknown): number | null {
  const count = typeof value === "string" && /^\d+(?:\.0+)?$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : null;
}
