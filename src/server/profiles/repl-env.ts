/** The profile of OpenEnv's `repl_env`: its clients play rlm-gym's environments, or questions about their own texts. */
import type { z } from "zod";
import type { StepResult } from "../../episode/contract.ts";
import { PYTHON } from "../../languages/python/python.ts";
import type { Context, JsonObject } from "../../types.ts";
import type { Profile, ProfileEpisode, EpisodeHost } from "./profile.ts";
import { endingOf } from "../metadata.ts";
import { ownTask } from "../own-task.ts";
import { ReplAction, ReplObservation, ReplReset, ReplState } from "./repl-env-types.ts";
import { ServedEpisode } from "../served-episode.ts";
import { WatchedRepls } from "../watched-repls.ts";
import type { Shown } from "../wire.ts";

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
    begin: async (reset, origin, kept) => {
      const asked = reset as z.output<typeof ReplReset>;
      const own = ownTask(asked);
      let watched!: WatchedRepls;
      const env = host.makeEnv({
        watch: (pool) => (watched = new WatchedRepls(kept?.over(pool) ?? pool)),
        printedAnswers: true,
        ownTask: own !== null,
        ...(asked.rlm_max_depth != null && { maxDepth: asked.rlm_max_depth }),
        ...(asked.rlm_max_iterations != null && { maxTurns: asked.rlm_max_iterations }),
        ...(asked.llm_model != null && { subModel: asked.llm_model }),
      });
      watched.readsVariables = env.language.name === PYTHON;
      const played = await ServedEpisode.begin(env, origin, host, { own, kept });
      return new ReplEnvEpisode(played, watched, own !== null);
    },
  };
}

class ReplEnvEpisode implements ProfileEpisode {
  readonly #played: ServedEpisode;
  readonly #repls: WatchedRepls;
  /** True if the client sent the task: its rewards are then repl_env's. */
  readonly #isOwn: boolean;
  #seconds = 0;
  #iteration = 0;

  constructor(played: ServedEpisode, repls: WatchedRepls, isOwn: boolean) {
    this.#played = played;
    this.#repls = repls;
    this.#isOwn = isOwn;
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
      observation: this.#shown(result, {}, { message: "Environment ready.", ...this.#played.beginning }),
      reward: null,
      done: false,
    };
  }

  async step(action: JsonObject): Promise<Shown> {
    const { code, is_final, final_answer } = action as z.output<typeof ReplAction>;
    const { maxTurns } = this.#played.env.limits;
    if (is_final)
      return this.#ended(await this.#played.act({ answer: final_answer ?? "" }), "Final answer submitted.");
    // repl_env does not run the code of the last iteration, so an empty turn takes its place.
    if (this.#iteration + 1 >= maxTurns)
      return this.#ended(
        await this.#played.act({ code: this.#nothing }),
        `Maximum iterations (${maxTurns}) reached.`,
      );
    this.#repls.beginStep();
    const taken = await this.#played.act({ code: code.trim() === "" ? this.#nothing : code });
    const { seconds, added } = this.#repls;
    this.#iteration += 1;
    this.#seconds += seconds;
    const result = resultOf(taken, seconds);
    return {
      observation: this.#shown(result, added, { execution_time: seconds }),
      reward: this.#rewardOf(taken, result.success),
      done: taken.terminated || taken.truncated,
    };
  }

  get #nothing(): string {
    return this.#played.env.language.name === PYTHON ? NOTHING : BLANK_CODE;
  }

  /** The result of a last step, which runs no code. */
  #ended(taken: StepResult, message: string): Shown {
    this.#iteration += 1;
    const success = taken.terminated;
    const result = { stdout: message, stderr: "", execution_time: 0, success, exception: null };
    const metadata = { total_execution_time: this.#seconds, total_iterations: this.#iteration };
    return {
      observation: {
        ...this.#shown(result, {}, metadata),
        context_preview: null,
        context_length: 0,
        available_variables: [],
      },
      reward: this.#rewardOf(taken, success),
      done: true,
    };
  }

  /** For a client's own task, the reward of repl_env's rubric; for a task of the environment, the environment's reward at the end. */
  #rewardOf({ terminated, truncated, reward, info }: StepResult, success: boolean): number | null {
    if (!terminated && !truncated) return (this.#isOwn ? 0 : (reward ?? 0)) + (success ? 0 : ERROR_REWARD);
    if (!this.#isOwn || info.stopReason === "infra_error") return reward;
    return info.answer === null ? NO_ANSWER_REWARD : (info.reward?.score ?? 0);
  }

  state(steps: number): JsonObject {
    const { origin, task, info, env } = this.#played;
    return {
      episode_id: origin.episodeId,
      rollout_id: origin.rolloutId,
      step_count: steps,
      context: textOf(task.context).slice(0, STATE_CONTEXT_CHARS),
      task_prompt: task.question,
      iteration: this.#iteration,
      max_iterations: env.limits.maxTurns,
      namespace_keys: this.#names,
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

  #shown(result: JsonObject, added: JsonObject, metadata: JsonObject): ReplShown {
    const { task, observation, info, env, origin } = this.#played;
    return {
      result: { ...result, locals_snapshot: { ...added } },
      context_preview: isEmpty(task.context) ? null : textOf(task.context).slice(0, PREVIEW_CHARS),
      context_length: observation.context.chars,
      available_variables: this.#names,
      iteration: this.#iteration,
      max_iterations: env.limits.maxTurns,
      metadata: {
        task_prompt: task.question,
        ...metadata,
        episode_id: origin.episodeId,
        ...endingOf(info),
      },
    };
  }

  /** Without `context` if the context is empty: repl_env then has no such variable. */
  get #names(): string[] {
    const names = Object.keys(this.#repls.variables);
    return isEmpty(this.#played.task.context) ? names.filter((name) => name !== "context") : names;
  }
}

type ReplShown = Shown["observation"];

/** Runs in place of empty code. */
const NOTHING = "pass";
/** The same in other languages than Python: blank lines, which none of them calls an error. */
const BLANK_CODE = "\n";
/** The rewards of repl_env's rubric for code that fails, and for an end without an answer. */
const ERROR_REWARD = -0.05;
const NO_ANSWER_REWARD = -0.1;

function isEmpty(context: Context): boolean {
  return context === "";
}

/** Prints the value of the last expression, as an interactive session does, and an error to `stderr`, too. */
function resultOf({ observation }: StepResult, seconds: number): JsonObject & { readonly success: boolean } {
  const [block] = observation.results;
  const failed = observation.results.find(({ outcome }) => outcome !== "ok");
  const exception = failed ? (failed.exception ?? failed.outcome) : null;
  return {
    stdout: (block?.stdout ?? "") + (block?.value == null ? "" : `${block.value}\n`),
    stderr: [block?.stderr, exception, observation.invalid].filter(Boolean).join("\n"),
    execution_time: seconds,
    success: failed === undefined && observation.invalid === null,
    exception,
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
