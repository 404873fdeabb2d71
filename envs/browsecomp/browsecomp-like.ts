/** The environment of questions like BrowseComp's, over documents of an invented world. */
import { z } from "zod";
import { evidenceSeen } from "../../datasets/browsecomp/progress.ts";
import { browseCompLike as browseCompLikeDataset } from "../../datasets/browsecomp-like/browsecomp-like.ts";
import { browseCompLikeReader } from "../../datasets/browsecomp-like/simulated-reader.ts";
import { formedAnswer } from "../../datasets/browsecomp/answer-form.ts";
import { exactMatch, lenientMatch, trainingMatch } from "../../datasets/browsecomp/scorer.ts";
import { parseLength } from "../../datasets/length.ts";
import { arrange, partOptions } from "../arrange.ts";
import { SEARCH_SKILLS, SEARCH_STRATEGIES } from "./search.ts";
import { defineEnvironment } from "../../src/env/define.ts";

const options = z.object({
  length: z
    .union([z.string(), z.number()])
    .default("32k")
    .describe("tokens of all documents, from about 1.2k to 10M"),
  documents: z.coerce
    .number()
    .int()
    .optional()
    .describe("how many documents, from 10 to 100000 (default: one for every 300 tokens)"),
  ...partOptions,
});

export const browseCompLike = defineEnvironment({
  name: "browsecomp-like",
  summary: "questions whose constraints meet in one answer over 2 to 4 of 10 to 100,000 generated documents",
  options,
  strategies: SEARCH_STRATEGIES,
  progress: evidenceSeen,
  open: (given, seed) => {
    const { documents, length } = given;
    const problems = browseCompLikeDataset({
      length: parseLength(length),
      seed,
      ...(documents !== undefined && { documents }),
    });
    return Promise.resolve({
      problems: arrange(problems, given),
      score: trainingMatch,
      official: exactMatch,
      lenient: lenientMatch,
      oracle: ({ answers: [gold = ""] }) => ({ answer: formedAnswer(gold) }),
      readers: [browseCompLikeReader],
      macro: SEARCH_SKILLS,
      label: `browsecomp-like ${length}${documents === undefined ? "" : ` ${documents} documents`}`,
    });
  },
});
