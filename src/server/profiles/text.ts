/**
 * The text profile, for clients that read an action's schema and fill its one required field with what their model wrote:
 * text in, text out.
 */
import { z } from "zod";
import type { StepResult } from "../../episode/contract.ts";
import type { Action, Json } from "../../types.ts";
import { nativeStateOf } from "./native.ts";
import { NativeState } from "./native-types.ts";
import type { EpisodeHost, Profile, ProfileEpisode } from "./profile.ts";
import { ProtocolError } from "../protocol-error.ts";
import { isProgram } from "./python-or-prose.ts";
import { ServedEpisode } from "../served-episode.ts";
import { MAX_TEXT_CHARS, RESET_FIELDS, type Shown } from "../wire.ts";

/** A model reads all that this profile shows, and nothing of it names what a kept REPL holds. */
const TextReset = z.looseObject({
  ...RESET_FIELDS,
  keep: z
    .literal(false, { error: "the profile text keeps no REPL; serve with --profile native or repl-env" })
    .nullish(),
});

/**
 * Such clients parse a reply as JSON before they send it. A reply that is JSON therefore comes as another value than a string, and
 * one that is an object comes in the action's place: it is what the model wrote all the same.
 */
export const TextAction = z.preprocess(
  (sent) => (isObject(sent) && !("text" in sent) && Object.keys(sent).length > 0 ? { text: sent } : sent),
  z.looseObject({
    text: z
      .preprocess(
        (written) =>
          typeof written === "string" || written === undefined ? written : JSON.stringify(written),
        z.string().max(MAX_TEXT_CHARS),
      )
      .describe("what the policy's model wrote, including code and answer, with or without its fence"),
  }),
);

export const TextObservation = z.strictObject({
  text: z.string().describe("what the policy's model reads next"),
});

/** The profile whose actions and observations are one text each. */
export function textProfile(host: EpisodeHost): Profile {
  return {
    name: "text",
    description: `rlm-gym's environment ${host.name}, one text in and one text out: a question over a long context that a Python REPL holds`,
    reset: TextReset,
    action: TextAction,
    observation: TextObservation,
    state: NativeState,
    waiting: said("Your code is still running. Write anything to get its result; what you write is not run."),
    blank: nativeStateOf(host.name, null, 0),
    begin: async (_reset, origin) =>
      episode(host.name, await ServedEpisode.begin(host.makeEnv({}), origin, host)),
  };
}

function episode(name: string, played: ServedEpisode): ProfileEpisode {
  const system = played.env.messages.find(({ role }) => role === "system")?.content ?? null;
  const opening = played.observation.text;
  return {
    opening: said(system === null ? opening : `${system}\n\n${opening}`),
    step: async (action) => shown(await played.act(actionOf(action.text as string))),
    state: (steps) => nativeStateOf(name, played, steps),
    get ended() {
      return played.trajectory !== null;
    },
    abandon: (error) => played.abandon(error),
    close: () => played.close(),
  };
}

/** What the model wrote, or the code that it is if its fence is gone. */
function actionOf(text: string): Action {
  return text.includes("```") || text.includes("~~~") || !isProgram(text) ? text : { code: text };
}

/**
 * These clients take a missing reward for 0 and see no status, so that an episode which an infrastructure fault ended is an error
 * to them.
 */
function shown({ observation, reward, terminated, truncated, info }: StepResult): Shown {
  if (info.stopReason === "infra_error")
    throw new ProtocolError(
      "EXECUTION_ERROR",
      "an infrastructure fault ended the episode; it has no reward: do not train on it, reset for another",
      500,
    );
  return { ...said(observation.text), reward, done: terminated || truncated };
}

function said(text: string): Shown {
  return { observation: { text }, reward: null, done: false };
}

function isObject(value: unknown): value is { readonly [field: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
