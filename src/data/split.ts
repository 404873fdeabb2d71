/** Parts of a dataset that share no context. */
import { Random } from "../random.ts";
import type { Problem } from "../types.ts";
import { type Dataset, filter } from "./dataset.ts";
import { type Endless, endlessPart } from "./endless-part.ts";

/**
 * Splits a dataset by groups (default: by context, so that no context is in both parts). A group is in the held-out part with
 * probability `heldOut`, which depends only on a hash of the seed and the group's name.
 */
export function split(
  dataset: Dataset,
  options: { heldOut: number; seed: number; groupOf?: (problem: Problem) => string },
): { train: Dataset; heldOut: Dataset } {
  const groupOf = options.groupOf ?? ((problem) => contextGroup(problem));
  const isHeldOut = (problem: Problem) =>
    Random.of(options.seed, groupOf(problem)).random() < options.heldOut;
  const part = isEndless(dataset)
    ? (keep: (problem: Problem) => boolean) => endlessPart(dataset, keep)
    : (keep: (problem: Problem) => boolean) => filter(dataset, keep);
  return { train: part((problem) => !isHeldOut(problem)), heldOut: part(isHeldOut) };
}

function isEndless(dataset: Dataset): dataset is Endless {
  return dataset.size === Infinity && dataset.at !== undefined;
}

function contextGroup(problem: Problem): string {
  const window = problem.task.metadata.context_window_id ?? problem.task.metadata.contextGroup;
  return window === undefined ? problem.task.id : JSON.stringify(window);
}
