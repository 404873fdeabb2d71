/** Writes generated tasks as rows in the layout of RMT-team/babilong, which the loader reads. */
import type { JsonObject } from "../../src/types.ts";
import { type BabilongOptions, drawnAt } from "./babilong.ts";
import { MADE_LABELS } from "./labels.ts";

/** The first `count` rows: `input`, `question` and `target`, and besides `task` and `labels`, since the world is not bAbI's. */
export function* babilongRows(options: BabilongOptions, count: number): Generator<JsonObject> {
  for (let index = 0; index < count; index += 1) {
    const { task, context, question, target } = drawnAt(options, index);
    yield { input: context, question, target, task, labels: [...MADE_LABELS[task]] };
  }
}
