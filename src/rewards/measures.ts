/** What rewards read of an episode, as a few figures: kept instead of the record, so that a hundred thousand fit into memory. */
import { DataError } from "../errors.ts";
import type { Call, RewardRecord, Trajectory } from "../trajectory.ts";
import { type NodeCredit, successOf } from "./credit.ts";
import type { Unrewarded } from "./reward.ts";

/** The figures of one episode. Tokens and calls cover the whole tree unless stated otherwise. */
export interface Measures {
  readonly rolloutId: string;
  readonly environment: string;
  /** Rollouts with the same name are compared with each other. */
  readonly groupId: string;
  /** Set if a simulated model answered in it. */
  readonly simulated?: true;
  /** False if the episode must not be trained on: an infrastructure fault, no gold, or a policy that was told the gold. */
  readonly usable: boolean;
  /** The raw task score in [0, 1]. */
  readonly score: number;
  /** Whether the score counts as right. */
  readonly right: boolean;
  /** Integer nano-dollars; null if a model has no known price. */
  readonly nanoDollars: number | null;
  readonly readingNanoDollars: number | null;
  readonly readingTokens: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Completion tokens of the policy's own calls. */
  readonly policyTokens: number;
  /** Prompt and completion of the policy's longest call: the length of the main sequence. */
  readonly mainTokens: number;
  readonly turns: number;
  /** Plain sub-calls and child episodes. */
  readonly subCalls: number;
  readonly repeatedQueries: number;
  /** Turns after which the same answer stood as before, except the one that hands it in. */
  readonly verifications: number;
  readonly unknownUsage: number;
  /** How well each child did, in [0, 1]. */
  readonly children: readonly number[];
  /** Raw values of the user's own terms, by name. */
  readonly custom: { readonly [name: string]: number };
  /** What each turn earned by each potential, and the tree's credit, if the spec asks for them. */
  readonly steps?: RewardRecord["steps"];
  readonly nodes?: readonly NodeCredit[];
}

/** The figures that are not in the record itself. */
export interface Scored {
  readonly score: number;
  /** The score from which an answer is right; default 1. */
  readonly rightFrom?: number;
  readonly custom?: { readonly [name: string]: number };
}

/** Computes the figures of an episode. Throws `DataError` if it has no usage figures. */
export function measuresOf(trajectory: Unrewarded | Trajectory, scored: Scored): Measures {
  const { totals, calls, children, turns, metrics, fullReading } = trajectory;
  if (!isCount(totals?.promptTokens) || !isCount(totals.completionTokens) || !isCount(fullReading?.tokens))
    throw new DataError(
      `rollout ${trajectory.rolloutId}: expected usage figures under totals and fullReading`,
    );
  const policyCalls = calls.filter(({ purpose }) => purpose === "policy");
  return {
    rolloutId: trajectory.rolloutId,
    environment: trajectory.environment,
    groupId: trajectory.groupId,
    ...(trajectory.simulated && { simulated: true }),
    usable: trajectory.status === "ok" && trajectory.readsGold !== true,
    score: scored.score,
    right: scored.score >= (scored.rightFrom ?? 1),
    nanoDollars: totals.nanoDollars,
    readingNanoDollars: fullReading.nanoDollars,
    readingTokens: fullReading.tokens,
    promptTokens: totals.promptTokens,
    completionTokens: totals.completionTokens,
    policyTokens: policyCalls.reduce((sum, call) => sum + usageOf(call).completionTokens, 0),
    mainTokens: policyCalls.reduce((most, call) => Math.max(most, tokensOf(call)), 0),
    turns: turns.length,
    subCalls: subCallsOf(trajectory),
    repeatedQueries: metrics?.repeatedSubQueries ?? 0,
    verifications: verificationsIn(trajectory),
    unknownUsage: totals.callsOfUnknownUsage ?? 0,
    children: children.map(successOf),
    custom: scored.custom ?? {},
  };
}

/** Turns that left the standing answer unchanged, without the one that ended the episode by handing it in. */
function verificationsIn({ turns, stopReason }: Pick<Trajectory, "turns" | "stopReason">): number {
  const last = stopReason === "answered" ? turns.length - 1 : turns.length;
  let count = 0;
  for (let index = 1; index < last; index += 1) {
    const before = turns[index - 1]?.standing ?? null;
    if (before !== null && before !== "" && turns[index]?.standing === before) count += 1;
  }
  return count;
}

function subCallsOf({ calls, children }: Pick<Trajectory, "calls" | "children">): number {
  const own = calls.filter(({ purpose }) => purpose === "llm_query" || purpose === "rlm_query").length;
  return children.reduce((sum, child) => sum + subCallsOf(child), own + children.length);
}

function usageOf({ usage, reserved }: Call) {
  return usage ?? reserved;
}

function tokensOf(call: Call): number {
  const { promptTokens, completionTokens } = usageOf(call);
  return promptTokens + completionTokens;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isFinite(value);
}
