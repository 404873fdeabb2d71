/** Sends the whole context in one call, cut at the sub-model's window: what a plain long-context model does. */
import type { Policy, PolicyStart } from "../policy.ts";
import { pythonString, scriptedPolicy } from "./scripted.ts";
import { TEXT } from "./pieces.ts";

/** Where the sub-model does not say how much it reads. */
const UNKNOWN_WINDOW_TOKENS = 128_000;
/** Tokens of the window left for the question and the reply, of a small window half of it. */
const SPARE_TOKENS = 6_000;
/** More characters than a token of English prose has; a prompt that is still too long is cut again. */
const CHARS_PER_TOKEN = 4.5;

/** Asks the sub-model once about as much of the context as its window holds: the baseline without decomposition. */
export function direct(instruction: (question: string) => string): Policy {
  return scriptedPolicy("direct", function* ({ observation, subModel }) {
    yield { code: askOnce(instruction(observation.question), readableChars(subModel)) };
    yield { code: 'answer["content"] = reply\nanswer["ready"] = True' };
  });
}

/** Characters that the sub-model may be able to read in one call, beside an instruction. */
export function readableChars(subModel: PolicyStart["subModel"]): number {
  const windowTokens = subModel?.windowTokens ?? UNKNOWN_WINDOW_TOKENS;
  const spareTokens = Math.min(SPARE_TOKENS, windowTokens / 2);
  return Math.ceil((windowTokens - spareTokens) * CHARS_PER_TOKEN);
}

/** Sets `reply` to what a sub-model, the default one unless named, says of the whole text, cut where it must be. */
export function askOnce(instruction: string, maxChars: number, model?: string): string {
  const named = model === undefined ? "" : `, model=${pythonString(model)}`;
  return `
${TEXT}
instruction = ${pythonString(instruction)}
size, reply = min(len(text), ${maxChars}), None
while reply is None:
    try:
        reply = llm_query(instruction + "\\n\\n" + text[:size]${named})
    except RuntimeError as error:
        if size < 1000 or "window" not in str(error):
            raise
        size = int(size * 0.9)
print(size, "of", len(text), "characters sent; the reply:", reply[:200])`;
}
