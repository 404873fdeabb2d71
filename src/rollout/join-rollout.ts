/** A worker for a rollout that another program coordinates, with the same environment and options. */
import type { Environment, GivenOptions } from "../env/define.ts";
import { UsageError } from "../errors.ts";
import { configDifference } from "../runs/config-difference.ts";
import { expectKnown } from "../known-options.ts";
import { plannedRun, ROLLOUT_OPTIONS, type RolloutOptions } from "./rollout.ts";
import type { Worked, WorkerOptions } from "./redis-options.ts";
import { workForRun } from "./work-for-run.ts";

/** The options of the rollout that decide its episodes, and how this process works for it. */
export type JoinOptions<Options = GivenOptions> = WorkerOptions &
  Omit<RolloutOptions<Options>, keyof WorkerOptions | "attempts" | "out" | "resume" | "onBegin" | "repls">;

const WORKER = {
  redis: true,
  concurrency: true,
  patienceSeconds: true,
  store: true,
  signal: true,
  onJoin: true,
  onEnd: true,
  onRetry: true,
  onWarning: true,
} as const satisfies Record<keyof WorkerOptions, true>;

/** Plays for the run until it has ended. Throws `UsageError` for an unknown option, and if these options would make other episodes than the run's. */
export async function joinIn(environment: Environment, options: JoinOptions): Promise<Worked> {
  expectKnown("joinRollout", options, [...ROLLOUT_OPTIONS, ...Object.keys(WORKER)]);
  return workForRun(options, async ({ run: name, config }) => {
    const {
      onEnd: _end,
      patienceSeconds: _patience,
      store: _store,
      onJoin: _join,
      redis: _redis,
      ...asked
    } = options;
    const run = await plannedRun(environment, asked);
    const differences = configDifference(config, run.config);
    if (differences.length > 0)
      throw new UsageError(
        `this worker would play other episodes than run ${name}: ${differences.join("; ")}`,
      );
    return { run };
  });
}
