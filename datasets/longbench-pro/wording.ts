/** The marks of a prompt about a long text, which the strategies write and the simulated reader looks for. */

const QUESTION = "The question: ";
const TEXT = "\n\nThe text, to its end:";

/** An instruction with its question; the text follows it. */
export function withQuestion(instruction: string, question: string): string {
  return `${instruction}\n\n${QUESTION}${question}${TEXT}`;
}

/** The question and the text of a prompt, and where the text begins; null for another prompt. */
export function partsOf(prompt: string): { readonly question: string; readonly start: number } | null {
  const from = prompt.indexOf(QUESTION);
  const end = from === -1 ? -1 : prompt.indexOf(TEXT, from);
  if (end === -1) return null;
  return { question: prompt.slice(from + QUESTION.length, end), start: end + TEXT.length };
}
