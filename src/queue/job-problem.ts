/** Finds the problem that a job's payload means, in a process that did not plan it: made again, or put together from the payload and a store. */
import { summariseContext } from "../data/context.ts";
import { DataError } from "../errors.ts";
import { canaryOf, encryptedLine, decryptedLine } from "../data/encryption.ts";
import type { Context, ContextSummary, JsonObject, Problem, Reference, Task } from "../types.ts";
import type { FindProblem, RolloutPayload } from "./job-payload.ts";
import type { Matchup } from "./matchup.ts";

interface Bare {
  readonly task: Omit<Task, "context">;
  readonly reference: Reference;
}

/** What a payload holds of a problem: its context's hash, and all but the context where the task comes from a file. */
export function published(
  { task, reference }: Problem,
  context: ContextSummary,
  fromFile: boolean,
): Partial<RolloutPayload> {
  if (!fromFile) return { context };
  const { context: _, ...rest } = task;
  const bare: Bare = { task: rest, reference };
  return { context, problem: encryptedLine(bare, canaryOf(task)) as JsonObject };
}

/** @param readContext throws where the store has no such context */
export function problemFinder(
  matchups: readonly Matchup[],
  readContext: (summary: ContextSummary) => Promise<Context>,
): FindProblem {
  return async ({ contest, index, context, problem }) => {
    if (problem === undefined) {
      const made = await matchups[contest]!.problemAt(index);
      return expectSame(made, context);
    }
    const { task, reference } = decryptedLine(problem, "a job's problem") as Bare;
    return expectSame({ task: { ...task, context: await readContext(context!) }, reference }, context);
  };
}

function expectSame(problem: Problem, planned: ContextSummary | undefined): Problem {
  const { sha256 } = summariseContext(problem.task.context);
  if (planned === undefined || planned.sha256 === sha256) return problem;
  throw new DataError(
    `task ${problem.task.id}: its context has the hash ${sha256}, the run's ${planned.sha256}`,
  );
}
