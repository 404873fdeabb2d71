/** The world of evidence: passages that the whole tree of episodes marks in papers, and tools that search and read them. */
import { z } from "zod";
import { defineWorld, worldTool, type World } from "../../src/episode/world/world.ts";
import type { Json, JsonObject, Task } from "../../src/types.ts";
import { type Interval, type IntervalScores, type IntervalsByPaper, merged, without } from "./intervals.ts";
import { headOf, type Papers, placeOf, pointsIn, slicePoints } from "./papers.ts";
import { answerScores, type Gold, goldOf, markScores } from "./scorer.ts";

/** The state: the marked stretches of each paper, merged and in order. The papers themselves are the task's context. */
type Marks = Map<string, Interval[]>;

const saved = z.record(z.string(), z.array(z.tuple([z.number(), z.number()])));
/** Stretches that one paper can hold, and snippets that a search returns, at most: results and states stay small. */
const [MOST_MARKS, MOST_HITS] = [1_000, 100];
/** Characters of an abstract that lists show, and of a text that one call reads at most. */
const [SHOWN_CHARS, MOST_READ] = [1_000, 100_000];
const SENTENCE_END = /[.!?\n]/;

const listPapers = worldTool({
  description: "The papers: the id of each, its title and the beginning of its abstract.",
  parameters: z.object({}),
  run: (_: Marks, __, { task }) =>
    Object.entries(papersOf(task)).map(([paper_id, text]): JsonObject => {
      const { title, abstract } = headOf(text);
      return { paper_id, title, abstract: abstract.slice(0, SHOWN_CHARS) };
    }),
});

const search = worldTool({
  description:
    "Finds a word or phrase, in either case, in all papers or in one. Returns the sentences around each place, as far as `window` characters hold them: a dict of `hits`, a list of dicts with paper_id, start and text, and `more`, the number of places that were left out.",
  parameters: z.object({
    keyword: z.string().min(1),
    paper_id: z.string().optional(),
    window: z.number().int().min(0).max(5_000).default(300),
  }),
  run: (_: Marks, { keyword, paper_id, window }, { task }) => {
    const papers = papersOf(task);
    const pattern = new RegExp(keyword.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), "giu");
    const ids = paper_id === undefined ? Object.keys(papers) : [known(papers, paper_id)];
    const hits: JsonObject[] = [];
    let more = 0;
    for (const id of ids)
      for (const [start, end] of snippetsIn(papers[id]!, pattern, window)) {
        if (hits.length === MOST_HITS) more += 1;
        else
          hits.push({
            paper_id: id,
            start: pointsIn(papers[id]!.slice(0, start)),
            text: papers[id]!.slice(start, end),
          });
      }
    return { hits, more };
  },
});

const read = worldTool({
  description: `The characters of a paper from start up to end, at most ${MOST_READ}.`,
  parameters: z.object({
    paper_id: z.string(),
    start: z.number().int().nonnegative().default(0),
    end: z.number().int().nonnegative().optional(),
  }),
  run: (_: Marks, { paper_id, start, end }, { task }) => {
    const papers = papersOf(task);
    const most = start + MOST_READ;
    return slicePoints(papers[known(papers, paper_id)]!, start, Math.min(end ?? most, most));
  },
});

const passage = z.object({ paper_id: z.string(), text: z.string().min(1) });

const mark = worldTool({
  description:
    'Marks a passage as evidence where it stands first in a paper. `text` must be copied letter by letter. Returns a dict with its start and end, or a text that begins with "Error:".',
  parameters: passage,
  run: (marks: Marks, { paper_id, text }, { task }) => {
    const place = placeIn(task, paper_id, text);
    if (typeof place === "string") return place;
    const union = merged([...(marks.get(paper_id) ?? []), place]);
    if (union.length > MOST_MARKS) return `Error: ${paper_id} has ${MOST_MARKS} marks, which is the most`;
    marks.set(paper_id, union);
    return { start: place[0], end: place[1] };
  },
});

const unmark = worldTool({
  description: "Takes back the mark of a passage, or of the part of it that is marked.",
  parameters: passage,
  run: (marks: Marks, { paper_id, text }, { task }) => {
    const place = placeIn(task, paper_id, text);
    if (typeof place === "string") return place;
    const left = without(marks.get(paper_id) ?? [], [place]);
    if (left.length > MOST_MARKS) return `Error: ${paper_id} has ${MOST_MARKS} marks, which is the most`;
    if (left.length > 0) marks.set(paper_id, left);
    else marks.delete(paper_id);
    return { start: place[0], end: place[1] };
  },
});

const viewMarks = worldTool({
  description: "All that is marked, as a list of dicts with paper_id, start, end and text.",
  parameters: z.object({}),
  run: (marks: Marks, _, { task }) => {
    const papers = papersOf(task);
    return inOrder(marks).flatMap(([paper_id, stretches]) =>
      stretches.map(([start, end]): JsonObject => ({
        paper_id,
        start,
        end,
        text: slicePoints(papers[paper_id]!, start, end),
      })),
    );
  },
});

/**
 * The world of evidence. An episode without an answer scores 0, as published. If something is marked, the marks are scored, and
 * otherwise what the answer quotes.
 */
export const evidenceWorld: World = defineWorld<Marks>({
  name: "evidence",
  create: () => new Map(),
  tools: { list_papers: listPapers, search, read, mark, unmark, view_marks: viewMarks },
  snapshot: (marks) => snapshotOf(marks),
  restore: (snapshot) => marksOf(snapshot),
  score: (marks, answer, reference) => scoresOf(marks, answer, goldOf(reference)).f1,
});

/** Precision, recall and F1 of an ended episode, from the snapshot of its world. */
export function evidenceScores(snapshot: Json, answer: string | null, gold: Gold): IntervalScores {
  return scoresOf(marksOf(snapshot), answer, gold);
}

function scoresOf(marks: IntervalsByPaper, answer: string | null, gold: Gold): IntervalScores {
  if (answer === null) return { precision: 0, recall: 0, f1: 0 };
  return marks.size > 0 ? markScores(marks, gold) : answerScores(answer, gold);
}

function snapshotOf(marks: Marks): JsonObject {
  return Object.fromEntries(
    inOrder(marks).map(([id, stretches]) => [id, stretches.map(([start, end]) => [start, end])]),
  );
}

function marksOf(snapshot: Json): Marks {
  return new Map(Object.entries(saved.parse(snapshot)));
}

/** By id, since a restored state must not show in which order papers were marked. */
function inOrder(marks: Marks): [string, Interval[]][] {
  return [...marks].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function papersOf({ context }: Task): Papers {
  return context as Papers;
}

function known(papers: Papers, id: string): string {
  if (Object.hasOwn(papers, id)) return id;
  throw new Error(`there is no paper ${JSON.stringify(id.slice(0, 80))}`);
}

function placeIn(task: Task, paperId: string, text: string): Interval | string {
  const papers = papersOf(task);
  if (!Object.hasOwn(papers, paperId))
    return `Error: there is no paper ${JSON.stringify(paperId.slice(0, 80))}`;
  const place = placeOf(text, papers[paperId]!);
  return place ?? `Error: the text does not stand in ${paperId} letter by letter`;
}

/** The stretches around the places that a pattern matches, widened to whole sentences within the window, and merged. */
function snippetsIn(text: string, pattern: RegExp, window: number): Interval[] {
  const half = Math.floor(window / 2);
  return merged(
    [...text.matchAll(pattern)].map((match): Interval => {
      const end = match.index + match[0].length;
      let from = Math.max(0, match.index - half);
      let to = Math.min(text.length, end + half);
      while (from > 0 && match.index - from <= window && !SENTENCE_END.test(text[from - 1]!)) from -= 1;
      while (to < text.length && to - end <= window && !SENTENCE_END.test(text[to]!)) to += 1;
      if (to < text.length && SENTENCE_END.test(text[to]!)) to += 1;
      // Neither end may part a character of two units.
      if (isLow(text, from)) from -= 1;
      if (isLow(text, to)) to += 1;
      return [from, to];
    }),
  );
}

function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}
