/** What evidence questions and prompts say, and how the simulated model finds the parts again. */

/** The question of a task made here, before the claim. */
export const CLAIM_MARK = "The claim: ";
/** What sub-models are asked, in the first words of the prompt. */
export const QUOTE_MARK = "Quote the passages of the text below that report the claim";
/** Before notes that an earlier part left. */
export const NOTES_MARK = "Your notes of the parts before this one:";
/** The id of the only paper, where a file's row has a single text. */
export const ONLY_PAPER = "paper";

const HOW = `The context is a dict: the keys are the ids of papers, the values are their texts. Find every passage that reports it, as short as it can be while it says all of it. Mark each passage with mark(paper_id, text), where the text is copied letter by letter; then answer with a word that says so. If you mark nothing, answer with a Python list of the passages instead.`;

/** The question of a task made here. */
export function claimQuestion(claim: string): string {
  return `Which passages of the papers report the following?\n${CLAIM_MARK}${claim}\n\n${HOW}`;
}

/** The question of a row of a file. */
export function fileQuestion(question: string): string {
  return `Which passages of the papers are evidence for the answer to this query?\nThe query: ${question}\n\n${HOW}`;
}

/** What a sub-model is asked about a part of the papers. */
export function quoteInstruction(question: string): string {
  const [asked = question] = question.split(`\n\n${HOW}`);
  return `${QUOTE_MARK}, or are evidence for the query, each copied letter by letter and as short as it can be while it says all of it. Reply with a JSON list of them and nothing else; with [] if there are none. A paper may name a method by an abbreviation, and what was measured in other words than the claim.\n\n${asked}`;
}
