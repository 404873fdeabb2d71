/** `rlm-gym/rewards`: rewards as pure functions of saved trajectories, their specs, and advantages within groups. */
export { AdaptiveBatches, type BatchOptions, type BatchState } from "../src/rewards/adaptive-batches.ts";
export {
  type BudgetOptions,
  type BudgetState,
  FRESH_BUDGET,
  nextBudgetState,
  parseBudgetState,
} from "../src/rewards/adaptive-budget.ts";
export { type Advantages, advantagesOf, type GroupCounts, type Outcome } from "../src/rewards/advantages.ts";
export { DEFAULT_EXCESS, DEFAULT_LAMBDA, DEFAULT_REWARD, successGatedCost } from "../src/rewards/cost.ts";
export { type NodeCredit, treeCredit } from "../src/rewards/credit.ts";
export type { CustomTerm } from "../src/rewards/custom-term.ts";
export { savedMeasures, specReward } from "../src/rewards/from-spec.ts";
export type { Measures } from "../src/rewards/measures.ts";
export {
  discounted,
  type EpisodeSoFar,
  lastPotentialReward,
  type Potential,
  potentialRewards,
  stateAfter,
} from "../src/rewards/potential.ts";
export { goldFound, readShare } from "../src/rewards/progress.ts";
export type { Reward, Unrewarded } from "../src/rewards/reward.ts";
export { type ScoredEpisodes, type ScoredRow, scoreEpisodes } from "../src/rewards/score-episodes.ts";
export {
  type ChangingSpec,
  type EstimatorName,
  parseSpec,
  type RewardSpec,
  type RewardSpecInput,
} from "../src/rewards/spec.ts";
