/** `rlm-gym/runs`: the folders of runs. */
export type { Attempt } from "../src/runs/attempt.ts";
export { configDifference } from "../src/runs/config-difference.ts";
export { readContext } from "../src/runs/context-files.ts";
export { exportRuns, type ExportRunsOptions } from "../src/runs/export-runs.ts";
export { configHash, type Manifest, type RunCounts, type RunPlan } from "../src/runs/manifest.ts";
export { type OpenedRuns, openRuns } from "../src/runs/open-runs.ts";
export { readAttempts, readManifest, readReferences, readTrajectories } from "../src/runs/read-run.ts";
export { readStatus, type RunStatus } from "../src/runs/run-status.ts";
export { RunWriter } from "../src/runs/run-writer.ts";
