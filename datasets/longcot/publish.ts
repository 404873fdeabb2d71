/** Writes puzzles made here as questions in the layout of LongCoT's files, which the loader reads. */
import type { JsonObject } from "../../src/types.ts";
import { domainOf, kindsOf, type LongCotOptions, puzzleAt } from "./longcot.ts";

/** The first `count` questions: `question_id`, `prompt`, `problem` and `answer`. */
export function* longCotRows(options: LongCotOptions, count: number): Generator<JsonObject> {
  const kinds = kindsOf(options);
  for (let index = 0; index < count; index += 1) {
    const { kind, drawn } = puzzleAt(options, kinds, index);
    const { template } = kind;
    // As in the files, where questions of cs have the template alone.
    const problem = domainOf(template) === "cs" ? { template } : { ...drawn.problem, template };
    yield {
      question_id: `${template}_size${options.size}_${index + 1}`,
      prompt: kind.write(drawn),
      problem,
      answer: drawn.answer,
    };
  }
}
