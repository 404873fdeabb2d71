/** Draws every needle task, both the gym's own and those of RULER's files. */
import type { Random } from "../../src/random.ts";
import { splitSentences, type SentenceSplitter } from "./sentences.ts";
import { essayHaystack } from "./essay-haystack.ts";
import { type Haystack, needleHaystack, noiseHaystack, type Size } from "./haystack.ts";
import { needleSentence } from "./template.ts";
import { drawValue } from "./values.ts";
import type { ValueType, Variant } from "./variants.ts";
import type { WordPairs } from "./word-pairs.ts";

export interface Recipe {
  readonly variant: Variant;
  readonly words: WordPairs;
  readonly haystack: Haystack;
  /** Whether a key or value that is already used is drawn again; RULER keeps it, and so may ask for a key that occurs twice. */
  readonly distinct: boolean;
}

export interface Draw {
  readonly context: string;
  readonly contextTokens: number;
  /** The keys asked for; `answers` follow in that order. */
  readonly queries: readonly string[];
  readonly answers: readonly string[];
}

/** The haystack of a variant; `essayWords` is called only if the haystack is running text. */
export function haystackOf(
  variant: Variant,
  essayWords: () => readonly string[],
  split: SentenceSplitter = splitSentences,
): Haystack {
  if (variant.haystack === "noise") return noiseHaystack();
  if (variant.haystack === "needle") return needleHaystack(variant);
  return essayHaystack(essayWords(), split);
}

/**
 * Draws one task in RULER's order: each key and then its values; the needles' order, from `order`; distractors, depths
 * or indices; the keys asked for.
 */
export function drawTask(recipe: Recipe, size: Size, random: Random, order: Random): Draw {
  const { variant, words } = recipe;
  const taken = new Set<string>();
  const fresh = (type: ValueType) => {
    let value = drawValue(type, random, words);
    while (recipe.distinct && taken.has(value)) value = drawValue(type, random, words);
    return value;
  };
  const hidden = Array.from({ length: variant.keys }, () => {
    const key = fresh(variant.keyType);
    taken.add(key);
    const values = Array.from({ length: variant.values }, () => {
      const value = fresh(variant.valueType);
      taken.add(value);
      return value;
    });
    return { key, values };
  });
  const needles = hidden.flatMap(({ key, values }) =>
    values.map((value) => needleSentence(variant.valueType, key, value)),
  );
  const filling = recipe.haystack(order.shuffle(needles), size, { random, fresh });
  const asked = random.sample(hidden, variant.queries);
  return {
    context: filling.context,
    get contextTokens() {
      return filling.tokens;
    },
    queries: asked.map(({ key }) => key),
    answers: asked.flatMap(({ values }) => values),
  };
}
