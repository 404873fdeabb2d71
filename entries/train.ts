/** `rlm-gym/train`: small policies that learn from reward alone. Needs TensorFlow.js, an optional peer. */
import { withPackages } from "../src/optional-packages.ts";

const parts = await withPackages("training", () => import("./train-parts.ts"));

export const {
  bestPlans,
  evaluate,
  firstCheckpoint,
  hasCheckpoint,
  hasTokenCheckpoint,
  macroPolicy,
  openBackend,
  PLAN_GRID,
  planPolicy,
  readCheckpoint,
  readDecisions,
  readTokenCheckpoint,
  scoreFixed,
  searchPlans,
  tokenPolicy,
  train,
  trainOffline,
  trainTokens,
  writeCheckpoint,
  writeTokenCheckpoint,
} = parts;
export type * from "./train-parts.ts";
