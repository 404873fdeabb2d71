/** Does the work of `worker`: builds the run from the coordinator's flags, and lets the library play for it. */
import { availableParallelism } from "node:os";
import { languagesIn } from "../../flags/prompt-flags.ts";
import { replPoolFrom } from "../../flags/repl-pool.ts";
import type { Worked } from "../../../src/rollout/redis-options.ts";
import { workForRun } from "../../../src/rollout/work-for-run.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import { redisUrl } from "../../flags/redis-flags.ts";
import { wholeNumber } from "../../flags/values.ts";
import { onInterrupt } from "../../interrupt.ts";
import { openRunLog } from "../../output/run-log.ts";
import { shareRates } from "../rollout/redis-options.ts";
import type { WorkerFlags } from "./flags.ts";
import { runAsAsked } from "./run-as-asked.ts";

/** Returns when the run has ended. */
export async function work(flags: WorkerFlags): Promise<void> {
  const url = redisUrl(flags.redis)!;
  const concurrency = wholeNumber(flags.concurrency ?? availableParallelism(), "--concurrency", 1);
  const log = openRunLog(flags.log);
  const patienceSeconds = wholeNumber(flags.patience, "--patience", 0);
  const interrupt = onInterrupt((line) => log.warn(line));
  const options = {
    redis: { url, ...(flags.run !== undefined && { run: flags.run }) },
    concurrency,
    patienceSeconds,
    ...(flags.store !== undefined && { store: flags.store }),
    signal: interrupt.signal,
    onJoin: (run: string) => log.joined(run, concurrency),
    onEnd: (trajectory: Trajectory) => log.ended(trajectory),
    onRetry: (trajectory: Trajectory) => log.retried(trajectory),
    onWarning: (line: string) => log.warn(line),
  };
  try {
    const worked = await workForRun(options, async (notice, store) => {
      const known = { env: flags.env, servers: flags };
      const { asked, flags: theirs } = await runAsAsked(notice, known, store);
      // A run in several languages opens a pool of each where it needs one.
      const isOne = languagesIn(theirs.repl).length === 1;
      const size = Math.min(concurrency, availableParallelism());
      const own = isOne ? { repls: await replPoolFrom(theirs, size) } : {};
      return { run: asked, ...own, onOpen: (redis, run) => shareRates(asked.governor, theirs, redis, run) };
    });
    tellEnd(flags, worked);
  } finally {
    interrupt.done();
  }
}

function tellEnd({ json }: WorkerFlags, worked: Worked): void {
  process.stdout.write(
    json
      ? `${JSON.stringify(worked)}\n`
      : `run ${worked.run} has ended; played here: ${worked.episodes} episodes\n`,
  );
}
