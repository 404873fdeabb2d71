/** How LongMemEval's sessions and questions are shown. */

/** One message of a session. */
export interface ChatTurn {
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** The number of every session whose beginning a text shows. */
export const SESSION_NAMES = /^session: (\d+)$/gm;

const BEFORE_DATE = "On ";
const BEFORE_QUESTION = " the user asks the assistant:\n";
const AFTER_QUESTION =
  "\n\nThe context holds their earlier chats, a session each, with its date. Answer from them, as briefly as you can.";

/** A session as a document: its number, which tells its place in time, its date and its turns. */
export function sessionText(number: number, date: string, turns: readonly ChatTurn[]): string {
  const said = turns.map(({ role, content }) => `\n\n${role}: ${content}`).join("");
  return `session: ${number}\ndate: ${date}${said}`;
}

/** A question with the date on which it is asked, and what it is to be answered from. */
export function questionText(question: string, date: string): string {
  return `${BEFORE_DATE}${date}${BEFORE_QUESTION}${question}${AFTER_QUESTION}`;
}

/** The question that a text holds, and where its instructions end; null if it holds none. */
export function readQuestion(text: string): { readonly question: string; readonly end: number } | null {
  const mark = text.indexOf(BEFORE_QUESTION);
  const from = mark + BEFORE_QUESTION.length;
  const end = mark === -1 ? -1 : text.indexOf(AFTER_QUESTION, from);
  return end === -1 ? null : { question: text.slice(from, end), end: end + AFTER_QUESTION.length };
}
