/** A dataset of one problem, for tests of what a policy is told and not of what it solves. */
import type { Dataset } from "../../src/data/dataset.ts";
import type { Context, Problem } from "../../src/types.ts";

/** A problem whose answer is 42. */
export function problemOver<Text extends Context>(context: Text) {
  const task = { id: "t", dataset: "d", question: "What?", context, contextTokens: 4, metadata: {} };
  return { task, reference: { taskId: "t", answers: ["42"], metadata: {} } };
}

/** The dataset that has this problem at every index. */
export function datasetOf(problem: Problem): Dataset {
  return { name: "one", size: 1, at: async () => problem, async *[Symbol.asyncIterator]() {} };
}
