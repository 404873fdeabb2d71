/** Builds what a server plays episodes with: the benchmark on one pool, its sub-models, and the store of records. */
import type { Benchmark, Environment } from "../../../src/env/define.ts";
import { assemble } from "../../../src/env/assemble.ts";
import { GatewayClient } from "../../../src/gateway/client.ts";
import type { Model } from "../../../src/models/model.ts";
import type { ReplPool } from "../../../src/repl/repl.ts";
import type { RunWriter } from "../../../src/runs/run-writer.ts";
import { exactMatch } from "../../../src/server/own-task.ts";
import type { Profile, EpisodeHost } from "../../../src/server/profiles/profile.ts";
import type { Gauges } from "../../../src/server/gauges.ts";
import { nativeProfile } from "../../../src/server/profiles/native.ts";
import { replEnvProfile } from "../../../src/server/profiles/repl-env.ts";
import { textProfile } from "../../../src/server/profiles/text.ts";
import type { Limits } from "../../../src/types.ts";
import { childPolicyFrom, subModelsFrom } from "../../flags/model-flags.ts";
import type { Told } from "../../flags/prompt-flags.ts";
import type { RewardOption } from "../../flags/reward-flags.ts";
import { recursionFrom } from "../../flags/recursion-flags.ts";
import type { ServeFlags } from "./flags.ts";

/**
 * The sub-models, the default one first. The policy is the client's, so that sampling without `--sub-` is the sub-model's, too.
 * Throws `UsageError`.
 */
export function subModelsOf(flags: ServeFlags, benchmark: Benchmark, seed: number): readonly Model[] {
  const { gateway, "sub-model": subModel } = flags;
  const asked = {
    ...flags,
    policy: undefined,
    model: undefined,
    // The gateway also captures the client's policy, whatever model answers the sub-calls.
    gateway: subModel === undefined ? undefined : gateway,
    "sub-temperature": flags["sub-temperature"] ?? flags.temperature,
    "sub-top-p": flags["sub-top-p"] ?? flags["top-p"],
    "sub-stop": flags["sub-stop"] ?? flags.stop,
    "sub-reasoning-effort": flags["sub-reasoning-effort"] ?? flags["reasoning-effort"],
  };
  return subModelsFrom(asked, benchmark, seed);
}

const PROFILES_BY_NAME: Record<ServeFlags["profile"], (host: EpisodeHost) => Profile> = {
  native: nativeProfile,
  text: textProfile,
  "repl-env": replEnvProfile,
};

export interface EpisodeHostOptions {
  readonly environment: Environment;
  readonly benchmark: Benchmark;
  readonly models: readonly Model[];
  readonly flags: Omit<ServeFlags, "limits"> & { readonly limits: Partial<Limits> };
  readonly told: Told;
  /** Null for the default reward. */
  readonly reward: RewardOption | null;
  readonly repls: ReplPool;
  readonly gauges: Gauges;
  readonly writer: RunWriter | null;
}

/** The host, and the profile that plays on it. */
export function episodeHostOf(options: EpisodeHostOptions): {
  readonly host: EpisodeHost;
  readonly profile: Profile;
} {
  const { environment, benchmark, models, flags, told, reward, repls, gauges, writer } = options;
  const recursion = recursionFrom(flags);
  const token = process.env[flags["api-key-env"]];
  const host: EpisodeHost = {
    name: environment.name,
    ...(flags.gateway !== undefined && {
      gateway: new GatewayClient({ gateway: flags.gateway, ...(token !== undefined && { token }) }),
    }),
    makeEnv: ({ maxDepth, subModel, ownTask, maxTurns, watch, printedAnswers }) => {
      const { world: _, ...plain } = benchmark;
      const played = ownTask ? { ...plain, score: exactMatch, official: exactMatch } : benchmark;
      return assemble(environment.name, played, {
        subModels: models.toSorted((a, b) => Number(b.name === subModel) - Number(a.name === subModel)),
        repls: watch ? watch(repls) : repls,
        ...(printedAnswers && { printedAnswers }),
        ...told,
        ...childPolicyFrom(flags),
        ...recursion,
        ...(maxDepth !== undefined && { maxDepth }),
        limits: { ...flags.limits, ...(maxTurns !== undefined && { maxTurns }) },
        ...(reward && { reward }),
      });
    },
    onEnd: async (trajectory, { task, reference }) => {
      gauges.episodes.inc({ stop_reason: trajectory.stopReason });
      await writer?.append(trajectory, task.context, reference ?? null);
    },
  };
  return { host, profile: PROFILES_BY_NAME[flags.profile](host) };
}
