/** Strategies: policies written in code. They write real completions, which the parser reads like those of a model. */
import { UsageError } from "../../errors.ts";
import type { ReplLanguage } from "../../languages/language.ts";
import { pythonOf } from "../../languages/python/python.ts";
import type { Written } from "../../parse/write.ts";
import type { Actor, Policy, PolicyStart, PolicyTurn } from "../policy.ts";
import { Random } from "../../random.ts";
import { countMessages, countTokens } from "../../cost/tokens.ts";
import type { Completion, Decision, Observation } from "../../types.ts";

const PYTHON = pythonOf();

/** The model whose name and price the strategy's own turns have. */
export const STRATEGY_MODEL = "simulated";

/** One turn of a strategy: code to run, or an answer as text. `decision` is set if a network chose the move. */
export type Move = ({ readonly code: string } | { readonly answer: string }) & {
  readonly decision?: Decision;
};

/** Yields one move a turn, and gets the observation after it. */
export type Script = (start: PolicyStart, random: Random) => Generator<Move, void, Observation>;

/**
 * A policy that follows a script. If the script ends before the episode, it gives an empty answer. `languages`: those in which
 * the script can write; null if it writes what it is given. Starting it in another one throws `UsageError`.
 */
export function scriptedPolicy(
  name: string,
  script: Script,
  languages: readonly string[] | null = [PYTHON.name],
): Policy {
  return {
    name,
    ...(languages !== null && { languages }),
    start(start: PolicyStart): Actor {
      const { language = PYTHON } = start;
      if (languages !== null && !languages.includes(language.name))
        throw new UsageError(
          `the strategy ${name} is written in ${languages.join(", ")}, and the REPL's language is ${language.name}; let a model play, or a strategy of that language`,
        );
      const moves = script(start, Random.of(start.seed, "strategy", name));
      return {
        act: (turn: PolicyTurn) => {
          const next = moves.next(turn.observation);
          return Promise.resolve(write(next.done ? { answer: "" } : next.value, turn, language));
        },
      };
    },
  };
}

/** The last turn of a strategy that has set `result`. */
export const ANSWER_WITH_RESULT = 'answer["content"] = str(result)\nanswer["ready"] = True';

/** A text as a Python string literal. Python understands all escapes of JSON. */
export function pythonString(text: string): string {
  return JSON.stringify(text);
}

/** The completion of a move, in the dialect of the episode. */
function write(move: Move, turn: PolicyTurn, language: ReplLanguage): Completion {
  const words = written(move, turn, language);
  return { ...simulatedCompletion(words, turn), ...(move.decision && { decision: move.decision }) };
}

/** What a program wrote as a completion: its tokens are counted, and marked as simulated. */
export function simulatedCompletion(words: Written, turn: PolicyTurn): Completion {
  const said = words.text + words.toolCalls.map((call) => call.arguments).join("");
  return {
    ...words,
    model: STRATEGY_MODEL,
    usage: {
      promptTokens: countMessages(turn.messages),
      completionTokens: countTokens(said),
      cachedTokens: 0,
    },
    usageSource: "simulated",
    attempts: 1,
  };
}

function written(move: Move, { tools, observation }: PolicyTurn, language: ReplLanguage): Written {
  if ("answer" in move) {
    // `FINAL()` is no answer, and would go on.
    const answer = move.answer === "" ? '""' : move.answer;
    return { text: `FINAL(${answer})`, toolCalls: [], finishReason: "stop" };
  }
  const dialect = tools.length === 0 ? "repl" : "tool";
  return language.writeCode(move.code.trim(), dialect, `call_${observation.turn}`);
}
