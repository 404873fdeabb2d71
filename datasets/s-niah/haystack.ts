/** The texts that hide needles, and how they are filled to a size. */
import { UsageError } from "../../src/errors.ts";
import type { Random } from "../../src/random.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import { needleSentence } from "./template.ts";
import type { ValueType, Variant } from "./variants.ts";

/** The size of a haystack: a number of units (lines of noise, words of essay, distractors), or as many as fit into the tokens. */
export type Size = { readonly units: number } | { readonly tokens: number };

/** The stream for all draws, and values that no needle has. */
export interface Draws {
  readonly random: Random;
  fresh(type: ValueType): string;
}

export interface Filling {
  readonly context: string;
  /** Exact although it is a sum: the vocabulary's split pattern never joins a line or word to the next one. */
  readonly tokens: number;
}

/** Hides needles in a text of the given size. */
export type Haystack = (needles: readonly string[], size: Size, draws: Draws) => Filling;

/** The line of small talk. */
export const NOISE =
  "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

/** One line of small talk, repeated. */
export function noiseHaystack(): Haystack {
  const lineTokens = countTokens(`${NOISE}\n`);
  return (needles, size, { random }) => {
    const spent = tokensOfLines(needles);
    const units = "units" in size ? size.units : Math.floor((size.tokens - spent) / lineTokens);
    const lines = Array.from({ length: Math.max(units, 0) }, () => NOISE);
    return { context: insertLines(lines, needles, random), tokens: spent + units * lineTokens };
  };
}

/** Other needles; if the draws are distinct, their keys and values differ from the hidden ones'. */
export function needleHaystack({ keyType, valueType }: Variant): Haystack {
  return (needles, size, draws) => {
    const distractor = () => needleSentence(valueType, draws.fresh(keyType), draws.fresh(valueType));
    const lines: string[] = [];
    if ("units" in size) {
      while (lines.length < size.units) lines.push(distractor());
      const all = [...needles, ...lines];
      return {
        context: insertLines(lines, needles, draws.random),
        // Counted on demand: RULER's search draws many texts, and counts them as a whole.
        get tokens() {
          return tokensOfLines(all);
        },
      };
    }
    let tokens = tokensOfLines(needles);
    for (;;) {
      const line = distractor();
      const lineTokens = tokensOfLines([line]);
      if (tokens + lineTokens > size.tokens) break;
      lines.push(line);
      tokens += lineTokens;
    }
    return { context: insertLines(lines, needles, draws.random), tokens };
  };
}

/** Inserts each needle before the line at an index drawn for it. */
function insertLines(lines: string[], needles: readonly string[], random: Random): string {
  checkRoom(lines.length, needles);
  const indices = random.sampleIndices(lines.length, needles.length).toSorted((a, b) => b - a);
  indices.forEach((index, i) => lines.splice(index, 0, needles[i] as string));
  return lines.join("\n");
}

function tokensOfLines(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + countTokens(`${line}\n`), 0);
}

/** Throws `UsageError` if a text does not have room for each needle. */
export function checkRoom(units: number, needles: readonly string[]): void {
  if (units >= needles.length) return;
  throw new UsageError(`s-niah: the length leaves no room for a haystack around ${needles.length} needle(s)`);
}
