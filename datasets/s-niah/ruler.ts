/** RULER's own files, row for row: one stream of CPython's generator over a whole file (NVIDIA/RULER, `niah.py`). */
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { countTokens as countO200k } from "../../src/cost/tokens.ts";
import { type Draw, drawTask, haystackOf, type Recipe } from "./draw.ts";
import { defaultEssay, essayWords } from "./essay.ts";
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

/** The number of units (words of essay, lines of noise, distractors) in every draw, in the order of the draws. */
export interface RulerSizes {
  /** The draws of the search before the first row: the probe, and each "Testing haystack size" of RULER's log. */
  readonly probes?: readonly number[];
  /** One number per row, or several if a row was too long and was drawn again; the last one was kept. */
  readonly rows: readonly (number | readonly number[])[];
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

/** RULER keeps drawing forever if nothing fits; here a row has this many attempts. */
const MAX_ATTEMPTS = 10_000;

/** The rows of a file. Throws `UsageError` if not even the smallest haystack fits. */
export function* rulerRows(options: RulerOptions): Generator<RulerRow> {
  const draws = new RulerDraws(options);
  if (options.sizes) {
    for (const units of options.sizes.probes ?? []) draws.draw(units);
    for (const units of options.sizes.rows) {
      const attempts = [units].flat();
      for (const rejected of attempts.slice(0, -1)) draws.draw(rejected);
      yield draws.row(draws.draw(attempts.at(-1) as number));
    }
    return;
  }
  const { rows = 500 } = options;
  const units = draws.search();
  for (let row = 0; row < rows; row += 1) yield draws.row(draws.drawFitting(units));
}

/** One file's stream of draws. */
class RulerDraws {
  readonly #options: RulerOptions;
  readonly #variant: Variant;
  readonly #recipe: Recipe;
  readonly #random: Random;
  readonly #seed: number;
  readonly #reserve: number;
  readonly #count: (text: string) => number;

  constructor(options: RulerOptions) {
    this.#options = options;
    this.#variant = variantNamed(options.variant);
    this.#seed = options.seed ?? 42;
    this.#reserve = options.tokensToGenerate ?? 128;
    this.#count = options.countTokens ?? countO200k;
    this.#random = new Random(this.#seed);
    this.#recipe = {
      variant: this.#variant,
      words: options.words ?? defaultWordPairs(),
      haystack: haystackOf(
        this.#variant,
        () => essayWords(options.essay ?? defaultEssay()),
        options.sentences,
      ),
      distinct: false,
    };
  }

  draw(units: number): Draw {
    return drawTask(this.#recipe, { units }, this.#random, new Random(this.#seed));
  }

  row(draw: Draw): RulerRow {
    const { head, question, answerPrefix } = wording(this.#variant, draw.queries);
    const input = `${head}\n${draw.context}\n${question}`;
    const before = input.slice(0, input.indexOf(draw.answers[0] as string));
    const length = this.#count(input + answerPrefix) + this.#reserve;
    return {
      index: codePoints(before),
      input,
      outputs: draw.answers,
      length,
      length_w_model_temp: length,
      answer_prefix: answerPrefix,
      token_position_answer: this.#count(before),
    };
  }

  /** The size for all rows: a probe at one step gives an upper bound, and a binary search narrows it. */
  search(): number {
    const step = this.#step();
    const perUnit = this.#inputTokens(this.draw(step)) / step;
    let low = step;
    let high = Math.max(Math.trunc((this.#options.length / perUnit) * 3), step * 2);
    let best = step;
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#fits(this.draw(middle))) {
        best = middle;
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return best;
  }

  /** Draws until a sample fits, one step smaller each time, down to one step. */
  drawFitting(units: number): Draw {
    const step = this.#step();
    let size = units;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const draw = this.draw(size);
      if (this.#fits(draw)) return draw;
      if (size > step) size -= step;
    }
    throw new UsageError(
      `ruler: a length of ${this.#options.length} tokens is too short for ${this.#options.variant}`,
    );
  }

  #step(): number {
    if (this.#variant.haystack === "essay") return 500;
    return this.#options.length < 4096 ? 5 : 25;
  }

  #fits(draw: Draw): boolean {
    return this.#inputTokens(draw) + this.#reserve <= this.#options.length;
  }

  #inputTokens(draw: Draw): number {
    const { head, question, answerPrefix } = wording(this.#variant, draw.queries);
    return this.#count(`${head}\n${draw.context}\n${question}${answerPrefix}`);
  }
}

/** Characters as Python counts them. */
function codePoints(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}
