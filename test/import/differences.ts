/** What does not come back of a record that was exported and imported again: one entry for each format, and nothing beside it. */
import type { Call, Trajectory } from "../../src/trajectory.ts";

/** A part of a record that a format does not hold, and the record without it. */
export interface Difference {
  readonly what: string;
  readonly without: (one: Trajectory) => Trajectory;
}

const calls = (change: (call: Call) => Call) => {
  const without = (one: Trajectory): Trajectory => ({
    ...one,
    calls: one.calls.map(change),
    children: one.children.map(without),
  });
  return without;
};

const isOfCode = (purpose: string) => purpose === "llm_query" || purpose === "rlm_query";
const isTold = ({ purpose }: Call) => purpose === "policy" || isOfCode(purpose);
const WITHOUT_TEXTS = { prompt: null, reply: null };

const JUDGED: Difference = {
  what: "what a judge was asked, which holds the gold, and what it replied",
  without: calls((call) => (call.purpose === "judge" ? { ...call, ...WITHOUT_TEXTS } : call)),
};
const NOT_OF_CODE: Difference = {
  what: "what a judge and a summary were asked and replied, as no code asked it",
  without: calls((call) => (isTold(call) ? call : { ...call, ...WITHOUT_TEXTS })),
};
/** What is known of the tokens besides the tokens themselves. */
function untold({ tokens, ...call }: Call): Call {
  const { weightVersion, traceId } = tokens ?? {};
  const known = {
    ...(weightVersion !== undefined && { weightVersion }),
    ...(traceId !== undefined && { traceId }),
  };
  return Object.keys(known).length === 0 ? call : { ...call, tokens: known };
}

const UNSEEN: Difference = {
  what: "what an episode that took no turn was told",
  without: function without(one): Trajectory {
    const unseen = one.turns.length === 0 && { systemPrompt: "", opening: "" };
    return { ...one, ...unseen, children: one.children.map(without) };
  },
};

/** Formats that are read again. With `children` and `subCalls`, all the rest of a record comes back equal. */
export const DIFFERENCES: { readonly [format: string]: readonly Difference[] } = {
  jsonl: [],
  atif: [JUDGED],
  "verifiers-v1": [
    UNSEEN,
    NOT_OF_CODE,
    {
      what: "token ids of a policy that has none for some of its calls",
      without: function without(one): Trajectory {
        const isPart = one.calls.some(
          ({ purpose, tokens }) => purpose === "policy" && !tokens?.completionIds,
        );
        const drop = (call: Call) => (isPart && call.purpose === "policy" ? untold(call) : call);
        return { ...one, calls: one.calls.map(drop), children: one.children.map(without) };
      },
    },
    {
      what: "what a sub-call asked that nobody answered",
      without: calls((call) =>
        isOfCode(call.purpose) && call.error !== null ? { ...call, prompt: null } : call,
      ),
    },
  ],
  "rlm-logger": [
    UNSEEN,
    NOT_OF_CODE,
    {
      what: "token ids and log-probabilities",
      without: calls(untold),
    },
  ],
};

/** Formats that are only written, and why no record can be made of them. */
export const EXPORT_ONLY: { readonly [format: string]: string } = {
  segments: "holds numbers, and no text",
  tensors: "holds numbers, and no text",
  "trl-sft": "holds the conversation, and neither calls, cost nor reward",
  "trl-dpo": "holds parts of two conversations",
  "trl-kto": "holds the conversation, and neither calls, cost nor reward",
  "openai-chat": "holds the conversation, and neither calls, cost nor reward",
  "per-turn-sft": "holds a conversation as often as it has turns, each cut off",
  transitions: "holds observations and actions, and neither calls nor cost",
  verl: "holds tasks, and nothing that was played",
  skyrl: "holds tasks, and nothing that was played",
};

const FAILED = "infrastructure fault";

/** Rollouts that a format does not write, with the reason that the manifest counts. */
export const LEFT_OUT: { readonly [format: string]: { readonly [rollout: string]: string } } =
  Object.fromEntries(
    Object.keys(DIFFERENCES).map((format) => [
      format,
      {
        failed: FAILED,
        stillborn: FAILED,
        told: "the policy was told the gold",
        ...(format === "verifiers-v1" && { empty: "no turns" }),
      },
    ]),
  );
