/** The tasks of a search: to learn from, to choose by, and held out until the end. No task is in two sets. */
import { canaryOf } from "../data/encryption.ts";
import { UsageError } from "../errors.ts";
import type { Matchup } from "../queue/matchup.ts";
import { Random } from "../random.ts";

/** A task of a kind: the index of its matchup, and its index among the matchup's tasks. */
export interface TaskPlace {
  readonly kind: number;
  readonly index: number;
  readonly id: string;
}

/** How many tasks of each kind a set has. */
export interface SetSizes {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** The three sets, each with the tasks of all kinds. */
export interface TaskSets {
  /** Minibatches are drawn from these. */
  readonly train: readonly TaskPlace[];
  /** The pool is scored on these. */
  readonly validation: readonly TaskPlace[];
  /** The seed prompt and the best one are compared on these, once, at the end. */
  readonly test: readonly TaskPlace[];
}

/**
 * The first tasks of each kind are for training, the next for validation, the next held out. Throws `UsageError` if a data set has
 * too few tasks, or if its texts must not be written in plain text, as prompts are.
 */
export async function taskSets(
  matchups: readonly Matchup[],
  sizes: SetSizes,
  { plain }: { readonly plain: boolean },
): Promise<TaskSets> {
  const sets = { train: [] as TaskPlace[], validation: [] as TaskPlace[], test: [] as TaskPlace[] };
  for (const [kind, { environment, label, problemAt }] of matchups.entries()) {
    const seen = new Set<string>();
    let index = 0;
    for (const name of ["train", "validation", "test"] as const)
      for (let count = 0; count < sizes[name]; count += 1, index += 1) {
        const { task } = await problemAt(index);
        if (!plain && canaryOf(task) !== null)
          throw new UsageError(
            `${environment}: its texts are encrypted, and a prompt that is made from them is plain text; expected --plain`,
          );
        if (seen.has(task.id))
          throw new UsageError(
            `${environment} (${label}) has ${seen.size} tasks, but ${sizes.train + sizes.validation + sizes.test} are asked for: ${sizes.train} to train, ${sizes.validation} to validate, ${sizes.test} held out; expected fewer`,
          );
        seen.add(task.id);
        sets[name].push({ kind, index, id: task.id });
      }
  }
  return sets;
}

/**
 * The training tasks of an iteration, from 0: each epoch goes through all of them in an order of its own, so that every task comes as
 * often as any other.
 */
export function minibatchOf(
  train: readonly TaskPlace[],
  iteration: number,
  { size, seed }: { readonly size: number; readonly seed: number },
): TaskPlace[] {
  const perEpoch = Math.max(1, Math.floor(train.length / size));
  const epoch = Math.floor(iteration / perEpoch);
  const order = [...train];
  const random = Random.of(seed, "minibatches", epoch);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  const start = (iteration % perEpoch) * size;
  return order.slice(start, start + size);
}
