/** The features that the macro policy sees of an episode, as numbers around 0 to 1. */
import type { Observation } from "../types.ts";
import { KINDS, type Memory } from "./moves.ts";
import { FAMILIES, type Family } from "../policies/macro-skills.ts";

/** Turns at which the feature of turns left is 1. */
const MANY_TURNS = 8;
/** What a block prints of its result in every language. */
const RESULT = /^result: (.*)$/m;
const DENIAL = /\bnot mentioned\b|\bno special magic\b|\bdo not (?:tell|know)\b|\bnothing to note\b/i;

export const FEATURES: readonly string[] = [
  ...FAMILIES.map((family) => `family is ${family}`),
  "log10 of the context's characters, doubled, 0 at about 32k",
  "context has parts",
  "turns left",
  ...KINDS.filter((kind) => kind !== "answer").map((kind) => `has made ${kind}`),
  "last block raised",
  "last block left a result",
  "last result denies",
  "verification agreed",
  "verification differed",
];

/** The result that the last blocks printed; empty if there is none. */
export function printedResult({ results }: Observation): string {
  return RESULT.exec(results.map(({ stdout }) => stdout).join("\n"))?.[1]?.trim() ?? "";
}

/** The numbers of `FEATURES`, in their order. `result`: what the last blocks printed of a result, or counted. */
export function featuresOf(
  observation: Observation,
  memory: Memory,
  family: Family,
  result: string,
): number[] {
  const { context, results, turnsLeft } = observation;
  const printed = results.map(({ stdout }) => stdout).join("\n");
  const flags = [
    results.some(({ outcome }) => outcome !== "ok"),
    result !== "",
    DENIAL.test(result),
    printed.includes("verification agrees"),
    printed.includes("verification differs"),
  ];
  return [
    ...FAMILIES.map((one) => Number(one === family)),
    // The range is small enough that a length four times as long can change the choice.
    2 * (Math.log10(Math.max(context.chars, 1)) - 4.5),
    Number(context.type !== "str"),
    Math.min(1, turnsLeft / MANY_TURNS),
    ...KINDS.filter((kind) => kind !== "answer").map((kind) => Number(memory.made.includes(kind))),
    ...flags.map(Number),
  ];
}
