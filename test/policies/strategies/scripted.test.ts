import { expect, it } from "vitest";
import { scriptedPolicy } from "../../../src/policies/strategies/scripted.ts";
import { PARSE_RULES } from "../../../src/languages/python/parse/parse.ts";
import type { Completion } from "../../../src/types.ts";
import type { PolicyStart, PolicyTurn } from "../../../src/policies/policy.ts";

const start = { seed: 1, observation: { question: "q", turn: 0 } } as unknown as PolicyStart;
const turn = { messages: [], tools: [], observation: { question: "q", turn: 0 } } as unknown as PolicyTurn;

it.each(Object.keys(PARSE_RULES) as (keyof typeof PARSE_RULES)[])(
  "a script that ends before its episode gives an empty answer by the rules of %s",
  async (rules) => {
    const completion = await scriptedPolicy("ends", function* () {})
      .start(start)
      .act(turn);
    expect(PARSE_RULES[rules].parse(completion as Completion, "repl", false)).toMatchObject({
      final: { kind: "text", text: "" },
      invalid: null,
    });
  },
);
