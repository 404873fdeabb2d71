/** What a search knows of a prompt and of each of its steps; the content of `pool.json`. */
import { countTokens } from "../cost/tokens.ts";
import { promptHash, type Outcome } from "./candidate-episodes.ts";
import { meanReward } from "./pareto.ts";
import type { Refusal } from "./read-proposal.ts";

/** An episode of a prompt on a task. `reward` is null if it ended with an infrastructure fault. */
export interface TaskResult {
  readonly task: string;
  readonly rolloutId: string;
  readonly reward: number | null;
  /** The published score if the benchmark has one, otherwise the score that rewards use. */
  readonly score: number;
  readonly tokens: number;
  readonly nanoDollars: number | null;
}

/** A prompt that was played. */
export interface Candidate {
  /** 0 is the seed prompt. */
  readonly id: number;
  /** The candidate that the reflecting model changed; null for the seed prompt. */
  readonly parent: number | null;
  /** The iteration that made it, from 1; 0 for the seed prompt. */
  readonly iteration: number;
  /** `kept`: it is in the pool. `rejected`: it was no better than its parent on its minibatch. */
  readonly status: "kept" | "rejected";
  readonly prompt: string;
  readonly promptSha256: string;
  readonly promptTokens: number;
  /** How it and its parent did on the minibatch; null for the seed prompt. */
  readonly minibatch: { readonly parent: readonly TaskResult[]; readonly own: readonly TaskResult[] } | null;
  /** Its results on the validation tasks; null if it was rejected. */
  readonly validation: readonly TaskResult[] | null;
  /** Over the validation tasks without a fault; null if there are none. */
  readonly meanReward: number | null;
  /** Of its own episodes in the search, and of the reflection that made it. Null money: not known. */
  readonly cost: {
    readonly episodes: number;
    readonly tokens: number;
    readonly nanoDollars: number | null;
    readonly reflectionTokens: number;
    readonly reflectionNanoDollars: number | null;
  };
}

/** What came of an iteration. */
export interface Iteration {
  /** From 1. */
  readonly iteration: number;
  readonly parent: number;
  readonly tasks: readonly string[];
  /** `perfect`: the parent had nothing to gain on the minibatch, and no model was asked. */
  readonly outcome: "kept" | "rejected" | "refused" | "perfect";
  /** Why the reply was refused. */
  readonly refusal?: Refusal;
  /** The candidate that was kept or rejected. */
  readonly candidate?: number;
}

/** An outcome as the pool keeps it. */
export function resultOf(task: string, { rolloutId, reward, figures, nanoDollars }: Outcome): TaskResult {
  return { task, rolloutId, reward, score: figures.score, tokens: figures.tokens, nanoDollars };
}

/** What a reflection cost. */
export interface ReflectionCost {
  readonly tokens: number;
  readonly nanoDollars: number | null;
}

/** Puts a candidate together from what was played. */
export function candidateOf(
  facts: Pick<Candidate, "id" | "parent" | "iteration" | "status" | "prompt" | "minibatch" | "validation">,
  reflection: ReflectionCost,
): Candidate {
  const { prompt, minibatch, validation } = facts;
  const own = [...(minibatch?.own ?? []), ...(validation ?? [])];
  const mean = meanReward((validation ?? []).map(({ reward }) => reward));
  return {
    ...facts,
    promptSha256: promptHash(prompt),
    promptTokens: countTokens(prompt),
    meanReward: Number.isFinite(mean) ? mean : null,
    cost: {
      episodes: own.length,
      tokens: own.reduce((sum, { tokens }) => sum + tokens, 0),
      nanoDollars: own.reduce<number | null>(
        (sum, { nanoDollars }) => (sum === null || nanoDollars === null ? null : sum + nanoDollars),
        0,
      ),
      reflectionTokens: reflection.tokens,
      reflectionNanoDollars: reflection.nanoDollars,
    },
  };
}

/** True if the child earned more than its parent in sum over the tasks that both ended. */
export function isBetter(child: readonly TaskResult[], parent: readonly TaskResult[], same: number): boolean {
  let gain = 0;
  for (const [index, { reward }] of child.entries()) {
    const before = parent[index]?.reward ?? null;
    if (reward !== null && before !== null) gain += reward - before;
  }
  return gain > same;
}

/** The best of the pool: the highest mean reward, then the shorter prompt, then the earlier one. Throws for an empty pool. */
export function bestOf(pool: readonly Candidate[], same: number): Candidate {
  return pool.reduce((best, candidate) => {
    const gain = (candidate.meanReward ?? -Infinity) - (best.meanReward ?? -Infinity);
    const isShorter = candidate.promptTokens < best.promptTokens;
    return gain > same || (Math.abs(gain) <= same && isShorter) ? candidate : best;
  });
}
