/** `rlm-gym/queue`: the work queue of rollouts, for your own drivers and workers. */
export { EmbeddedQueue } from "../src/queue/embedded-queue.ts";
export type { Matchup, PlannedRun, SharedParts } from "../src/queue/matchup.ts";
export { playPlan, type PlayPlanOptions } from "../src/queue/play-plan.ts";
export type {
  AttemptFailure,
  AttemptOptions,
  Lease,
  QueueCounts,
  RolloutJob,
  RolloutQueue,
} from "../src/queue/queue.ts";
export { type JournalEvent, openJournal, type QueueJournal } from "../src/queue/queue-journal.ts";
export { workThrough, type WorkOptions } from "../src/queue/work.ts";
export { type MatchupRun, playMatchups, type PlayOptions } from "../src/rollout/play-matchups.ts";
