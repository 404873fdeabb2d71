/** The profile of OpenEnv's `repl_env`: its client class plays rlm-gym's environments, or its own context. */
import type { z } from "zod";
import type { StepResult } from "../episode/contract.ts";
import type { Context, JsonObject } from "../types.ts";
import type { Profile, ProfileEpisode, EpisodeHost } from "./profile.ts";
import { endingOf } from "./metadata.ts";
import { ownTask } from "./own-task.ts";
import { ReplAction, ReplObservation, ReplReset, ReplState } from "./repl-env-types.ts";
import { ServedEpisode } from "./served-episode.ts";
import { WatchedRepls } from "./watched-repls.ts";
import type { Shown } from "./wire.ts";

const PREVIEW_CHARS = 500;
const STATE_CONTEXT_CHARS = 2 ** 20;

/** The profile of OpenEnv's REPLEnv, so that its clients can play unchanged. */
export function replEnvProfile(host: EpisodeHost): Profile {
  return {
    name: "repl-env",
    description: `a Python REPL with the types of OpenEnv's repl_env, over rlm-gym's environment ${host.name}`,
    reset: ReplReset,
    action: ReplAction,
    observation: ReplObservation,
    state: ReplState,
    waiting: WAITING,
    blank: BLANK,
    begin: async (reset, origin) => {
      const asked = reset as z.output<typeof ReplReset>;
      const own = ownTask(asked);
      let watched: WatchedRepls | null = null;
      const env = host.makeEnv({
        watch: (pool) => (watched = new WatchedRepls(pool)),
        ownTask: own !== null,
        ...(asked.rlm_max_depth != null && { maxDepth: asked.rlm_max_depth }),
        ...(asked.rlm_max_iterations != null && { maxTurns: asked.rlm_max_iterations }),
        ...(asked.llm_model != null && { subModel: asked.llm_model }),
      });
      const played = await ServedEpisode.begin(env, origin, host, own ?? undefined);
      return new ReplEnvEpisode(played, watched!);
    },
  };
}

class ReplEnvEpisode implements ProfileEpisode {
  readonly #played: ServedEpisode;
  readonly #repls: WatchedRepls;
  #seconds = 0;

  constructor(played: ServedEpisode, repls: WatchedRepls) {
    this.#played = played;
    this.#repls = repls;
  }

  get opening(): Shown {
    const { observation } = this.#played;
    const result = {
      stdout: observation.text,
      stderr: "",
      execution_time: 0,
      success: true,
      exception: null,
    };
    return {
      observation: this.#shown(result, { message: "Environment ready.", ...this.#played.gateway }),
      reward: 0,
      done: false,
    };
  }

  async step(action: JsonObject): Promise<Shown> {
    const { code, is_final, final_answer } = action as z.output<typeof ReplAction>;
    this.#repls.seconds = 0;
    const taken = await this.#played.act(is_final ? { answer: final_answer ?? "" } : { code });
    this.#seconds += this.#repls.seconds;
    return {
      observation: this.#shown(resultOf(taken, this.#repls.seconds), {}),
      reward: taken.reward,
      done: taken.terminated || taken.truncated,
    };
  }

  state(steps: number): JsonObject {
    const { origin, task, observation, info, env } = this.#played;
    return {
      episode_id: origin.episodeId,
      rollout_id: origin.rolloutId,
      step_count: steps,
      context: textOf(task.context).slice(0, STATE_CONTEXT_CHARS),
      task_prompt: task.question,
      iteration: observation.turn,
      max_iterations: env.limits.maxTurns,
      namespace_keys: Object.keys(this.#repls.variables),
      final_answer: info.answer,
      total_execution_time: this.#seconds,
    };
  }

  get ended(): boolean {
    return this.#played.trajectory !== null;
  }

  abandon(error: Parameters<ProfileEpisode["abandon"]>[0]): Promise<void> {
    return this.#played.abandon(error);
  }

  close(): Promise<void> {
    return this.#played.close();
  }

  #shown(result: JsonObject, metadata: JsonObject): Shown["observation"] {
    const { task, observation, info, env, origin } = this.#played;
    const { variables, seconds } = this.#repls;
    return {
      result: { ...result, locals_snapshot: { ...variables } },
      context_preview: textOf(task.context).slice(0, PREVIEW_CHARS),
      context_length: observation.context.chars,
      available_variables: Object.keys(variables),
      iteration: observation.turn,
      max_iterations: env.limits.maxTurns,
      metadata: {
        task_prompt: task.question,
        execution_time: seconds,
        ...metadata,
        episode_id: origin.episodeId,
        ...endingOf(info),
      },
    };
  }
}

/** Prints the value of the last expression, as an interactive session does. */
function resultOf({ observation }: StepResult, seconds: number): JsonObject {
  const [block] = observation.results;
  const failed = observation.results.find(({ outcome }) => outcome !== "ok");
  return {
    stdout: (block?.stdout ?? "") + (block?.value == null ? "" : `${block.value}\n`),
    stderr: (block?.stderr ?? "") + (observation.invalid ?? ""),
    execution_time: seconds,
    success: failed === undefined && observation.invalid === null,
    exception: failed ? (failed.exception ?? failed.outcome) : null,
  };
}

function textOf(context: Context): string {
  if (typeof context === "string") return context;
  if (context instanceof Uint8Array) return "";
  return JSON.stringify(context);
}

const WAITING: Shown = {
  observation: {
    result: {
      stdout: "Still running. The next step fetches the result; its own code is not run.",
      stderr: "",
      locals_snapshot: {},
      execution_time: 0,
      success: true,
      exception: null,
    },
    context_preview: null,
    context_length: 0,
    available_variables: [],
    iteration: 0,
    max_iterations: 0,
    metadata: { still_running: true },
  },
  reward: null,
  done: false,
};

const BLANK: JsonObject = {
  episode_id: null,
  rollout_id: null,
  step_count: 0,
  context: null,
  task_prompt: null,
  iteration: 0,
  max_iterations: 0,
  namespace_keys: [],
  final_answer: null,
  total_execution_time: 0,
};
