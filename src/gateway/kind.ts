/** The two kinds of calls that a gateway passes: of a conversation, and of a text or token ids to go on from. */
import { z } from "zod";
import { ChatRequest, TextRequest } from "./request.ts";

export interface CallKind {
  /** Under the upstream's base URL. */
  readonly path: string;
  readonly request: typeof ChatRequest | typeof TextRequest;
  /** What asks upstream for log-probabilities. */
  readonly logprobs: boolean | number;
  /** A whole reply, and a chunk of one, in the shape of a chat's. */
  readonly whole: (reply: unknown) => unknown;
  readonly chunk: (chunk: unknown) => unknown;
}

export const CHAT: CallKind = {
  path: "/chat/completions",
  request: ChatRequest,
  logprobs: true,
  whole: (reply) => reply,
  chunk: (chunk) => chunk,
};

/** The sampled token's alone; vLLM counts how many others are to be listed beside it. */
const SAMPLED_ALONE = 1;

export const TEXT: CallKind = {
  path: "/completions",
  request: TextRequest,
  logprobs: SAMPLED_ALONE,
  whole: (reply) => inChatShape(reply, "message"),
  chunk: (chunk) => inChatShape(chunk, "delta"),
};

const textReply = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        text: z.string(),
        logprobs: z.looseObject({ token_logprobs: z.array(z.number().nullable()).nullish() }).nullish(),
        prompt_token_ids: z.unknown().optional(),
      }),
    )
    .default([]),
  prompt_token_ids: z.unknown().optional(),
});

/** A text completion as if it were a chat's; undefined for what is none. vLLM tells the prompt's ids with the choice. */
function inChatShape(reply: unknown, part: "message" | "delta"): unknown {
  const parsed = textReply.safeParse(reply);
  if (!parsed.success) return undefined;
  const { choices, prompt_token_ids: promptIds = choices[0]?.prompt_token_ids, ...further } = parsed.data;
  return {
    ...further,
    prompt_token_ids: promptIds,
    choices: choices.map(({ text, logprobs, ...choice }) => ({
      ...choice,
      [part]: { role: "assistant", content: text },
      logprobs: logprobs?.token_logprobs && {
        content: logprobs.token_logprobs.map((logprob) => ({ logprob })),
      },
    })),
  };
}
