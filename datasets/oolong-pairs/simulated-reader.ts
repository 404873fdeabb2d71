/** How the simulated model reads a question of OOLONG-Pairs: it classifies the lines and lists the pairs it can. */
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { readLines } from "../oolong/simulated-reader.ts";
import type { LabelledSource, Line } from "../oolong/window.ts";
import { eligibleUsers, profiles } from "./eligible.ts";
import { PREDICATES } from "./predicates.ts";
import { goldPairs } from "./scorer.ts";
import { pairsQuestion } from "./wording.ts";

/** A model's patience: the number of pairs grows with the square of the users, and no reply is endless. */
const MAX_PAIRS = 2000;

/** Reads prompts that hold one of the twenty questions in its exact wording, and lines of the source. */
export function oolongPairsReader(source: LabelledSource): SliceReader<Line> {
  const linesOf = readLines(source);
  const questions = PREDICATES.map((predicate) => ({ predicate, text: pairsQuestion(predicate) }));
  return {
    name: "oolong-pairs",
    read(prompt) {
      const asked = questions.find(({ text }) => prompt.includes(text));
      const findings = asked && linesOf(prompt);
      if (!findings) return null;
      const answer = (lines: readonly Line[]) => {
        const eligible = eligibleUsers(profiles(lines), asked.predicate);
        const pairs: string[] = [];
        for (const [low, high] of goldPairs({ taskId: "", answers: [], metadata: { ...eligible } })) {
          pairs.push(`(${low}, ${high})`);
          if (pairs.length === MAX_PAIRS) break;
        }
        return pairs.join("\n");
      };
      return { findings, answer };
    },
  };
}
