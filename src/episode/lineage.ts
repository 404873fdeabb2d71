/** What an episode shares with its tree of episodes. */
import { Budget } from "../cost/budget.ts";
import type { ChildTerms } from "./delegation/child-terms.ts";
import { SchemaChecks } from "./delegation/schema-thread.ts";
import type { EventListener } from "./events.ts";
import { CallLimit, type Gate, gateOf } from "../models/call-limit.ts";
import type { TaskName } from "../models/model.ts";
import type { RunningWorld } from "./world/running-world.ts";
import type { ParentCall } from "../trajectory.ts";
import type { Limits } from "../types.ts";
import type { RecordedTimes } from "./clock/time-over.ts";

/** The default for the most concurrent model calls of a tree. */
export const DEFAULT_CALLS_IN_FLIGHT = 32;

/** An episode's depth, and the budget and bounds that the whole tree shares. */
export interface Lineage {
  /** 0 for the root of the tree. Only the host knows the depth, so that code in the REPL cannot change it. */
  readonly depth: number;
  /** The rollout id of the root. */
  readonly tree: string;
  /** The task of the root. */
  readonly task?: TaskName;
  /** The gateway's trace of the parent policy's call that began the episode; null if there is none. */
  readonly parentTrace: string | null;
  readonly parent: ParentCall | null;
  readonly budget: Budget;
  /** Bounds the concurrent calls. */
  readonly callSlots: Gate;
  /** What every call passes: it waits for a slot, and then checks the budget again. */
  readonly gate: Gate;
  /** The reading of `performance.now()` at which the tree's time is over. */
  readonly endsAt: number;
  /** In a replay: where the time of each recorded episode of the tree was over. */
  readonly recordedTimes?: RecordedTimes;
  /** The listener for the tree's events. */
  readonly onEvent?: EventListener;
  /** The world that the tree shares, if the environment has one. */
  readonly world?: RunningWorld;
  readonly schemaChecks: SchemaChecks;
  /** The terms on which the episode itself was begun; those of its children are their own. */
  readonly terms?: ChildTerms;
  /** Aborts when the episode, or one above it, is not to go on. */
  readonly cancelled?: AbortSignal;
}

/** The lineage of the root of a tree. */
export function firstOfTree(
  limits: Limits,
  tree: {
    readonly rolloutId: string;
    readonly task?: TaskName;
    readonly callsInFlight: number;
    readonly runLimit?: CallLimit;
    readonly onEvent?: EventListener;
    readonly recordedTimes?: RecordedTimes;
    readonly endsOnOvershoot: boolean;
    readonly world?: RunningWorld;
  },
): Lineage {
  const budget = new Budget(limits, tree.endsOnOvershoot);
  const callSlots = gateOf(new CallLimit(tree.callsInFlight), tree.runLimit, tree.rolloutId);
  const endsAt = performance.now() + limits.maxSeconds * 1000;
  return {
    depth: 0,
    tree: tree.rolloutId,
    ...(tree.task && { task: tree.task }),
    parentTrace: null,
    parent: null,
    budget,
    callSlots,
    gate: gateOfBudget(callSlots, budget),
    endsAt,
    schemaChecks: new SchemaChecks(),
    ...(tree.onEvent && { onEvent: tree.onEvent }),
    ...(tree.recordedTimes && { recordedTimes: tree.recordedTimes }),
    ...(tree.world && { world: tree.world }),
  };
}

/** The lineage of a child. Without a budget of its own it shares that of its parent. */
export function lineageOfChild(
  parentLineage: Lineage,
  own: Pick<Lineage, "parentTrace" | "parent"> & {
    readonly budget?: Budget | undefined;
    readonly terms?: ChildTerms | undefined;
    readonly cancelled?: AbortSignal | undefined;
  },
): Lineage {
  const { parentTrace, parent, budget, terms, cancelled } = own;
  const { terms: _, ...shared } = parentLineage;
  return {
    ...shared,
    depth: shared.depth + 1,
    parentTrace,
    parent,
    ...(budget && { budget, gate: gateOfBudget(shared.callSlots, budget) }),
    ...(terms && { terms }),
    ...(cancelled && {
      cancelled: shared.cancelled ? AbortSignal.any([shared.cancelled, cancelled]) : cancelled,
    }),
  };
}

/** The lineage of a branch. Its budget, its world and its count of slow checks are copies, which change separately. */
export function branchOf(lineage: Lineage): Lineage {
  const budget = lineage.budget.fork();
  const world = lineage.world?.fork();
  const schemaChecks = lineage.schemaChecks.fork();
  const gate = gateOfBudget(lineage.callSlots, budget);
  return { ...lineage, budget, gate, schemaChecks, ...(world && { world }) };
}

/** Calls wait for a slot after their reservation. If another call overshoots the budget meanwhile, they are not sent. */
export function gateOfBudget(callSlots: Gate, budget: Budget): Gate {
  const check = <T>(job: () => Promise<T>) => {
    budget.expectNoOvershoot();
    return job();
  };
  return (job, signal) => callSlots(() => check(job), signal);
}
