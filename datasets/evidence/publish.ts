/** Writes tasks made here in the layout of alphaXiv/multi-paper-v1, which the loader reads. */
import type { JsonObject } from "../../src/types.ts";
import { claimText } from "./claims.ts";
import { CLAIM_MARK } from "./wording.ts";
import { type EvidenceOptions, evidenceTaskAt, expectRoom } from "./evidence.ts";

/** The first `count` rows: `id`, `question`, `papers` and `evidence`. */
export function* evidenceRows(options: EvidenceOptions, count: number): Generator<JsonObject> {
  expectRoom(options);
  for (let index = 0; index < count; index += 1) {
    const { id, claim, papers, evidence } = evidenceTaskAt(options, index);
    yield {
      id,
      question: `Which passages report the following? ${CLAIM_MARK}${claimText(claim)}`,
      papers: papers.map((paper): JsonObject => ({ ...paper })),
      evidence: evidence.map(({ paperId, selections }) => ({
        paperId,
        selections: selections.map(({ text }) => ({ text })),
      })),
    };
  }
}
