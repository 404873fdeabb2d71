/** Every loader of data files, with rows that it takes. */
import { loadBabilong } from "../../datasets/babilong/load.ts";
import { babilongRows } from "../../datasets/babilong/publish.ts";
import { Corpus } from "../../datasets/browsecomp/corpus.ts";
import { loadBrowseComp } from "../../datasets/browsecomp/load.ts";
import { loadBrowseCompPlus } from "../../datasets/browsecomp/load-plus.ts";
import { loadCraft } from "../../datasets/craft/load.ts";
import { craftRows } from "../../datasets/craft/publish.ts";
import { PUBLISHED_RECIPES } from "../../datasets/craft/recipes.ts";
import { loadEvidence } from "../../datasets/evidence/load.ts";
import { evidenceRows } from "../../datasets/evidence/publish.ts";
import { loadGraphWalks } from "../../datasets/graphwalks/load.ts";
import { graphWalksRows } from "../../datasets/graphwalks/publish.ts";
import { loadLongBenchV2 } from "../../datasets/longbench-v2/load.ts";
import { loadLongBenchPro } from "../../datasets/longbench-pro/load.ts";
import { loadLongMemEval } from "../../datasets/longmemeval/load.ts";
import { loadLongCot } from "../../datasets/longcot/load.ts";
import { longCotRows } from "../../datasets/longcot/publish.ts";
import { loadMrcr } from "../../datasets/mrcr/load.ts";
import { mrcrRows } from "../../datasets/mrcr/publish.ts";
import { readLabelled } from "../../datasets/oolong/labelled-file.ts";
import { loadOolong } from "../../datasets/oolong/load.ts";
import { loadOolongReal } from "../../datasets/oolong/real.ts";
import { loadOolongPairs } from "../../datasets/oolong-pairs/load.ts";
import type { RowOptions } from "../../datasets/rows/row.ts";
import { loadRulerFiles } from "../../datasets/ruler/load.ts";
import { rulerFileRows } from "../../datasets/ruler/publish.ts";
import { loadRuler } from "../../datasets/s-niah/load.ts";
import { rulerRows } from "../../datasets/s-niah/ruler.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { encrypt } from "../../src/data/encryption.ts";
import type { Json, JsonObject } from "../../src/types.ts";
import { CANARY, corpusDocs, encryptedRow, plusRow } from "./browsecomp/plus-files.ts";
import { PRO_ROWS } from "./longbench-pro/rows.ts";
import { MEMORY_ROWS } from "./longmemeval/rows.ts";

export type Fields = Readonly<Record<string, Json>>;
type Options = { readonly files: readonly string[] } & Pick<RowOptions, "onBadRow">;

export interface Loader {
  readonly name: string;
  /** Everything read, as plain data. */
  readonly read: (options: Options) => Promise<unknown[]>;
  /** Rows of different ids. */
  readonly rows: readonly Fields[];
  /** A column that every row needs, and the column of ids if there is one. */
  readonly needed: string;
  readonly id?: string;
  /** How many things one row yields. */
  readonly yields?: number;
  /** Other gold for a row, if there is gold and tasks are read. */
  readonly otherGold?: (row: Fields) => Fields;
  /** Whether rows hold lists, which a table cannot. */
  readonly onlyJson?: true;
}

const WINDOW =
  'Some "lines", of a window.\n\nDate: Jan 06, 2023 || User: 10001 || Instance: Who, "really", wrote it?\n' +
  "Date: Feb 07, 2024 || User: 10002 || Instance: Where is it?\n\nRecall the lines.";
const oolongRow = (id: number): Fields => ({
  id,
  context_len: 1024,
  dataset: "trec_coarse",
  task_group: "counting",
  task: "TASK_TYPE.MOST_FREQ",
  context_window_id: id,
  context_window_text: WINDOW,
  context_window_text_with_labels: WINDOW.replace("it?", "it? || Label: human being").replace(
    "is it?",
    "is it? || Label: a || b",
  ),
  question: "Which label, of all,\nis the most common?",
  answer: "['a || b']",
  answer_type: "ANSWER_TYPE.LABEL",
});

export const LOADERS: readonly Loader[] = [
  {
    name: "oolong",
    otherGold: () => ({ answer: "['human being']" }),
    read: (options) => all(loadOolong(options)),
    rows: [oolongRow(1), oolongRow(2)],
    needed: "question",
    id: "id",
  },
  {
    name: "oolong-pairs",
    otherGold: ({ context_window_text_with_labels: text }) => ({
      context_window_text_with_labels: (text as string).replace("Label: human being", "Label: location"),
    }),
    read: (options) => all(loadOolongPairs(options)),
    rows: [oolongRow(1), oolongRow(2)],
    needed: "context_window_text_with_labels",
    yields: 20,
  },
  {
    name: "oolong-real",
    otherGold: () => ({ answer: "Fireball, Mage Hand" }),
    read: (options) => all(loadOolongReal(options)),
    rows: ["a", "b"].map((id) => ({
      id,
      context_window_id: "w",
      context_window_text: 'Ann: "Seven,\nagain!"',
      question: "How many rolls, in all?",
      answer: "7",
      question_type: "singledoc_rolls",
    })),
    needed: "context_window_text",
    id: "id",
  },
  {
    name: "longbench-v2",
    otherGold: () => ({ answer: "A" }),
    read: (options) => all(loadLongBenchV2(options)),
    rows: ["q1", "q2"].map((_id) => ({
      _id,
      domain: "Code Repository Understanding",
      sub_domain: "Code repo QA",
      difficulty: "easy",
      length: "short",
      question: "What does main do?",
      choice_A: "prints, twice",
      choice_B: 'sorts "all"',
      choice_C: "waits\nfor ever",
      choice_D: "a || b",
      answer: "D",
      context: 'def main():\n    print("a, b")\n',
    })),
    needed: "choice_C",
    id: "_id",
  },
  {
    name: "longbench-pro",
    otherGold: () => ({ answer: ["another"] }),
    read: (options) => all(loadLongBenchPro(options)),
    rows: PRO_ROWS.slice(0, 2),
    needed: "secondary_task",
    id: "id",
    onlyJson: true,
  },
  {
    name: "longmemeval",
    otherGold: ({ haystack_sessions: sessions }) => ({
      answer: "another",
      answer_session_ids: ["ultrachat_1"],
      haystack_sessions: (sessions as Json[][]).map((turns) =>
        turns.map((turn) => ({ ...(turn as Fields), has_answer: false })),
      ),
    }),
    read: (options) => all(loadLongMemEval(options)),
    rows: MEMORY_ROWS.slice(0, 2),
    needed: "haystack_dates",
    id: "question_id",
    onlyJson: true,
  },
  {
    name: "graphwalks",
    otherGold: () => ({ answer_nodes: [] }),
    read: (options) => all(loadGraphWalks(options)),
    rows: [...graphWalksRows({ length: 600, degree: 2, depth: 1, operation: "bfs", seed: 1 }, 2)],
    needed: "prompt",
    onlyJson: true,
  },
  {
    name: "mrcr",
    otherGold: ({ random_string_to_prepend: prefix }) => ({ answer: `${prefix as string}another` }),
    read: (options) => all(loadMrcr(options)),
    rows: [...mrcrRows({ length: 1500, needles: 2, seed: 1 }, 2)],
    needed: "prompt",
  },
  {
    name: "longcot",
    otherGold: ({ problem }) => ({ problem: { ...(problem as JsonObject), solution: 1 } }),
    read: (options) => all(loadLongCot(options)),
    rows: [...longCotRows({ templates: ["Dungeon"], size: 1, seed: 1 }, 2)],
    needed: "problem",
    id: "question_id",
    onlyJson: true,
  },
  {
    name: "craft",
    otherGold: ({ misc }) => ({ misc: { ...(misc as JsonObject), gold_trajectory: [] } }),
    read: (options) => all(loadCraft(options)),
    rows: [
      ...craftRows({ depths: { least: 2, most: 3 }, targets: 1, recipes: PUBLISHED_RECIPES, seed: 1 }, 2),
    ],
    needed: "misc",
    id: "id",
    onlyJson: true,
  },
  {
    name: "evidence",
    otherGold: ({ papers }) => {
      const [{ paperId, text }] = papers as unknown as [{ paperId: string; text: string }];
      return { evidence: [{ paperId, selections: [{ text: text.slice(0, 20) }] }] };
    },
    read: (options) => all(loadEvidence(options)),
    rows: [...evidenceRows({ length: 6000, seed: 1 }, 2)],
    needed: "papers",
    id: "id",
    onlyJson: true,
  },
  {
    name: "ruler",
    otherGold: () => ({ outputs: ["1234567"] }),
    read: (options) => all(loadRuler(options)),
    rows: Array.from(rulerRows({ variant: "niah_single_1", length: 600, rows: 2 }), (row) => ({ ...row })),
    needed: "outputs",
    onlyJson: true,
  },
  {
    name: "all of ruler",
    otherGold: ({ outputs }) => ({ outputs: (outputs as string[]).slice(1) }),
    read: (options) => all(loadRulerFiles(options)),
    rows: Array.from(rulerFileRows({ variant: "fwe", length: 800, rows: 2 }), (row) => ({ ...row })),
    needed: "outputs",
    onlyJson: true,
  },
  {
    name: "babilong",
    otherGold: ({ target }) => ({ target: target === "attic" ? "cellar" : "attic" }),
    read: (options) => all(loadBabilong(options)),
    rows: [...babilongRows({ tasks: ["qa1"], length: 500, seed: 1 }, 2)],
    needed: "question",
    onlyJson: true,
  },
  {
    name: "browsecomp",
    otherGold: () => ({ answer: encrypt("another", CANARY) }),
    read: (options) => all(loadBrowseComp({ ...options, seed: 1 })),
    rows: ['Who, "of all",\nwas it?', "Where — 東京?"].map((problem) => ({
      problem: encrypt(problem, CANARY),
      answer: encrypt("a || b", CANARY),
      problem_topic: "Art, and more",
      canary: CANARY,
    })),
    needed: "answer",
    id: "problem",
  },
  {
    name: "browsecomp-plus",
    otherGold: () => ({ answer: encrypt("another", CANARY) }),
    read: (options) => all(loadBrowseCompPlus({ ...options, canary: CANARY, seed: 1 })),
    rows: [1, 2].map((id) => encryptedRow(plusRow(id)) as unknown as Fields),
    needed: "evidence_docs",
    id: "query_id",
    onlyJson: true,
  },
  {
    name: "a corpus",
    read: async ({ files, onBadRow }) => {
      const corpus = await Corpus.open({ files, ...(onBadRow && { onBadRow }) });
      return Array.from({ length: corpus.size }, (_, index) => corpus.read(index).text);
    },
    rows: corpusDocs(2).map((document) => ({ ...document })),
    needed: "text",
    id: "docid",
  },
  {
    name: "labelled texts",
    read: async ({ files, onBadRow }) => [
      ...(await readLabelled(files[0]!, onBadRow && { onBadRow })).examples,
    ],
    rows: [
      { text: 'Hello, "you"', label: "a || b", user: "17", date: "2023-01-06" },
      { text: "Bye", label: "ham", user: "18", date: "2023-01-07" },
    ],
    needed: "label",
  },
];

async function all(dataset: Dataset): Promise<unknown[]> {
  const problems: unknown[] = [];
  for await (const problem of dataset) problems.push(problem);
  return problems;
}
