/**
 * How a benchmark tells the simulated model to read its prompts. The reader finds what the prompt holds; the model
 * decides which of it it overlooks or mistakes; the reader words the answer from what is left.
 */

/** Something in the prompt that the answer rests on: a needle, a line with its label, a fact in a document. */
export interface Finding<Value = unknown> {
  /** Where it stands: 0 is the prompt's beginning, 1 its end. */
  readonly position: number;
  readonly value: Value;
  /**
   * What an erring model takes it for, each as likely as the next; null: it overlooks it. Absent: it overlooks it.
   * A prompt without the fact may hold a finding that says "nothing here" and is mistaken for a decoy.
   */
  readonly misreadings?: readonly (Value | null)[];
  /** Probability that a model reads it rightly in a short prompt; 1 where absent. */
  readonly clarity?: number;
}

/** What one prompt holds, and how to answer it from the values that the model kept, in the findings' order. */
export interface Reading<Value = unknown> {
  readonly findings: readonly Finding<Value>[];
  answer(values: readonly Value[]): string;
}

/** Reads the prompts of one benchmark. Pure: the same prompt gives the same reading. */
export interface SliceReader<Value = unknown> {
  readonly name: string;
  /** Null for a prompt that is not of this benchmark. */
  read(prompt: string): Reading<Value> | null;
}
