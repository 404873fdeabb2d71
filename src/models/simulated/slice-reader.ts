/**
 * How a benchmark lets the simulated model read its prompts. The reader lists the findings in a prompt; the model decides which
 * of them it overlooks or misreads; the reader writes the answer from the rest.
 */

/** Something in the prompt on which the answer depends: a needle, a line with its label, a fact in a document. */
export interface Finding<Value = unknown> {
  /** The position: 0 is the beginning of the prompt, 1 its end. */
  readonly position: number;
  readonly value: Value;
  /**
   * What a model that errs reads instead, with equal probabilities; null means that it overlooks the finding. If absent, it
   * overlooks it. A prompt without the fact may have a finding of the value "nothing here", which can be misread as a decoy.
   */
  readonly misreadings?: readonly (Value | null)[];
  /** The probability that a model reads it correctly in a short prompt. Default: 1. */
  readonly clarity?: number;
}

/** The findings in one prompt. `answer` writes the reply from the values that the model kept, in the findings' order. */
export interface Reading<Value = unknown> {
  readonly findings: readonly Finding<Value>[];
  answer(values: readonly Value[]): string;
}

/** Reads the prompts of one benchmark. It is pure: the same prompt gives the same reading. */
export interface SliceReader<Value = unknown> {
  readonly name: string;
  /** Returns null for a prompt that is not of this benchmark. */
  read(prompt: string): Reading<Value> | null;
}
