/** What `rlm-gym/train` exports once its packages are known to be installed. */
export { openBackend } from "../src/train/backend.ts";
export {
  type Checkpoint,
  type CurvePoint,
  hasCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from "../src/train/checkpoint.ts";
export type { Algorithm, BackendName, OfflineAlgorithm } from "../src/train/choices.ts";
export type { Keeper, PlayOptions, TrainMatchup } from "../src/train/arena.ts";
export {
  evaluate,
  type EvaluateOptions,
  type Score,
  scoreFixed,
  searchPlans,
} from "../src/train/evaluate.ts";
export type { LearnerOptions } from "../src/train/learner.ts";
export { macroPolicy, type MacroPolicyOptions, planPolicy } from "../src/train/macro-policy.ts";
export type { MacroTools } from "../src/train/move-writer.ts";
export type { MacroMove } from "../src/train/moves.ts";
export type { Weights } from "../src/train/network.ts";
export { type OfflineOptions, trainOffline } from "../src/train/offline.ts";
export { type Best, bestPlans, type Plan, PLAN_GRID, type PlanResult } from "../src/train/plans.ts";
export { readDecisions, type SavedDecision } from "../src/train/saved-decisions.ts";
export {
  hasTokenCheckpoint,
  readTokenCheckpoint,
  type TokenCheckpoint,
  writeTokenCheckpoint,
} from "../src/train/token/checkpoint.ts";
export { tokenPolicy, type TokenPolicyOptions } from "../src/train/token/policy.ts";
export { type TokenTrainOptions, trainTokens } from "../src/train/token/train.ts";
export { firstCheckpoint, train, type TrainOptions } from "../src/train/train.ts";
export type { AdamState } from "../src/train/adam.ts";
export type { DrawnDecision, LayerWeights } from "../src/train/network.ts";
export type { ProblemCache } from "../src/train/arena.ts";
export type { Sampled } from "../src/train/token/sampler.ts";
export type { TransformerShape } from "../src/train/token/shape.ts";
export type { Counting, MacroSkills, MovesElsewhere } from "../src/policies/macro-skills.ts";
