/** Potentials of progress that several benchmarks share, all from 0 to 1, and 0 before the first turn. */
import type { Call } from "../trajectory.ts";
import type { EpisodeSoFar, Potential } from "./potential.ts";

/**
 * How much was read, as a share of the context: the characters that code printed and that sub-models and children were sent,
 * a prompt that was sent before not again.
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

/** The share of the gold answers that code printed, sub-models and children replied, or the standing answer holds, word for word. */
export const goldFound: Potential = (state, reference) => {
  const golds = reference?.answers.filter((gold) => gold !== "") ?? [];
  if (golds.length === 0) return 0;
  const texts = learntBy(state);
  return golds.filter((gold) => texts.some((text) => text.includes(gold))).length / golds.length;
};

/** What the policy's side has learnt: output, values, replies, children's answers and standing answers. */
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

/** Whatever was shown to anybody: output and values, and the prompts of sub-models and children, at every depth. */
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
