/** What an episode's policy is asked, since the context is a variable there and not "the text above"; RULER's own question is part of it. */

const LISTED = "Answer with these words alone, separated by commas.";

/** The question about variable tracking. */
export function trackingQuestion(value: string): string {
  return `The text hides chains of assignments, each on a line of its own: VAR A = 12345, or VAR B = VAR A. Find all variables that are assigned the value ${value} in the text above, directly or through others. Answer with their names alone, separated by commas.`;
}

/** The question about a numbered list. */
export const COMMON_QUESTION = `The text is a numbered list of words, in which some appear more often than others. What are the 10 most common words in the above list? ${LISTED}`;

/** The question about coded words. */
export const CODED_QUESTION = `The text is a row of coded words. Please ignore the dots '....'. What are the three most frequently appeared words in the above coded text? ${LISTED}`;

/** The question over documents. */
export function documentsQuestion(question: string): string {
  return `The text holds documents, each under a line "Document N:". Answer the question by what they say, with the answer alone. Question: ${question}`;
}

const TRACKING = /assigned the value (\d+) in the text above/;
const DOCUMENTS = /Answer the question by what they say, with the answer alone\. Question: ([^\n]+)/;

/** What a question asks for. */
export type RulerAsked =
  | { readonly kind: "vt"; readonly value: string }
  | { readonly kind: "cwe" | "fwe" }
  | { readonly kind: "qa"; readonly question: string };

/** What a text asks for, if it holds a question of these; null if it holds none. */
export function readRulerQuestion(text: string): RulerAsked | null {
  const value = TRACKING.exec(text)?.[1];
  if (value !== undefined) return { kind: "vt", value };
  if (text.includes(COMMON_QUESTION)) return { kind: "cwe" };
  if (text.includes(CODED_QUESTION)) return { kind: "fwe" };
  const question = DOCUMENTS.exec(text)?.[1];
  return question === undefined ? null : { kind: "qa", question };
}
