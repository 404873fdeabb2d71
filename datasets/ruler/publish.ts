/** RULER's own files, row for row, for all of its thirteen tasks. */
import { countTokens as countO200k } from "../../src/cost/tokens.ts";
import { UsageError } from "../../src/errors.ts";
import type { RulerSizes } from "../s-niah/fitting.ts";
import { rulerRows as needleRows } from "../s-niah/ruler.ts";
import type { SentenceSplitter } from "../s-niah/sentences.ts";
import { codedDraws } from "./coded-words.ts";
import { commonDraws } from "./common-words.ts";
import { documentsDraws } from "./documents.ts";
import type { QaSet } from "./qa-files.ts";
import { trackingDraws } from "./variable-tracking.ts";
import { isNeedle, type OtherName, REPLY_TOKENS, type RulerName } from "./variants.ts";
import { ownWordLists, type WordLists } from "./word-lists.ts";

/** Which file to make. */
export interface RulerFileOptions {
  readonly variant: RulerName;
  /** RULER's `max_seq_length`: tokens of input, answer prefix and generation together. */
  readonly length: number;
  readonly rows?: number;
  readonly seed?: number;
  readonly words?: WordLists;
  /** For needles in an essay: its text, and where its sentences begin. */
  readonly essay?: string;
  readonly sentences?: SentenceSplitter;
  /** For qa_1 and qa_2. */
  readonly questions?: QaSet;
  /** RULER counts with the tokenizer of the model under test; o200k_base if absent. */
  readonly countTokens?: (text: string) => number;
  /** If the file's tokenizer is not available: the sizes that it led to. For vt, also those of the example. */
  readonly sizes?: RulerSizes & { readonly example?: RulerSizes };
}

/** A row as RULER writes it, keys in its order; needles have another `index`, and `token_position_answer`. */
export interface RulerFileRow {
  readonly index: number;
  readonly input: string;
  readonly outputs: readonly string[];
  readonly length: number;
  readonly length_w_model_temp: number;
  readonly answer_prefix: string;
}

/** The rows of a file. Throws `UsageError` if not even the smallest text fits, or for what the options lack. */
export function* rulerFileRows(options: RulerFileOptions): Generator<RulerFileRow> {
  const { variant, words = ownWordLists() } = options;
  if (isNeedle(variant)) {
    yield* needleRows({ ...options, variant, words: words.pairs });
    return;
  }
  const { countTokens: count = countO200k } = options;
  let index = 0;
  for (const { text, outputs, answerPrefix } of drawsOf(variant, { ...options, words })) {
    const length = count(text) + REPLY_TOKENS[variant];
    yield {
      index,
      input: text.slice(0, text.length - answerPrefix.length),
      outputs,
      length,
      length_w_model_temp: length,
      answer_prefix: answerPrefix,
    };
    index += 1;
  }
}

function drawsOf(
  variant: OtherName,
  options: RulerFileOptions & { readonly words: WordLists },
): Iterable<{ readonly text: string; readonly outputs: readonly string[]; readonly answerPrefix: string }> {
  const { length, seed = 42, words, questions, countTokens = countO200k } = options;
  const rows = options.sizes ?? options.rows ?? 500;
  const common = { length, seed, rows, countTokens, reserve: REPLY_TOKENS[variant] };
  if (variant === "vt") return trackingDraws(common);
  if (variant === "cwe") return commonDraws({ ...common, words });
  if (variant === "fwe") return codedDraws(common);
  if (!questions)
    throw new UsageError(
      `ruler: ${variant} asks questions of ${variant === "qa_1" ? "SQuAD" : "HotpotQA"}, whose file is needed`,
    );
  return documentsDraws({ ...common, name: variant, set: questions });
}

/** A row as a line of Python's `json.dump`, byte for byte as RULER writes it. */
export function pythonJson(row: unknown): string {
  const fields = Object.entries(row as object).map(([key, value]) => `${ascii(key)}: ${pythonValue(value)}`);
  return `{${fields.join(", ")}}`;
}

function pythonValue(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(pythonValue).join(", ")}]` : ascii(value);
}

/** JSON without characters beyond ASCII. */
function ascii(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
