/** The native profile: rlm-gym's own actions and observations over OpenEnv's protocol. */
import { shownTask } from "../shown-task.ts";
import type { z } from "zod";
import type { Info } from "../../episode/contract.ts";
import type { Action, BlockResult, Completion, JsonObject, Observation } from "../../types.ts";
import type { Profile, ProfileEpisode, EpisodeHost } from "./profile.ts";
import { endingOf } from "../metadata.ts";
import { ownTask } from "../own-task.ts";
import { NativeAction, NativeObservation, NativeReset, NativeState } from "./native-types.ts";
import { CLIENT_POLICY, ServedEpisode } from "../served-episode.ts";
import type { Shown } from "../wire.ts";

/** The native profile, whose actions and observations have all fields. */
export function nativeProfile(host: EpisodeHost): Profile {
  return {
    name: "native",
    description: `rlm-gym's environment ${host.name}: a question over a long context that a Python REPL holds`,
    reset: NativeReset,
    action: NativeAction,
    observation: NativeObservation,
    state: NativeState,
    waiting: WAITING,
    blank: nativeStateOf(host.name, null, 0),
    begin: async (reset, origin, kept) => {
      const own = ownTask(reset);
      const env = host.makeEnv({
        ...(own && { ownTask: true }),
        ...(kept && { watch: (pool) => kept.over(pool) }),
      });
      const played = await ServedEpisode.begin(env, origin, host, { own, kept });
      return episode(host.name, played);
    },
  };
}

function episode(name: string, played: ServedEpisode): ProfileEpisode {
  const { observation, info } = played;
  const systemPrompt = played.env.messages.find(({ role }) => role === "system")?.content ?? null;
  return {
    opening: {
      observation: shown(observation, systemPrompt, { ...metadataOf(played, info), ...played.beginning }),
      reward: null,
      done: false,
    },
    step: async (action) => {
      const result = await played.act(actionOf(action));
      return {
        observation: shown(result.observation, null, metadataOf(played, result.info)),
        reward: result.reward,
        done: result.terminated || result.truncated,
      };
    },
    state: (steps) => nativeStateOf(name, played, steps),
    get ended() {
      return played.trajectory !== null;
    },
    abandon: (error) => played.abandon(error),
    close: () => played.close(),
  };
}

function metadataOf({ origin }: ServedEpisode, info: Info): JsonObject {
  return { episode_id: origin.episodeId, ...endingOf(info) };
}

function actionOf(action: z.output<typeof NativeAction>): Action {
  if (action.code != null) return { code: action.code };
  if (action.answer != null) return { answer: action.answer };
  const { usage } = action;
  const completion: Completion = {
    text: action.completion ?? "",
    toolCalls: action.tool_calls ?? [],
    finishReason: action.finish_reason ?? "stop",
    model: action.model ?? CLIENT_POLICY,
    usage: usage
      ? {
          promptTokens: usage.prompt_tokens,
          completionTokens: usage.completion_tokens,
          cachedTokens: usage.cached_tokens,
        }
      : null,
    usageSource: usage ? "reported" : "unknown",
    ...(action.completion_token_ids && {
      tokens: {
        ...(action.prompt_token_ids && { promptIds: action.prompt_token_ids }),
        completionIds: action.completion_token_ids,
        ...(action.logprobs && { logprobs: action.logprobs }),
      },
    }),
    attempts: 1,
  };
  return completion;
}

function shown(
  { text, question, context, turn, turnsLeft, results, invalid }: Observation,
  systemPrompt: string | null,
  metadata: JsonObject,
): Shown["observation"] {
  return {
    text,
    system_prompt: systemPrompt,
    question,
    context: {
      type: context.type,
      chars: context.chars,
      parts: context.parts ?? null,
      ...(context.items && { items: context.items }),
      sha256: context.sha256,
    },
    turn,
    turns_left: turnsLeft,
    results: results.map(blockOf),
    invalid,
    metadata,
  };
}

function blockOf({ outputChars, omittedChars, stateKept, ...block }: BlockResult): JsonObject {
  return { ...block, output_chars: outputChars, omitted_chars: omittedChars, state_kept: stateKept };
}

/** The state as `GET /state` shows it, of an episode or of none. */
export function nativeStateOf(environment: string, played: ServedEpisode | null, steps: number): JsonObject {
  const info: Info | null = played?.info ?? null;
  return {
    episode_id: played?.origin.episodeId ?? null,
    rollout_id: played?.origin.rolloutId ?? null,
    step_count: steps,
    environment,
    task_id: info ? shownTask(info.taskId) : null,
    turn: played?.observation.turn ?? 0,
    turns_left: played?.observation.turnsLeft ?? null,
    done: played !== null && played.trajectory !== null,
    stop_reason: info?.stopReason ?? null,
    answer: info?.answer ?? null,
    tokens: info?.tokens ?? 0,
    dollars: info ? info.dollars : null,
  };
}

const WAITING: Shown = {
  observation: {
    text: "Still running. The next step fetches the result; its own action is not run.",
    system_prompt: null,
    question: "",
    context: { type: "str", chars: 0, parts: null, sha256: "" },
    turn: 0,
    turns_left: 0,
    results: [],
    invalid: null,
    metadata: { still_running: true },
  },
  reward: null,
  done: false,
};
