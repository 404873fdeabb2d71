/** How the simulated model reasons about puzzles: step by step, and each step may slip, more of them the longer the way is. */
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";
import type { Json } from "../../src/types.ts";
import { KINDS } from "./puzzles/kinds.ts";
import { solutionLine } from "./wording.ts";

/** How surely one step is right, which is what makes a thousand of them hard. */
const CLARITY = 0.999;

/** Reads prompts with a whole puzzle of a kind that is made here, or of a published one of the same labels. */
export const longCotReader: SliceReader<Json> = {
  name: "longcot",
  read(prompt) {
    for (const kind of KINDS) {
      const drawn = kind.read(prompt);
      if (drawn === null) continue;
      const parts = kind.parts(drawn);
      return {
        findings: parts.map((value, i) => ({ position: (i + 0.5) / parts.length, value, clarity: CLARITY })),
        answer: (kept) => solutionLine(kind.answer(kept, drawn)),
      };
    }
    return null;
  },
};
