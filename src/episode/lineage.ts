/** What an episode shares with the tree that it belongs to. */
import { Budget } from "../cost/budget.ts";
import type { EventListener } from "./events.ts";
import { CallLimit, type Gate, gateOf } from "../models/call-limit.ts";
import type { TaskName } from "../models/model.ts";
import type { ParentPlace } from "../trajectory.ts";
import type { Limits } from "../types.ts";

/** Model calls of a tree that may be under way at the same time, where nothing else is said. */
export const DEFAULT_CALLS_IN_FLIGHT = 32;

/** What a child episode has from its parent: its depth, and the budget and bounds that the whole tree shares. */
export interface Lineage {
  /** 0 for the episode that the others stem from. The host alone knows it: no byte of Python's has a part in it. */
  readonly depth: number;
  /** The rollout that the tree begins with. */
  readonly tree: string;
  /** What that rollout is about. */
  readonly task?: TaskName;
  /** The gateway's trace of the policy's call that the episode came from; null where it has none. */
  readonly parentTrace: string | null;
  readonly parent: ParentPlace | null;
  readonly budget: Budget;
  /** The bounds on calls under way. */
  readonly places: Gate;
  /** What every call passes: a place, and then the budget once more. */
  readonly gate: Gate;
  /** The reading of `performance.now()` at which the tree's time is over. */
  readonly endsAt: number;
  /** Who watches the tree. */
  readonly onEvent?: EventListener;
}

/** The lineage of an episode that begins a tree. */
export function firstOfTree(
  limits: Limits,
  tree: {
    readonly rolloutId: string;
    readonly task?: TaskName;
    readonly callsInFlight: number;
    readonly runLimit?: CallLimit;
    readonly onEvent?: EventListener;
    readonly endsOnOvershoot: boolean;
  },
): Lineage {
  const budget = new Budget(limits, tree.endsOnOvershoot);
  const places = gateOf(new CallLimit(tree.callsInFlight), tree.runLimit, tree.rolloutId);
  const endsAt = performance.now() + limits.maxSeconds * 1000;
  return {
    depth: 0,
    tree: tree.rolloutId,
    ...(tree.task && { task: tree.task }),
    parentTrace: null,
    parent: null,
    budget,
    places,
    gate: guarded(places, budget),
    endsAt,
    ...(tree.onEvent && { onEvent: tree.onEvent }),
  };
}

/** The lineage of a branch, whose budget is spent by itself from here on. */
export function branchOf(lineage: Lineage): Lineage {
  const budget = lineage.budget.fork();
  return { ...lineage, budget, gate: guarded(lineage.places, budget) };
}

/** Calls wait for a place with their reservation made; an overshoot of another one meanwhile keeps them in. */
function guarded(places: Gate, budget: Budget): Gate {
  const check = <T>(job: () => Promise<T>) => {
    budget.expectNoOvershoot();
    return job();
  };
  return (job, signal) => places(() => check(job), signal);
}
