/** What a term of a reward is: a pure function of an episode's figures, some of them beside those of its group. */
import type { Measures } from "./measures.ts";

/** A term's value. */
export interface TermValue {
  /** What was measured, such as a cost relative to one reading; recorded as it is. */
  readonly raw: number;
  /** What the term adds to the reward for a weight of 1. */
  readonly effect: number;
}

/** A term that an episode decides alone; `step` can tell it. */
export type EpisodeTerm = (episode: Measures) => TermValue;

/**
 * A term that compares an episode with its group: the usable rollouts of the same task, the episode among them where it
 * is usable itself.
 */
export type GroupTerm = (episode: Measures, group: readonly Measures[]) => TermValue;

export function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** A term whose value is what it adds. */
export function plain(value: number): TermValue {
  return { raw: value, effect: value };
}
