/** OOLONG-Pairs: the twenty questions about pairs of users, over windows of labelled questions. */
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import { drawWindow, type LabelledSource, type Window } from "../oolong/window.ts";
import { eligibleUsers, profiles, type Profiles } from "./eligible.ts";
import { PAIR_LABELS, PREDICATES } from "./predicates.ts";
import { pairsQuestion } from "./wording.ts";

export interface OolongPairsOptions {
  /** Lines with the six labels that the conditions use. */
  readonly source: LabelledSource;
  /** Tokens that a context holds at most. */
  readonly length: number;
  readonly seed: number;
}

/** The window at an index. */
export function pairsWindow({ source, length, seed }: OolongPairsOptions, windowIndex: number): Window {
  return drawWindow(source, length, Random.of(seed, source.name, length, windowIndex, "window"));
}

/** Throws `UsageError` for a source that lacks one of the labels that the conditions use. */
export function expectLabels(source: LabelledSource): void {
  const there = new Set(source.examples.map(({ label }) => label));
  const missing = PAIR_LABELS.filter((label) => !there.has(label));
  if (missing.length > 0)
    throw new UsageError(`oolong-pairs: ${source.name} has no line with the label ${missing.join(", ")}`);
}

/** An endless dataset: twenty tasks over one window, then the next window. */
export function oolongPairs(options: OolongPairsOptions): Dataset {
  const { source, length, seed } = options;
  expectLabels(source);
  let last: { index: number; window: Window; users: Profiles } | null = null;
  const at = (index: number): Promise<Problem> => {
    const windowIndex = Math.floor(index / PREDICATES.length);
    if (last?.index !== windowIndex) {
      const window = pairsWindow(options, windowIndex);
      last = { index: windowIndex, window, users: profiles(window.lines) };
    }
    const windowId = `${source.name}-${length}-${seed}-${windowIndex}`;
    return Promise.resolve(pairsProblem(last.window, last.users, windowId, index % PREDICATES.length));
  };
  return generated("oolong-pairs", at);
}

/** The problem of a predicate (from 0) over a window. */
export function pairsProblem(
  { context, contextTokens }: Pick<Window, "context" | "contextTokens">,
  users: Profiles,
  windowId: string,
  predicateIndex: number,
): Problem {
  const predicate = PREDICATES[predicateIndex];
  if (!predicate) throw new RangeError(`oolong-pairs: no predicate ${predicateIndex}`);
  const number = predicateIndex + 1;
  const id = `${windowId}-pairs-${number}`;
  const { first, second } = eligibleUsers(users, predicate);
  return {
    task: {
      id,
      dataset: "oolong-pairs",
      question: pairsQuestion(predicate),
      context,
      contextTokens,
      metadata: { context_window_id: windowId, predicate: number },
    },
    reference: { taskId: id, answers: [], metadata: { first, second } },
  };
}
