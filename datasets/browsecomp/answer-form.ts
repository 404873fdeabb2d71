/** The form in which BrowseComp's answers are given, which its scorers and judges read. */

const FORM_START = "\n\nAnswer in this form:\n";
const WHY = "{why it is so}";
const WHY_CITED =
  "{why it is so, with the docid of each document that it rests on in square brackets, such as [20]}";

/** The question, and how to answer it. `cited`: the explanation names the documents that it rests on. */
export function withAnswerForm(question: string, { cited = false } = {}): string {
  return `${question}${FORM_START}Explanation: ${cited ? WHY_CITED : WHY}\nExact Answer: {the answer alone, as short as can be}\nConfidence: {from 0% to 100%}`;
}

/** The question without the instructions on how to answer it. */
export function questionAlone(question: string): string {
  const end = question.indexOf(FORM_START);
  return end === -1 ? question : question.slice(0, end);
}

/** Writes an answer in that form, with the documents that it cites. */
export function formedAnswer(answer: string, confidence = 100, cited: readonly string[] = []): string {
  const explanation =
    cited.length > 0 ? `Explanation: ${cited.map((docid) => `[${docid}]`).join(" ")}\n` : "";
  return `${explanation}Exact Answer: ${answer.replace(/\s+/g, " ")}\nConfidence: ${confidence}%`;
}

/** The exact answer that an answer gives: its last such line, or the whole answer if it has no such line. */
export function exactAnswer(answer: string): string {
  const line = [...answer.matchAll(/^[ *_#>-]*Exact Answer[*_ ]*:[*_ ]*(.*)$/gim)].at(-1)?.[1];
  return (line ?? answer).trim();
}

/** The confidence that an answer states, from 0 to 1, by its last such line; null if it has none. */
export function confidenceOf(answer: string): number | null {
  const percent = [...answer.matchAll(/^[ *_#>-]*Confidence[*_ ]*:[*_ ]*(\d+(?:\.\d+)?)/gim)].at(-1)?.[1];
  return percent === undefined ? null : Math.min(100, Number(percent)) / 100;
}

/**
 * The docids that an answer names in brackets, such as `[20]`, `[3, 4]` and `【5】`, each once. If all docids are numbers, as
 * BrowseComp-Plus' are, every number in brackets is a docid, as its authors read them; otherwise each part between commas is one.
 */
export function citationsIn(answer: string, areNumbers = true): string[] {
  const named = new Set<string>();
  for (const brackets of [/\[([^[\]]*)\]/g, /【([^【】]*)】/g])
    for (let match = brackets.exec(answer); match !== null; match = brackets.exec(answer)) {
      const [, group = ""] = match;
      if (areNumbers) for (const docid of group.match(/\p{Nd}+/gu) ?? []) named.add(docid);
      else for (const part of group.split(/[,;]/)) named.add(part.trim().replace(/^docid:?\s*/i, ""));
    }
  named.delete("");
  return [...named];
}
