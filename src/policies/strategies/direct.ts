/** The strategy direct: sends the whole context in one call, cut at the sub-model's window, like a long-context model. */
import type { ContextSummary, Observation } from "../../types.ts";
import type { Policy, PolicyStart } from "../policy.ts";
import { codeIn, STRATEGY_LANGUAGES } from "./languages/by-language.ts";
import type { StrategyCode } from "./languages/code.ts";
import { setText } from "./pieces.ts";
import { pythonString, type Move, type Script, scriptedPolicy } from "./scripted.ts";

/** The assumed window of a sub-model that does not state it. */
const UNKNOWN_WINDOW_TOKENS = 128_000;
/** Tokens of the window that are left for the question and the reply; half of a small window. */
const SPARE_TOKENS = 6_000;
/** Slightly more characters than a token of English prose has. A prompt that is still too long is cut again. */
const CHARS_PER_TOKEN = 4.5;

/** Makes the strategy, the baseline without decomposition: one question about as much of the context as the window holds. */
export function direct(instruction: (question: string) => string): Policy {
  const script: Script = function* ({ observation, subModel, language }) {
    const { question, context } = observation;
    const chars = readableChars(subModel);
    const code = codeIn(language);
    if (code)
      yield* askUntilItFits(code, instruction(question), Math.min(chars, joinedChars(context)), context);
    else yield { code: askOnce(instruction(question), chars, context) };
    yield { code: code ? code.answerReply : 'answer["content"] = reply\nanswer["ready"] = True' };
  };
  return scriptedPolicy("direct", script, STRATEGY_LANGUAGES);
}

/** The characters of the whole context, with an empty line between its parts. */
function joinedChars({ chars, parts = 0 }: ContextSummary): number {
  return chars + 2 * parts;
}

/** How the sub-model's refusal of a prompt that is too long reads in every language. */
const TOO_LONG = /SubcallError.*window|window of \S+ is/s;
const LEAST_CHARS = 1000;

/** In other languages than Python the loop is here: a prompt that is refused as too long is cut in the next turn. */
function* askUntilItFits(
  code: StrategyCode,
  instruction: string,
  most: number,
  context: ContextSummary,
): Generator<Move, void, Observation> {
  let chars = most;
  for (;;) {
    const { text } = yield { code: code.askWhole(instruction, chars, context) };
    if (!TOO_LONG.test(text) || chars < LEAST_CHARS) return;
    chars = Math.floor(chars * 0.9);
  }
}

/** An estimate of the most characters that the sub-model can read in one call, besides an instruction. */
export function readableChars(subModel: PolicyStart["subModel"]): number {
  const windowTokens = subModel?.windowTokens ?? UNKNOWN_WINDOW_TOKENS;
  const spareTokens = Math.min(SPARE_TOKENS, windowTokens / 2);
  return Math.ceil((windowTokens - spareTokens) * CHARS_PER_TOKEN);
}

/** Sets `reply` to a sub-model's reply about the whole text, which is cut if the model refuses it as too long. */
export function askOnce(
  instruction: string,
  maxChars: number,
  context: ContextSummary,
  model?: string,
): string {
  const named = model === undefined ? "" : `, model=${pythonString(model)}`;
  return `
${setText(context)}
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
