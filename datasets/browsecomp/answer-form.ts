/** The form in which BrowseComp's answers are given, which its scorers and judges read. */

/** The question, and how to answer it. */
export function withAnswerForm(question: string): string {
  return `${question}\n\nAnswer in this form:\nExplanation: {why it is so}\nExact Answer: {the answer alone, as short as can be}\nConfidence: {from 0% to 100%}`;
}

/** An answer in that form. */
export function formedAnswer(answer: string, confidence = 100): string {
  return `Exact Answer: ${answer}\nConfidence: ${confidence}%`;
}

/** What an answer gives as its exact answer: the last such line, or all of an answer that has none. */
export function exactAnswer(answer: string): string {
  const line = [...answer.matchAll(/^[ *_#>-]*Exact Answer[*_ ]*:[*_ ]*(.*)$/gim)].at(-1)?.[1];
  return (line ?? answer).trim();
}
