/** How puzzles of LongCoT are asked for, and what of a published prompt is left out. */

/** Ends the heading of some published prompts, which forbids tools and code. */
const HEADING_ENDS = "Puzzle description:";

/** What an episode's policy is asked; the puzzle is its context. */
export const QUESTION =
  "The context describes a puzzle. Solve it. End with a line that begins with solution = and holds the answer alone, in the form that the puzzle asks for.";

/** The puzzle of a published prompt, without the heading that forbids what an environment with a REPL is for. */
export function puzzleOf(prompt: string): string {
  const at = prompt.indexOf(HEADING_ENDS);
  return (at < 0 ? prompt : prompt.slice(at + HEADING_ENDS.length)).trim();
}

/** The line of an answer. */
export function solutionLine(solution: string): string {
  return `solution = ${solution}`;
}
