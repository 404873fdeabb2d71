/** The environments of BrowseComp's and BrowseComp-Plus' files; their runs stay encrypted on disk. */
import { z } from "zod";
import { evidenceSeen } from "../../datasets/browsecomp/progress.ts";
import { formedAnswer } from "../../datasets/browsecomp/answer-form.ts";
import { reordered } from "../../datasets/browsecomp/draw-context.ts";
import { browseCompJudge } from "../../datasets/browsecomp/judge.ts";
import { judgeReader } from "../../datasets/browsecomp/simulated-judge.ts";
import { loadBrowseComp } from "../../datasets/browsecomp/load.ts";
import { loadBrowseCompPlus } from "../../datasets/browsecomp/load-plus.ts";
import { browseCompMeasures } from "../../datasets/browsecomp/measures.ts";
import { browseCompReader } from "../../datasets/browsecomp/simulated-reader.ts";
import { exactMatch, lenientMatch, trainingMatch } from "../../datasets/browsecomp/scorer.ts";
import { browseCompLikeReader } from "../../datasets/browsecomp-like/simulated-reader.ts";
import { dataFiles } from "../../datasets/rows/data-files.ts";
import type { Json } from "../../src/types.ts";
import { arrange, fileOptions, fileSource, partOptions, shuffleOption } from "../arrange.ts";
import { SEARCH_STRATEGIES } from "./search.ts";
import { type Benchmark, defineEnvironment } from "../../src/env/define.ts";

const corpusOptions = {
  corpus: z
    .string()
    .optional()
    .describe("BrowseComp-Plus' corpus: its files or their folder, read once to a temporary file"),
  documents: z.coerce
    .number()
    .int()
    .positive()
    .default(1000)
    .describe("documents of a context, drawn at random from the corpus"),
};
const orderOptions = { ...fileOptions, ...shuffleOption, ...partOptions };

export const browseComp = defineEnvironment({
  name: "browsecomp",
  summary: "BrowseComp's encrypted questions, over documents of a corpus or none: its csv file",
  options: z.object({
    file: z.string("expected the path of BrowseComp's csv file").describe("BrowseComp's csv file"),
    topic: z.string().optional().describe("wanted topics, separated by commas"),
    ...corpusOptions,
    ...orderOptions,
  }),
  strategies: SEARCH_STRATEGIES,
  progress: evidenceSeen,
  layouts: [
    {
      name: "BrowseComp, encrypted",
      columns: ["problem", "answer", "problem_topic", "canary"],
      option: "file",
    },
  ],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { documents, topic } = given;
    const problems = loadBrowseComp({
      ...fileSource(given, badRows),
      ...corpusOf(given.corpus),
      ...(topic !== undefined && { topics: topic.split(",") }),
      documents,
      seed,
    });
    const label = given.corpus === undefined ? "browsecomp" : `browsecomp ${documents} documents`;
    return Promise.resolve({ ...SCORED, problems: arrange(problems, given), badRows, label });
  },
});

export const browseCompPlus = defineEnvironment({
  name: "browsecomp-plus",
  summary:
    "BrowseComp's questions with the documents that answer them among 1000 of a corpus: BrowseComp-Plus' files",
  options: z.object({
    file: z
      .string("expected the path of BrowseComp-Plus' files")
      .describe("BrowseComp-Plus' encrypted parquet or decrypted jsonl files, or their folder"),
    canary: z.string().optional().describe("the set's canary, for encrypted files"),
    ...corpusOptions,
    ...orderOptions,
  }),
  strategies: SEARCH_STRATEGIES,
  progress: evidenceSeen,
  layouts: [
    {
      name: "BrowseComp-Plus",
      columns: ["query_id", "query", "answer", "gold_docs", "evidence_docs", "negative_docs"],
      option: "file",
    },
    { name: "BrowseComp-Plus' corpus", columns: ["docid", "text", "url"], option: "corpus" },
  ],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { canary, documents } = given;
    const problems = loadBrowseCompPlus({
      ...fileSource(given, badRows),
      ...corpusOf(given.corpus),
      ...(canary !== undefined && { canary }),
      documents,
      seed,
    });
    const label = `browsecomp-plus ${given.corpus === undefined ? "own" : documents} documents`;
    return Promise.resolve({ ...SCORED, problems: arrange(problems, given), badRows, label });
  },
});

const SCORED: Omit<Benchmark, "problems" | "label"> = {
  seeded: reordered,
  score: trainingMatch,
  official: exactMatch,
  lenient: lenientMatch,
  judge: browseCompJudge,
  measures: browseCompMeasures,
  oracle: ({ answers: [gold = ""], metadata }) => ({
    answer: formedAnswer(gold, 100, texts(metadata.evidence)),
  }),
  strategies: SEARCH_STRATEGIES,
  // Questions about an invented world in these files' layout are understood; for others, the words are counted.
  readers: [judgeReader, browseCompLikeReader, browseCompReader],
};

function corpusOf(corpus: string | undefined): { corpus?: string[] } {
  return corpus === undefined ? {} : { corpus: dataFiles(corpus) };
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
