/** RULER's wording of needles and questions (NVIDIA/RULER, Apache-2.0: `synthetic/constants.py`, `niah.py`). */
import type { ValueType, Variant } from "./variants.ts";

/** The sentence that hides in the text. The type stays plural. */
export function needleSentence(type: ValueType, key: string, value: string): string {
  return `One of the special magic ${type} for ${key} is: ${value}.`;
}

/** The words around a context, in RULER's order. */
export interface Wording {
  /** The line before the context. */
  readonly head: string;
  /** The line after it. */
  readonly question: string;
  /** The beginning of the answer, which RULER stores separately. */
  readonly answerPrefix: string;
}

/** The wording for the keys asked for; singular if one value is the whole answer. */
export function wording(variant: Variant, queries: readonly string[]): Wording {
  const keys = joinQueries(queries);
  if (variant.queries * variant.values > 1) {
    const values = variant.valueType;
    return {
      head: `Some special magic ${values} are hidden within the following text. Make sure to memorize it. I will quiz you about the ${values} afterwards.`,
      question: `What are all the special magic ${values} for ${keys} mentioned in the provided text?`,
      answerPrefix: ` The special magic ${values} for ${keys} mentioned in the provided text are`,
    };
  }
  const value = variant.valueType.slice(0, -1);
  return {
    head: `A special magic ${value} is hidden within the following text. Make sure to memorize it. I will quiz you about the ${value} afterwards.`,
    question: `What is the special magic ${value} for ${keys} mentioned in the provided text?`,
    answerPrefix: ` The special magic ${value} for ${keys} mentioned in the provided text is`,
  };
}

/** `a`, `a, and b`, `a, b, and c`. */
function joinQueries(queries: readonly string[]): string {
  const last = queries.at(-1) ?? "";
  return queries.length > 1 ? `${queries.slice(0, -1).join(", ")}, and ${last}` : last;
}
