/** How many processes play a run of the command, and what each of them is told. */
import { availableParallelism } from "node:os";
import { UsageError } from "../../../src/errors.ts";
import { LocalPace } from "../../../src/models/pace.ts";
import type { ProcessOptions } from "../../../src/rollout/processes.ts";
import type { JsonObject } from "../../../src/types.ts";
import { pacesOf } from "../../flags/pace-flags.ts";
import { wholeNumber } from "../../flags/values.ts";
import type { Asked } from "./asked.ts";
import type { RolloutFlags } from "./flags.ts";

/** A process has started when this many episodes would have been played without it. */
const LEAST_EPISODES_EACH = 50;

/** What a process is told. */
export interface ProcessSettings {
  readonly flags: RolloutFlags & Record<string, unknown>;
  /** The run's folder. */
  readonly folder: string;
  /** Interpreters in its pool. */
  readonly interpreters: number;
}

/** Flags that need the one process in which everything is known. */
const OF_ONE_PROCESS = ["redis", "verbose", "adaptive-budget"] as const;

/** Null if this process plays. Throws `UsageError` for a number of processes beside flags that need one. */
export function processesFrom(
  flags: RolloutFlags & Record<string, unknown>,
  { matchups, episodes, groupSize, curriculum }: Asked,
  concurrency: number,
): ProcessOptions | null {
  const alone = OF_ONE_PROCESS.find((name) => flags[name]);
  const rollouts = curriculum
    ? episodes * groupSize
    : matchups.reduce((sum, { policies }) => sum + policies.length, 0) * episodes * groupSize;
  const cores = availableParallelism();
  const worthIt = Math.floor(rollouts / LEAST_EPISODES_EACH);
  const asked = flags.processes === undefined ? null : wholeNumber(flags.processes, "--processes", 1);
  if (asked !== null && asked > 1 && alone)
    throw new UsageError(`--processes ${asked}: expected 1 with --${alone}`);
  const callsInFlight = wholeNumber(flags["run-calls-in-flight"], "--run-calls-in-flight", 1);
  const most = Math.min(concurrency, callsInFlight);
  const count = Math.min(asked ?? (alone ? 1 : Math.min(cores, worthIt)), most);
  if (count <= 1) return null;
  const told = {
    ...flags,
    // The bounds of all processes together are those of the run.
    "run-calls-in-flight": Math.floor(callsInFlight / count),
  };
  return {
    count,
    afterFirst: asked === null && asksNoServer(flags),
    entry: new URL("../../play-process.js", import.meta.url),
    settings: {
      flags: told as unknown as JsonObject,
      interpreters: Math.max(1, Math.floor(Math.min(concurrency, cores) / count)),
    },
    paces: pacesOf(flags, (perMinute) => new LocalPace(perMinute)),
  };
}

/** Whether all models are programs, to which no rate and no bound of requests applies. */
function asksNoServer(flags: RolloutFlags): boolean {
  const { model, "base-url": baseUrl, "sub-model": subModel } = flags;
  return model === undefined && baseUrl === undefined && (subModel ?? "simulated").startsWith("simulated");
}
