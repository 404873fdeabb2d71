/** Papers as texts, and where passages stand in them. Places are in characters as Python counts them: code points. */
import { strip } from "../python-text.ts";
import type { Interval, IntervalsByPaper } from "./intervals.ts";

/** The texts of papers by their ids, in the order of the context. */
export type Papers = Readonly<Record<string, string>>;

/** A paper of the published files. */
export interface Paper {
  readonly paperId: string;
  readonly title: string;
  readonly abstract: string;
  readonly text: string;
}

/** The passages of a paper that are evidence, in the published form. */
export interface PaperEvidence {
  readonly paperId: string;
  readonly selections: readonly { readonly text: string }[];
}

const TITLE_MARK = "### PAPER: ";
const ABSTRACT = /<abstract>\n(.*?)\n<\/abstract>/s;
const SURROGATE = /[\ud800-\udfff]/;

/** A paper as one text, in the published layout: the title, the abstract if there is one, the text. */
export function paperText({ title, abstract, text }: Omit<Paper, "paperId">): string {
  return `${TITLE_MARK}${title}\n${abstract === "" ? "" : `<abstract>\n${abstract}\n</abstract>\n`}${text}`;
}

/** The title and the abstract of a paper's text; an abstract that it lacks is empty. */
export function headOf(text: string): { readonly title: string; readonly abstract: string } {
  const [first = ""] = text.split("\n", 1);
  return { title: first.replaceAll(TITLE_MARK, ""), abstract: ABSTRACT.exec(text)?.[1] ?? "" };
}

/** Where a passage stands first in a text, in code points; null if it does not stand there. */
export function placeOf(passage: string, text: string): Interval | null {
  const at = text.indexOf(passage);
  if (at === -1) return null;
  const start = pointsIn(text.slice(0, at));
  return [start, start + pointsIn(passage)];
}

/** The code points of a text. */
export function pointsIn(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}

/** `text[start:end]` in Python, for whole numbers from 0 on. */
export function slicePoints(text: string, start: number, end: number): string {
  return SURROGATE.test(text) ? Array.from(text).slice(start, end).join("") : text.slice(start, end);
}

/** Where the evidence stands, by paper. What does not stand in its paper is left out, as published. */
export function placesOf(evidence: readonly PaperEvidence[], papers: Papers): IntervalsByPaper {
  const places = new Map<string, Interval[]>();
  for (const { paperId, selections } of evidence) {
    const text = Object.hasOwn(papers, paperId) ? papers[paperId]! : "";
    const found = selections.flatMap((one) => {
      const passage = strip(one.text);
      const place = passage === "" ? null : placeOf(passage, text);
      return place ? [place] : [];
    });
    if (found.length > 0) places.set(paperId, [...(places.get(paperId) ?? []), ...found]);
  }
  return places;
}
