/** The grid of plans, and the best of them by exhaustive search: trained policies are measured against it. */
import { BEST, CHUNK_CHARS, type Kind, type MacroMove, TIERS } from "./moves.ts";
import { describe } from "./render.ts";

/** A fixed order of macro moves, to compare a trained policy with. */
export interface Plan {
  readonly name: string;
  readonly moves: readonly MacroMove[];
}

const NOTHING = { chunk: null, width: null, tier: null, best: null };
const plain = (kind: Kind): MacroMove => ({ kind, ...NOTHING });
const tiers = Array.from({ length: TIERS }, (_, tier) => tier);
/** The size of batches changes how long a reading takes, but not its findings or cost, so the grid has only one. */
const WIDE = 1;

const FINDS: readonly MacroMove[] = [
  plain("grep"),
  ...tiers.flatMap((tier) => BEST.map((_, best) => ({ ...plain("search"), tier, best }))),
  ...tiers.flatMap((tier) => CHUNK_CHARS.map((_, chunk) => ({ ...plain("read"), tier, chunk, width: WIDE }))),
];

/** The plan that answers at once with nothing. A sound reward must never make it the best. */
export const DO_NOTHING: Plan = { name: "answer", moves: [plain("answer")] };

/**
 * Each plan finds an answer in one way, verifies it or not, and answers; one more plan answers at once. No plan looks at the start of
 * the context first, since a fixed plan cannot use what it sees.
 */
export const PLAN_GRID: readonly Plan[] = [
  DO_NOTHING,
  ...FINDS.flatMap((find) => {
    const verify = { ...plain("verify"), tier: find.tier ?? 1 };
    return [
      [find, plain("answer")],
      [find, verify, plain("answer")],
    ];
  }).map((moves) => ({ name: moves.map(describe).join(", "), moves })),
];

/** The reward of a plan on one task. */
export interface PlanResult {
  readonly plan: string;
  /** The kind of the task. All tasks of a kind get the same plan, since a policy cannot tell them apart before its first move. */
  readonly kind: string;
  readonly reward: number;
}

/** The best plan of the grid for one kind of task, and the plan that does nothing. */
export interface Best {
  readonly kind: string;
  readonly plan: string;
  readonly reward: number;
  readonly tasks: number;
  /** The reward of doing nothing. */
  readonly nothing: number;
}

/** The best plan of each kind of tasks by mean reward; among equal ones, the first of the grid. */
export function bestPlans(results: readonly PlanResult[]): Best[] {
  const sums = new Map<string, Map<string, number[]>>();
  for (const { kind, plan, reward } of results) {
    const plans = sums.get(kind) ?? new Map<string, number[]>();
    sums.set(kind, plans);
    plans.set(plan, [...(plans.get(plan) ?? []), reward]);
  }
  return [...sums].map(([kind, plans]) => {
    const means = [...plans].map(([plan, rewards]) => ({
      plan,
      reward: rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length,
      tasks: rewards.length,
    }));
    const best = means.reduce((a, b) => (b.reward > a.reward ? b : a));
    return { kind, ...best, nothing: means.find(({ plan }) => plan === DO_NOTHING.name)?.reward ?? 0 };
  });
}
