/** What every model call of a tree of episodes passes: the tree's own bound on calls under way, and the run's. */
import type { CallLimit } from "./call-limit.ts";
import { standIn, type Model } from "./model.ts";

/** Runs a job once there is a place for it; an aborted signal takes it out of the line. */
export type Gate = <T>(job: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** @param tree whom the calls are made for, so that the run's places go round the trees */
export function gateOf(own: CallLimit, run: CallLimit | undefined, tree: string): Gate {
  return (job, signal) => own.run(tree, run ? () => run.run(tree, job, signal) : job, signal);
}

/** The model behind the gate. */
export function gatedModel(model: Model, gate: Gate): Model {
  return standIn(model, (request, options = {}) => {
    const signal = options.signal ?? new AbortController().signal;
    return gate(() => model.complete(request, { ...options, signal }), signal);
  });
}
