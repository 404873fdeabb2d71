/** Finds the problem of a job in a process that did not plan it: makes it again, or reads it from the payload and a store. */
import { summariseContext } from "../data/context.ts";
import { DataError } from "../errors.ts";
import { canaryOf, encryptedLine, decryptedLine } from "../data/encryption.ts";
import type { Context, ContextSummary, JsonObject, Problem, Reference, Task } from "../types.ts";
import { z } from "zod";
import { expectReference, expectShape } from "../record/expect-record.ts";
import { type FindProblem, ForeignRecordError, type RolloutPayload } from "./job-payload.ts";
import type { PlannedRun } from "./matchup.ts";
import { matchupOf } from "./run-jobs.ts";

interface Bare {
  readonly task: Omit<Task, "context">;
  readonly reference: Reference;
}

/** The fields of a payload about its problem: the context's hash and, for a task from a file, everything except the context. */
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

const bare = z.object({
  task: z.looseObject({
    id: z.string(),
    dataset: z.string(),
    question: z.string(),
    contextTokens: z.number(),
    metadata: z.record(z.string(), z.unknown()),
  }),
  reference: z.unknown(),
});

/**
 * Finds the problem of a job in a process that did not plan it. Throws `ForeignRecordError` for a job that the run does not have,
 * and `DataError` if this process would play another task. @param readContext throws if the store does not have the context
 */
export function problemFinder(
  run: PlannedRun,
  readContext: (summary: ContextSummary) => Promise<Context>,
): FindProblem {
  return async (payload) => {
    const { index, context, problem } = payload;
    const matchup = matchupOf(run, payload);
    if (problem === undefined) return expectSame(await matchup.problemAt(index), context);
    const where = `the problem of task ${payload.task.slice(0, 200)}`;
    if (context === undefined) throw new ForeignRecordError(`${where}: it does not name its context`);
    const { task, reference } = bareOf(problem, where);
    return expectSame({ task: { ...task, context: await readContext(context) }, reference }, context);
  };
}

function bareOf(problem: JsonObject, where: string): Bare {
  try {
    const read = decryptedLine(problem, where);
    expectShape(bare, read, where);
    const { task, reference } = read as Bare;
    return { task, reference: expectReference(reference, where) };
  } catch (error) {
    throw new ForeignRecordError((error as Error).message, { cause: error });
  }
}

function expectSame(problem: Problem, planned: ContextSummary | undefined): Problem {
  const { sha256 } = summariseContext(problem.task.context);
  if (planned === undefined || planned.sha256 === sha256) return problem;
  throw new DataError(
    `task ${problem.task.id}: expected a context with the hash ${planned.sha256}, found ${sha256}`,
  );
}
