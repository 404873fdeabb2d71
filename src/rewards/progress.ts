/** Measures of progress that several benchmarks share, as potentials from 0 to 1 that are 0 before the first turn. */
import type { Call } from "../trajectory.ts";
import type { EpisodeSoFar, Potential } from "./potential.ts";

/**
 * How much was read, as a share of the context: the characters that code printed and that were sent to sub-models and children;
 * a prompt that is sent again does not count again.
 */
export const readShare: Potential = ({ task, turns, calls, children }) => {
  if (task.context.chars === 0) return 0;
  const prompts = new Set(calls.filter(isSubCall).map(({ prompt }) => prompt ?? ""));
  const asked = [...prompts].reduce((sum, prompt) => sum + prompt.length, 0);
  const printed = turns
    .flatMap(({ results }) => results)
    .reduce((sum, { stdout, value }) => sum + stdout.length + (value?.length ?? 0), 0);
  const handed = children.reduce((sum, child) => sum + child.task.context.chars, 0);
  return Math.min(1, (asked + printed + handed) / task.context.chars);
};

/** The share of the gold answers that occur word for word in printed output, in replies of sub-models and children, or in the standing answer. */
export const goldFound: Potential = (state, reference) => {
  const golds = reference?.answers.filter((gold) => gold !== "") ?? [];
  if (golds.length === 0) return 0;
  const texts = learntBy(state);
  return golds.filter((gold) => texts.some((text) => text.includes(gold))).length / golds.length;
};

/** What the policy has learnt: output, values, replies, children's answers and standing answers. */
function learntBy({ turns, calls, children }: EpisodeSoFar): string[] {
  return [
    ...turns.flatMap(({ results, standing }) => [
      ...results.flatMap(({ stdout, value }) => [stdout, value ?? ""]),
      standing ?? "",
    ]),
    ...calls.filter(isSubCall).map(({ reply }) => reply ?? ""),
    ...children.map(({ answer }) => answer?.text ?? ""),
  ];
}

/** Everything shown at any depth: output and values, and the prompts of sub-models and children. */
export function shownIn({
  turns,
  calls,
  children,
}: Pick<EpisodeSoFar, "turns" | "calls" | "children">): string[] {
  return [
    ...turns.flatMap(({ results }) => results.flatMap(({ stdout, value }) => [stdout, value ?? ""])),
    ...calls.filter(isSubCall).map(({ prompt }) => prompt ?? ""),
    ...children.flatMap(shownIn),
  ];
}

function isSubCall({ purpose }: Call): boolean {
  return purpose === "llm_query" || purpose === "rlm_query";
}
