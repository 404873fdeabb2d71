/** Writes generated conversations as rows in the layout of openai/mrcr, which the loader reads. */
import type { JsonObject } from "../../src/types.ts";
import { type MrcrOptions, talkAt } from "./mrcr.ts";

/** The first `count` rows: `prompt` (the messages as JSON), `answer`, `random_string_to_prepend` and `n_needles`. */
export function* mrcrRows(options: MrcrOptions, count: number): Generator<JsonObject> {
  for (let index = 0; index < count; index += 1) {
    const { exchanges, question, prefix, answer } = talkAt(options, index);
    const messages = [
      ...exchanges.flatMap(({ request, reply }) => [
        { role: "user", content: request },
        { role: "assistant", content: reply },
      ]),
      { role: "user", content: question },
    ];
    yield {
      prompt: JSON.stringify(messages),
      answer,
      random_string_to_prepend: prefix,
      n_needles: options.needles,
    };
  }
}
