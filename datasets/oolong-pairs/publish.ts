/** Writes generated tasks of OOLONG-Pairs as rows over windows in oolong-synth's layout, which the loader can read. */
import type { JsonObject } from "../../src/types.ts";
import { windowFields } from "../oolong/publish.ts";
import { eligibleUsers, profiles } from "./eligible.ts";
import { expectLabels, type OolongPairsOptions, pairsWindow } from "./oolong-pairs.ts";
import { PREDICATES } from "./predicates.ts";
import { pairsQuestion } from "./wording.ts";

/**
 * The first `count` rows, twenty per window. The gold is stored as the users of either side, since the number of pairs grows with
 * the square: each pair is one user of `first` and another of `second`.
 */
export function* oolongPairsRows(options: OolongPairsOptions, count: number): Generator<JsonObject> {
  expectLabels(options.source);
  for (let id = 0; id < count; id += PREDICATES.length) {
    const windowIndex = id / PREDICATES.length;
    const window = pairsWindow(options, windowIndex);
    const users = profiles(window.lines);
    for (const [index, predicate] of PREDICATES.slice(0, count - id).entries()) {
      yield {
        id: id + index,
        ...windowFields(window, windowIndex, options),
        task_group: "pairs",
        predicate: index + 1,
        question: pairsQuestion(predicate),
        answer: { ...eligibleUsers(users, predicate) },
      };
    }
  }
}
