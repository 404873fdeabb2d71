/** The environment of evidence: passages in papers that report a claim, found and marked; the score is F1 over their characters. */
import { z } from "zod";
import { evidenceTasks, TIER_NAMES } from "../../datasets/evidence/evidence.ts";
import { intervalScores } from "../../datasets/evidence/intervals.ts";
import { loadEvidence } from "../../datasets/evidence/load.ts";
import { placesOf } from "../../datasets/evidence/papers.ts";
import { evidenceF1, goldOf, trainingF1 } from "../../datasets/evidence/scorer.ts";
import { evidenceReader } from "../../datasets/evidence/simulated-reader.ts";
import { quoteInstruction } from "../../datasets/evidence/wording.ts";
import { evidenceScores, evidenceWorld } from "../../datasets/evidence/world.ts";
import { parseLength } from "../../datasets/length.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { delegating } from "../../src/policies/strategies/delegating.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { frugal } from "../../src/policies/strategies/frugal.ts";
import { metas } from "../../src/policies/strategies/meta.ts";
import { mapReduce } from "../../src/policies/strategies/map-reduce.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import type { Potential } from "../../src/rewards/potential.ts";
import type { Reference } from "../../src/types.ts";
import {
  arrange,
  fileOptions,
  fileSource,
  partOptions,
  refuseWithFile,
  refuseWithoutFile,
  shuffleOption,
} from "../arrange.ts";
import { byWords, helpers, PARTS_OF_PAPERS } from "./strategies.ts";

const options = z.object({
  length: z
    .union([z.string(), z.number()])
    .optional()
    .describe("tokens of all papers together, from about 5k (default: 16k)"),
  tier: z
    .enum(TIER_NAMES)
    .optional()
    .describe(
      "how many papers report the claim: singleton 1, focused 2, mid-range 3-4, wide-net 5-9 (default: all, in turn)",
    ),
  file: z
    .string()
    .optional()
    .describe(
      "files of alphaXiv/multi-paper-v1, multi-paper-synthetic or qasper-transformed, instead of tasks made here",
    ),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});

const STRATEGIES = {
  grep: () => byWords(),
  "map-reduce": () => mapReduce(PARTS_OF_PAPERS),
  direct: () => direct(quoteInstruction),
  bm25: () => bm25({ instruction: quoteInstruction, pieceChars: 1500, best: 10 }),
  compaction: () => compaction(quoteInstruction),
  "rlm:1": () => rlm(PARTS_OF_PAPERS),
  "rlm:2": () => rlm(PARTS_OF_PAPERS, 2),
  helpers: () => helpers(),
  ...delegating(() => PARTS_OF_PAPERS),
  frugal: () => frugal(PARTS_OF_PAPERS),
  ...metas(() => PARTS_OF_PAPERS),
  random: () => randomPeeks(),
} satisfies Strategies;

/**
 * The share of the evidence that has been marked, by the episode or by a child: recall of all marks so far, taken back or not. 0 for
 * a reference without papers.
 */
const markedShare: Potential = (state, reference) => {
  if (!reference?.metadata["papers"]) return 0;
  const marks = new Map<string, [number, number][]>();
  const collect = (episode: Pick<typeof state, "toolCalls" | "children">): void => {
    for (const { name, args, result } of episode.toolCalls) {
      const { paper_id: id } = args as { readonly paper_id?: unknown };
      const { start, end } = (result ?? {}) as { readonly start?: unknown; readonly end?: unknown };
      if (name !== "mark" || typeof id !== "string" || typeof start !== "number" || typeof end !== "number")
        continue;
      const known = marks.get(id);
      if (known) known.push([start, end]);
      else marks.set(id, [[start, end]]);
    }
    episode.children.forEach(collect);
  };
  collect(state);
  const { evidence, papers } = goldOf(reference);
  return intervalScores(marks, placesOf(evidence, papers)).recall;
};

export const evidence = defineEnvironment({
  name: "evidence",
  summary:
    "find and mark the passages of papers that report a claim: made here, or from alphaXiv's evidence sets",
  options,
  strategies: STRATEGIES,
  progress: markedShare,
  layouts: [
    { name: "alphaXiv multi-paper", columns: ["question", "papers", "evidence"], option: "file" },
    { name: "alphaXiv qasper-transformed", columns: ["question", "paragraphs", "evidence"], option: "file" },
  ],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { file, tier, length } = given;
    if (file === undefined) refuseWithoutFile("evidence", given);
    else refuseWithFile("evidence", given, ["length", "tier"]);
    const tokens = parseLength(length ?? DEFAULT_LENGTH);
    const problems =
      file === undefined
        ? evidenceTasks({ length: tokens, seed, ...(tier && { tier }) })
        : loadEvidence(fileSource({ ...given, file }, badRows));
    return Promise.resolve({
      problems: arrange(problems, given),
      world: evidenceWorld,
      score: trainingF1,
      official: evidenceF1,
      measures: ({ world, answer }, reference) => {
        if (world?.end === undefined) return {};
        const { precision, recall } = evidenceScores(world.end, answer?.text ?? null, goldOf(reference));
        return { precision, recall };
      },
      oracle: (reference) => ({ code: marksInPython(reference) }),
      readers: [evidenceReader],
      badRows,
      label: [
        "evidence",
        file === undefined ? `${length ?? DEFAULT_LENGTH}` : "files",
        ...(tier ? [tier] : []),
      ].join(" "),
    });
  },
});

const DEFAULT_LENGTH = "16k";

/** Marks the gold as code, and answers. */
function marksInPython(reference: Reference): string {
  const { evidence: gold } = goldOf(reference);
  const marks = gold.flatMap(({ paperId, selections }) =>
    selections.map(({ text }) => `print(mark(${JSON.stringify(paperId)}, ${JSON.stringify(text.trim())}))`),
  );
  return [...marks, 'FINAL("marked")'].join("\n");
}
