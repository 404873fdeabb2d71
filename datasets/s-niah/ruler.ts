/** RULER's own files, row for row: one stream of CPython's generator over a whole file (NVIDIA/RULER, `niah.py`). */
import { Random } from "../../src/random.ts";
import { countTokens as countO200k } from "../../src/cost/tokens.ts";
import { type Draw, drawTask, haystackOf, type Recipe } from "./draw.ts";
import { defaultEssay, essayWords } from "./essay.ts";
import { fittedDraws, type RulerSizes, threeTimes } from "./fitting.ts";
import type { SentenceSplitter } from "./sentences.ts";
import { wording } from "./template.ts";
import { type Variant, type VariantName, variantNamed } from "./variants.ts";
import { defaultWordPairs, type WordPairs } from "./word-pairs.ts";

export interface RulerOptions {
  readonly variant: VariantName;
  /** RULER's `max_seq_length`: tokens of input, answer prefix and generation together. */
  readonly length: number;
  readonly rows?: number;
  readonly seed?: number;
  readonly tokensToGenerate?: number;
  readonly words?: WordPairs;
  readonly essay?: string;
  readonly sentences?: SentenceSplitter;
  /** RULER counts with the tokenizer of the model under test; o200k_base if absent. */
  readonly countTokens?: (text: string) => number;
  /** If the file's tokenizer is not available: the sizes that it led to. */
  readonly sizes?: RulerSizes;
}

/** A row as RULER writes it, keys in its order. */
export interface RulerRow {
  /** Offset of the first answer in `input`, in characters. */
  readonly index: number;
  readonly input: string;
  readonly outputs: readonly string[];
  readonly length: number;
  readonly length_w_model_temp: number;
  readonly answer_prefix: string;
  readonly token_position_answer: number;
}

/** The rows of a file. Throws `UsageError` if not even the smallest haystack fits. */
export function* rulerRows(options: RulerOptions): Generator<RulerRow> {
  const variant = variantNamed(options.variant);
  const { length, seed = 42, tokensToGenerate: reserve = 128, countTokens: count = countO200k } = options;
  const recipe: Recipe = {
    variant,
    words: options.words ?? defaultWordPairs(),
    haystack: haystackOf(variant, () => essayWords(options.essay ?? defaultEssay()), options.sentences),
    distinct: false,
  };
  const random = new Random(seed);
  const written = (draw: Draw) => {
    const { head, question, answerPrefix } = wording(variant, draw.queries);
    return { draw, input: `${head}\n${draw.context}\n${question}`, answerPrefix };
  };
  const draws = fittedDraws(
    {
      name: options.variant,
      length,
      step: stepOf(variant, length),
      most: threeTimes(length),
      probe: (units) => written(drawTask(recipe, { units }, random, new Random(seed))),
      tokens: ({ input, answerPrefix }) => count(input + answerPrefix),
      // Lines of noise and words of an essay are counted once, and a text of them is their sum.
      ...(count === countO200k &&
        variant.haystack !== "needle" &&
        !options.sentences && {
          roughTokens: ({ draw, input, answerPrefix }: ReturnType<typeof written>) =>
            draw.contextTokens + count(input.replace(draw.context, "") + answerPrefix),
        }),
      reserve,
    },
    options.sizes ?? options.rows ?? 500,
  );
  for (const { draw, input, answerPrefix } of draws) {
    const before = input.slice(0, input.indexOf(draw.answers[0] as string));
    const tokens = count(input + answerPrefix) + reserve;
    yield {
      index: codePoints(before),
      input,
      outputs: draw.answers,
      length: tokens,
      length_w_model_temp: tokens,
      answer_prefix: answerPrefix,
      token_position_answer: count(before),
    };
  }
}

function stepOf(variant: Variant, length: number): number {
  if (variant.haystack === "essay") return 500;
  return length < 4096 ? 5 : 25;
}

/** Characters as Python counts them. */
function codePoints(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}
