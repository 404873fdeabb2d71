/** The words of a language, from which its wording is made. */
import type { ContextSummary } from "../types.ts";
import type { PromptFacts } from "./wording.ts";

/** The words of a language. */
export interface LanguageWords {
  /** What the context is in this language, as one or more sentences. @param hidesLength whether they must not tell its length */
  describeContext(context: ContextSummary, hidesLength?: boolean): string;
  /** Where the context is found, such as "the variable `context`". */
  readonly where: string;
  /** The lines of the list "In the REPL you have", without their dashes. */
  inTheRepl(facts: PromptFacts): readonly string[];
  /** What comes back of a block, as the beginning of a sentence: "Only what you print, and … ," */
  readonly shown: string;
  /** How to work, in one or two sentences of advice. */
  readonly advice: string;
  /** Code that looks at the context first. */
  look(context: ContextSummary | null): string;
  /** Code that gives the answer, with VALUE in the answer's place. */
  readonly answer: string;
  /** What to hear after `answer` was set to a value that is none: if it is empty, and if its text was kept. */
  readonly answerSet: { readonly empty: string; readonly kept: string };
}

/** A language as its texts need it. */
export interface SpokenLanguage {
  readonly words: LanguageWords;
  readonly title: string;
  readonly fence: string;
  readonly tool: string;
}
