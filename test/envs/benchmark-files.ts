/** Every benchmark as tests play it: generated, or read from small files of the published layouts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MADE_TASKS } from "../../datasets/babilong/labels.ts";
import { babilongRows } from "../../datasets/babilong/publish.ts";
import { browseCompLikeRows } from "../../datasets/browsecomp-like/publish.ts";
import { craftRows } from "../../datasets/craft/publish.ts";
import { PUBLISHED_RECIPES } from "../../datasets/craft/recipes.ts";
import { evidenceRows } from "../../datasets/evidence/publish.ts";
import { graphWalksRows } from "../../datasets/graphwalks/publish.ts";
import { DOMAINS } from "../../datasets/longbench-v2/load.ts";
import { longCotRows } from "../../datasets/longcot/publish.ts";
import { mrcrRows } from "../../datasets/mrcr/publish.ts";
import { rulerFileRows } from "../../datasets/ruler/publish.ts";
import type { RulerName } from "../../datasets/ruler/variants.ts";
import { rulerRows } from "../../datasets/s-niah/ruler.ts";
import type { JsonObject } from "../../src/types.ts";
import { HOTPOT, SQUAD } from "../datasets/ruler/qa-files.ts";
import {
  browseCompCsv,
  CANARY,
  corpusDocs,
  encryptedRow,
  plusRow,
} from "../datasets/browsecomp/plus-files.ts";
import { PRO_ROWS } from "../datasets/longbench-pro/rows.ts";
import { MEMORY_ROWS } from "../datasets/longmemeval/rows.ts";

/** A file of oolong-synth. */
export const PUBLISHED_OOLONG = fileURLToPath(new URL("../data/tables/oolong.jsonl", import.meta.url));

/** An environment's name and options, for each benchmark and layout; the files go to the folder. */
export function benchmarksIn(folder: string): readonly (readonly [name: string, options: JsonObject])[] {
  const lines = (name: string, rows: Iterable<unknown>) => {
    const file = join(folder, name);
    writeFileSync(file, Array.from(rows, (row) => JSON.stringify(row)).join("\n"));
    return file;
  };
  const codeQa = lines(
    "code.jsonl",
    ["q1", "q2", "q3"].map((_id, i) => ({
      _id,
      domain: "Code Repository Understanding",
      sub_domain: "Code repo QA",
      difficulty: i === 0 ? "easy" : "hard",
      length: "short",
      question: "What does the program do?",
      choice_A: "prints banners",
      choice_B: "sorts items",
      choice_C: "waits forever",
      choice_D: "ends quickly",
      answer: "B",
      context: "def sorts(items):\n    items.sort()\n".repeat(40 + Math.floor(i / 2)),
    })),
  );
  const choices = lines(
    "choices.jsonl",
    DOMAINS.map((domain, i) => ({
      _id: `c${i}`,
      domain,
      sub_domain: "Academic",
      difficulty: i % 2 === 0 ? "easy" : "hard",
      length: "short",
      question: "What became of the lighthouse?",
      choice_A: "it burned down",
      choice_B: "fishermen rebuilt it",
      choice_C: "nobody knows",
      choice_D: "a museum bought it",
      answer: "B",
      context: `In the year ${1800 + i} the fishermen rebuilt it with their own hands.\n`.repeat(40),
    })),
  );
  const crafts = lines(
    "crafts.jsonl",
    craftRows({ depths: { least: 2, most: 4 }, targets: 1, recipes: PUBLISHED_RECIPES, seed: 3 }, 3),
  );
  const papers = lines("papers.jsonl", evidenceRows({ length: 6000, seed: 3 }, 3));
  const real = lines(
    "dnd.jsonl",
    [
      ["Total number of rolls in this episode?", "4", "singledoc_rolls"],
      ["Which spells were cast in this episode?", "Fireball, Mage Hand", "singledoc_spells"],
    ].map(([question, answer, question_type], i) => ({
      id: `r${i}`,
      context_window_id: "w1",
      context_window_text: [
        "Ann: I rolled a 14.",
        "Bob: That's a 17!",
        "Ann: I cast Fireball.",
        ...Array.from({ length: 60 }, () => "Bob: We walk on."),
        "Cid: natural 20. Then 11 to hit.",
        "Bob casts Mage Hand.",
      ].join("\n"),
      question,
      answer,
      question_type,
      episodes: [1],
      campaign: "campaign1",
    })),
  );
  const ruler = lines("validation.jsonl", rulerRows({ variant: "niah_single_1", length: 1000, rows: 3 }));
  const facts = lines("qa1-to-qa10.jsonl", babilongRows({ tasks: MADE_TASKS, length: 1500, seed: 4 }, 10));
  const rulerTasks = lines(
    "ruler.jsonl",
    (["vt", "cwe", "fwe", "niah_multikey_3"] satisfies RulerName[]).flatMap((variant) => [
      ...rulerFileRows({ variant, length: 1500, rows: 1 }),
    ]),
  );
  const [squad, hotpotqa] = (
    [
      ["squad.json", SQUAD],
      ["hotpot.json", HOTPOT],
    ] as const
  ).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  }) as [string, string];
  const graphs = lines(
    "graphs.jsonl",
    graphWalksRows({ length: 1000, degree: 2, depth: 2, operation: "both", seed: 4 }, 4),
  );
  const puzzles = lines("puzzles.jsonl", longCotRows({ templates: [], size: 2, seed: 4 }, 9));
  const talks = lines("talks.jsonl", mrcrRows({ length: 2000, needles: 2, seed: 4 }, 4));
  const corpus = lines("corpus.jsonl", corpusDocs(60));
  const plus = lines(
    "plus.jsonl",
    [1, 2, 3].map(plusRow).map((row) => encryptedRow(row)),
  );
  const like = lines("like.jsonl", browseCompLikeRows({ length: 2000, seed: 2 }, 3));
  const questions = join(folder, "questions.csv");
  writeFileSync(
    questions,
    browseCompCsv(
      [1, 2, 3].map((i) => ({ problem: `Which lighthouse has the number ${i}?`, answer: `Page ${i}` })),
    ),
  );

  return [
    ["s-niah", { length: "2k" }],
    ["s-niah", { ruler }],
    ["oolong", { length: "2k" }],
    ["oolong", { file: PUBLISHED_OOLONG }],
    ["oolong-pairs", { length: "2k" }],
    ["oolong-pairs", { file: PUBLISHED_OOLONG }],
    ["oolong-real", { file: real }],
    ["code-qa", { file: codeQa }],
    ["longbench-v2", { file: choices }],
    ["longmemeval", { file: lines("memory.jsonl", MEMORY_ROWS) }],
    ["longbench-pro", { file: lines("pro.jsonl", PRO_ROWS) }],
    ["graphwalks", { length: "2k" }],
    ["graphwalks", { file: graphs }],
    ["mrcr", { length: "2k" }],
    ["mrcr", { file: talks }],
    ["ruler", { length: "2k", variant: "niah_single_1,vt,cwe,fwe" }],
    ["ruler", { length: "2k", variant: "qa_1,qa_2", squad, hotpotqa }],
    ["ruler", { file: rulerTasks }],
    ["longcot", { size: 1 }],
    ["longcot", { file: puzzles }],
    ["craft", { tier: "easy" }],
    ["craft", { file: crafts }],
    ["evidence", { length: "6k" }],
    ["evidence", { file: papers }],
    ["babilong", { length: "2k" }],
    ["babilong", { length: "0k", tasks: "qa3,qa5,qa8,qa10" }],
    ["babilong", { file: facts }],
    ["browsecomp-like", { length: "2k" }],
    ["browsecomp", { file: questions, corpus, documents: 12 }],
    ["browsecomp-plus", { file: plus, canary: CANARY, corpus, documents: 12 }],
    ["browsecomp-plus", { file: like }],
  ];
}
