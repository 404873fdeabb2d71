/** Strategies: policies written in code. Each writes real completions, which the same parser reads as a model's. */
import { REPL_TOOL } from "../parse/parse.ts";
import type { Actor, Policy, PolicyStart, PolicyTurn } from "../policy.ts";
import { Random } from "../random.ts";
import { countMessages, countTokens } from "../tokens.ts";
import type { Completion, Observation } from "../types.ts";

/** The model under whose name and price a strategy's own turns are counted. */
const STRATEGY_MODEL = "simulated";

/** One turn of a strategy: Python to run, or an answer as text. */
export type Move = { readonly code: string } | { readonly answer: string };

/** Yields a move a turn and is handed the observation that followed it. */
export type Script = (start: PolicyStart, random: Random) => Generator<Move, void, Observation>;

/** A policy that follows a script. Where the script ends before the episode does, it gives up with an empty answer. */
export function scriptedPolicy(name: string, script: Script): Policy {
  return {
    name,
    start(start: PolicyStart): Actor {
      const moves = script(start, Random.of(start.seed, "strategy", name));
      return {
        act: (turn: PolicyTurn) => {
          const next = moves.next(turn.observation);
          return Promise.resolve(write(next.done ? { answer: "" } : next.value, turn));
        },
      };
    },
  };
}

/** A text as a Python string literal; JSON's escapes are Python's. */
export function pythonString(text: string): string {
  return JSON.stringify(text);
}

/** The completion that makes this move in the dialect that is spoken. */
function write(move: Move, turn: PolicyTurn): Completion {
  const usage = (written: string) => ({
    promptTokens: countMessages(turn.messages),
    completionTokens: countTokens(written),
    cachedTokens: 0,
  });
  const common = { model: STRATEGY_MODEL, usageSource: "simulated", attempts: 1 } as const;
  if ("answer" in move || turn.tools.length === 0) {
    const text = "answer" in move ? `FINAL(${move.answer})` : `\`\`\`repl\n${move.code.trim()}\n\`\`\``;
    return { ...common, text, toolCalls: [], finishReason: "stop", usage: usage(text) };
  }
  const call = {
    id: `call_${turn.observation.turn}`,
    name: REPL_TOOL,
    arguments: JSON.stringify({ code: move.code.trim() }),
  };
  return { ...common, text: "", toolCalls: [call], finishReason: "tool_calls", usage: usage(call.arguments) };
}
