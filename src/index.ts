/** What the package exports of its engine. */
export { advantagesOf, type Advantages, type GroupCounts, type Outcome } from "./rewards/advantages.ts";
export { checkEnv, type CheckOptions } from "./env/check.ts";
export { CheckFailed } from "./env/check-failed.ts";
export { type CheckedCall, checkWorld } from "./env/check-world.ts";
export { defineWorld, type World, type WorldCall, worldTool, type WorldTool } from "./episode/world/world.ts";
export {
  completion,
  CompletionError,
  type CompletionEvent,
  type CompletionOptions,
  type CompletionResult,
  type Spent,
} from "./completion.ts";
export {
  replaySession,
  session,
  type Session,
  type SessionOptions,
  type SessionQuestion,
} from "./session.ts";
export { filter, generated, problemAt, shuffle, take, type Dataset } from "./data/dataset.ts";
export { split } from "./data/split.ts";
export { RLMEnv } from "./env/env.ts";
export type { RecordedWorldCall } from "./episode/world/running-world.ts";
export type { Info, RecordedWorld, ResetOptions, RLMEnvOptions, StepResult } from "./episode/contract.ts";
export type { EpisodeEvent, EventListener, Happening } from "./episode/events.ts";
export * from "./errors.ts";
export {
  EXPORT_DEFAULTS,
  type Exporter,
  type ExportItem,
  type ExportOptions,
  type ExportSource,
} from "./export/exporter.ts";
export type { Filters } from "./export/choice/filters.ts";
export { exporterNamed, EXPORTERS } from "./export/registry.ts";
export { Redaction } from "./export/choice/redact.ts";
export { type ReadTensor, readTensors } from "./export/tensor-files.ts";
export { validatePath } from "./export/validate-folder.ts";
export type { ExportManifest } from "./export/manifest.ts";
export { type ExportRequest, writeExport } from "./export/write.ts";
export type { BudgetView } from "./episode/budget-view.ts";
export type { ClockReading, HostClock } from "./episode/clock/host-clock.ts";
export {
  hostTool,
  type HostTool,
  type HostTools,
  type RecordedToolHost,
} from "./episode/tools/host-tools.ts";
export { importerNamed, IMPORTERS } from "./import/registry.ts";
export type { Importer, ReadEpisode } from "./import/importer.ts";
export { importFiles, type Imported } from "./import/read-files.ts";
export { writeImportedRun } from "./import/write-run.ts";
export type { Judge } from "./episode/contract.ts";
export { DEFAULT_LIMITS } from "./episode/limits.ts";
export type { AfterRight, DepthMetrics, Metrics } from "./trajectory.ts";
export { modelPolicy, type ModelPolicyOptions } from "./policies/model-policy.ts";
export { cachedModel } from "./models/cached.ts";
export { ROT_PRESETS, type RotCurve, type RotPreset } from "./models/simulated/context-rot.ts";
export { CallLimit, limitedModel } from "./models/call-limit.ts";
export { openaiEmbedder, type OpenaiEmbedderOptions } from "./models/openai/embedder.ts";
export { openaiModel, type OpenaiModelOptions } from "./models/openai/openai.ts";
export type { ModelApi } from "./models/openai/dialects.ts";
export type { Sampling } from "./models/openai/asking.ts";
export { scriptedModel, type ScriptedReply } from "./models/scripted.ts";
export { SIMULATED_TIERS, simulatedModel, type SimulatedModelOptions } from "./models/simulated/simulated.ts";
export { recordingModel, RecordingPlayer, type Recording } from "./replay/recording.ts";
export type { CallOptions, CallOrigin, Model, ModelRequest, TaskName, ToolSpec } from "./models/model.ts";
export type { Finding, Reading, SliceReader } from "./models/simulated/slice-reader.ts";
export type {
  Actor,
  OraclePolicy,
  Policy,
  PolicyStart,
  PolicyTurn,
  StrategyMaker,
} from "./policies/policy.ts";
export { defaultPrices, priceOf, readPrices } from "./cost/pricing.ts";
export type { Price, PriceTable } from "./cost/built-in-prices.ts";
export { defineLanguage, type LanguageSpec } from "./languages/define.ts";
export type {
  HostCallSyntax,
  HostFunction,
  HostParameter,
  PoolSettings,
  ReplLanguage,
} from "./languages/language.ts";
export type { LanguageWords } from "./languages/words.ts";
export type { OldTurn, OldTurns } from "./languages/old-turns.ts";
export { defaultSystemPrompt } from "./episode/prompt.ts";
export type { OpeningFacts, PromptFacts, TurnRemark, TurnReport, Wording } from "./languages/wording.ts";
export { EmbeddedQueue } from "./queue/embedded-queue.ts";
export { openJournal, type JournalEvent, type QueueJournal } from "./queue/queue-journal.ts";
export type {
  AttemptFailure,
  AttemptOptions,
  Lease,
  QueueCounts,
  RolloutJob,
  RolloutQueue,
} from "./queue/queue.ts";
export { workThrough, type WorkOptions } from "./queue/work.ts";
export { Random } from "./random.ts";
export type { GuestPoolOptions, GuestReplPool } from "./repl/guest/guest-pool.ts";
export type { WorkerReplPool } from "./repl/pool/worker-pool.ts";
export { type PyodideOptions, type PyodidePoolOptions, PyodideReplPool } from "./repl/pyodide/pool.ts";
export { QuickJsReplPool } from "./repl/quickjs/pool.ts";
export { SqliteReplPool } from "./repl/sqlite/pool.ts";
export type { CallTerms, HandleQuestion } from "./repl/call-terms.ts";
export * from "./repl/repl.ts";
export type { ReplSnapshot } from "./repl/pool/snapshot.ts";
export { readSnapshot, writeSnapshot } from "./repl/pool/state-file.ts";
export { TextStore } from "./repl/text/text-store.ts";
export { TextFile } from "./text-file.ts";
export { AdaptiveBatches, type BatchOptions, type BatchState } from "./rewards/adaptive-batches.ts";
export {
  FRESH_BUDGET,
  nextBudgetState,
  parseBudgetState,
  type BudgetOptions,
  type BudgetState,
} from "./rewards/adaptive-budget.ts";
export { DEFAULT_EXCESS, DEFAULT_LAMBDA, DEFAULT_REWARD, successGatedCost } from "./rewards/cost.ts";
export { treeCredit, type NodeCredit } from "./rewards/credit.ts";
export { savedMeasures, specReward } from "./rewards/from-spec.ts";
export type { Measures } from "./rewards/measures.ts";
export {
  discounted,
  lastPotentialReward,
  potentialRewards,
  stateAfter,
  type EpisodeSoFar,
  type Potential,
} from "./rewards/potential.ts";
export { goldFound, readShare } from "./rewards/progress.ts";
export type { Outline, Reward, Unrewarded } from "./rewards/reward.ts";
export { parseSpec, type ChangingSpec, type RewardSpec, type RewardSpecInput } from "./rewards/spec.ts";
export type { RecordedTime, RecordedTimes } from "./episode/clock/time-over.ts";
export type { Written } from "./parse/write.ts";
export { playPlan, type PlayPlanOptions } from "./queue/play-plan.ts";
export type { RedisOptions } from "./rollout/redis-options.ts";
export type { JoinOptions } from "./rollout/join-rollout.ts";
export type { EnvMaker } from "./rollout/made-env-matchup.ts";
export type { PlayOptions } from "./rollout/play-matchups.ts";
export type { ProcessOptions } from "./rollout/processes.ts";
export type { PaceName } from "./queue/processes/messages.ts";
export type { PolicyChoice, RolloutHow, RolloutOptions } from "./rollout/rollout.ts";
export { Rollouts, type RolloutSummary } from "./rollout/rollouts.ts";
export type { Worked, WorkerOptions } from "./rollout/redis-options.ts";
export type { CustomTerm } from "./rewards/custom-term.ts";
export { rolloutEpisode, type EpisodeOptions, type PlannedEpisode } from "./episode/rollout.ts";
export { readAttempts, readManifest, readReferences, readTrajectories } from "./runs/read-run.ts";
export { readContext } from "./runs/context-files.ts";
export { exportRuns, type ExportRunsOptions } from "./runs/export-runs.ts";
export { type OpenedRuns, openRuns } from "./runs/open-runs.ts";
export { RunWriter } from "./runs/run-writer.ts";
export type { RunPlan } from "./runs/manifest.ts";
export type { Attempt } from "./runs/attempt.ts";
export { scoreEpisodes, type ScoredEpisodes, type ScoredRow } from "./rewards/score-episodes.ts";
export { bm25, type Bm25Options } from "./policies/strategies/bm25.ts";
export { direct } from "./policies/strategies/direct.ts";
export { grep, type GrepOptions } from "./policies/strategies/grep.ts";
export {
  mapReduce,
  type MapReduceOptions,
  type Reduction,
  type ReplyReduction,
} from "./policies/strategies/map-reduce.ts";
export { oracle } from "./policies/strategies/oracle.ts";
export { randomPeeks } from "./policies/strategies/random.ts";
export { scriptedPolicy, type Move, type Script } from "./policies/strategies/scripted.ts";
export { type CompletionDone, streamCompletion } from "./stream-completion.ts";
export { figuresOf, summarise, type SummaryRow } from "./report/summary.ts";
export { continueEpisode, type ContinuedParts, type ContinueOptions } from "./replay/continue.ts";
export {
  counterfactualCredit,
  type CounterfactualCredit,
  type CounterfactualOptions,
  type ReplyCredit,
} from "./replay/counterfactual.ts";
export type { Difference } from "./replay/difference.ts";
export { recordedPolicy } from "./replay/recorded-policy.ts";
export { replayEpisode, type Replayed, type ReplayOptions } from "./replay/replay.ts";
export { recordingOf } from "./replay/recording-of-record.ts";
export type { TellingMetrics } from "./metrics/telling.ts";
export { countMessages, countTokens } from "./cost/tokens.ts";
export * from "./trajectory.ts";
export * from "./types.ts";
export {
  VectorEnv,
  type AutoresetMode,
  type Final,
  type VectorOptions,
  type VectorReset,
  type VectorStep,
} from "./env/vector.ts";
export { EndWrapper, type Subject } from "./env/wrappers/end-wrapper.ts";
export { ObservationFilter } from "./env/wrappers/observation-filter.ts";
export { Recorder, type RecordKeeper } from "./env/wrappers/recorder.ts";
export { Rewarded } from "./env/wrappers/rewarded.ts";
export { TimeLimit } from "./env/wrappers/time-limit.ts";
export { Wrapper } from "./env/wrappers/wrapper.ts";
export { type Env } from "./episode/contract.ts";
export { spanOf, type Attributes, type SpanRecord } from "./telemetry/episode-spans.ts";
export { openTelemetry, type Telemetry } from "./telemetry/telemetry.ts";
export type { CacheOptions } from "./models/cached.ts";
export type { FailedTurn } from "./episode/contract.ts";
export type { ForeignCall, ForeignEpisode, ForeignTurn } from "./import/native.ts";
export type { Governed, Governor } from "./models/governor.ts";
export type { Pace } from "./models/pace.ts";
export type { ImportOptions } from "./import/read-files.ts";
export type { Beside, Line, Tell } from "./import/importer.ts";
export type { Counting, MacroSkills, MovesElsewhere } from "./policies/macro-skills.ts";
export type { Mended } from "./export/choice/change-log.ts";
export type { Leaf, ParquetField, ParquetType } from "./export/columns.ts";
export type { FinalText, ParsedBlock, ParsedCompletion, Remark, Text } from "./parse/parsed.ts";
export type { PlayAll } from "./rollout/rollouts.ts";
export type { PoolEvent, PoolOptions } from "./repl/pool/pool-core.ts";
export type { Isolation } from "./repl/engine/interpreter.ts";
export type { PriceOf } from "./cost/ledger.ts";
export type { WorkerRepl } from "./repl/pool/worker-repl.ts";
export type { RecordedCall, RecordedError } from "./replay/recording.ts";
export type { ReplSeed } from "./episode/repl-seed.ts";
export type { Route } from "./models/openai/openai.ts";
export type { RunEpisode, WrittenRun } from "./import/write-run.ts";
export type { Tally, Counts, Kept, KeptKind, KeptOf } from "./export/tally.ts";
export type { Kind } from "./export/choice/kinds.ts";
export type { Bound } from "./export/choice/bounds.ts";
export type { MetadataKind } from "./export/metadata.ts";
export type { GrepReply, TextMatch, TextReply } from "./repl/text/protocol.ts";
export type { ToolHost, ToolReply } from "./repl/tool-calls.ts";
export type { RowFault, Verdict } from "./export/validate.ts";
export type { WrittenFile } from "./export/manifest.ts";
export type { DType } from "./export/formats/tensors.ts";
export { type OptimisePromptOptions } from "./optimise/optimise-prompt.ts";
export { reflectingSimulation } from "./optimise/reflecting-simulation.ts";
export type { Candidate, Iteration, TaskResult } from "./optimise/candidate.ts";
export type { HeldOut } from "./optimise/held-out.ts";
export type { Refusal } from "./optimise/read-proposal.ts";
export type { SearchEnd } from "./optimise/search.ts";
export type { PromptSearchHow, PromptSearchResult } from "./optimise/search-prompt.ts";
export { simulatedPolicy } from "./policies/simulated-policy.ts";
