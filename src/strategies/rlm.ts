/** Hands parts of the context to agents that have a REPL of their own, and combines their replies in code. */
import type { Policy } from "../policy.ts";
import { combineTurn, mapTurn, type MapReduceOptions, PROBE } from "./map-reduce.ts";
import { ANSWER_WITH_RESULT, scriptedPolicy } from "./strategy.ts";

/**
 * The recursive strategy. At depth 1 there is no room for children, so that each part is a chunk and goes to the sub-model
 * in one plain call; the environment decides, and answers `rlm_query` so.
 */
export function rlm(options: MapReduceOptions): Policy {
  return scriptedPolicy("rlm:1", function* ({ observation: { question } }) {
    yield { code: PROBE };
    yield { code: mapTurn(options, options.instruction(question), "rlm_query") };
    yield { code: combineTurn(options, question) };
    yield { code: ANSWER_WITH_RESULT };
  });
}
