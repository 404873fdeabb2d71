/** The needle-in-a-haystack dataset: any number of tasks of one variant and length, each from its own seed. */
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import { drawTask, haystackOf, type Recipe } from "./draw.ts";
import { defaultEssay, essayWords } from "./essay.ts";
import type { SentenceSplitter } from "./sentences.ts";
import { wording } from "./template.ts";
import { type VariantName, variantNamed } from "./variants.ts";
import { defaultWordPairs, type WordPairs } from "./word-pairs.ts";

export interface SNiahOptions {
  readonly variant: VariantName;
  /** The most tokens a context may hold; it falls short by less than one line or a few words. */
  readonly length: number;
  readonly seed: number;
  /** Running text for the essay variants; Moby-Dick if absent. */
  readonly essay?: string;
  /** The words of keys; English adjectives and animals if absent. */
  readonly words?: WordPairs;
  readonly sentences?: SentenceSplitter;
}

/**
 * An endless dataset; the task at an index depends on seed, variant, length and index only. No distractor shares a
 * needle's key or value, so every question has one answer.
 */
export function sNiah(options: SNiahOptions): Dataset {
  const recipe = recipeOf(options);
  const at = (index: number) => problem(options, recipe, index);
  return generated("s-niah", at);
}

function recipeOf(options: SNiahOptions): Recipe {
  const variant = variantNamed(options.variant);
  const words = options.words ?? defaultWordPairs();
  if (words.length <= variant.keys)
    throw new UsageError(
      `s-niah: expected more than ${variant.keys} adjective-noun pairs for ${options.variant}, got ${words.length}`,
    );
  const essay = () => (options.essay === undefined ? defaultWords() : essayWords(options.essay.trim()));
  return { variant, words, haystack: haystackOf(variant, essay, options.sentences), distinct: true };
}

/** The default essay's words, split once for all datasets: splitting takes a second. */
let ownWords: readonly string[] | undefined;

function defaultWords(): readonly string[] {
  return (ownWords ??= essayWords(defaultEssay().trim()));
}

function problem({ variant, length, seed }: SNiahOptions, recipe: Recipe, index: number): Problem {
  const stream = (name: string) => Random.of(seed, variant, length, index, name);
  const draw = drawTask(recipe, { tokens: length }, stream("draws"), stream("order"));
  const id = `${variant}-${length}-${seed}-${index}`;
  return {
    task: {
      id,
      dataset: "s-niah",
      question: wording(recipe.variant, draw.queries).question,
      context: draw.context,
      contextTokens: draw.contextTokens,
      metadata: { variant, length, queries: draw.queries.length },
    },
    reference: { taskId: id, answers: draw.answers, metadata: {} },
  };
}
