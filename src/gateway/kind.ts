/** The kinds of calls that a gateway passes: of a conversation, in three dialects, and of a text or token ids to go on from. */
import { isFields } from "../models/servers/json.ts";
import { ChatRequest, MessagesRequest, ResponsesRequest, TextRequest } from "./request.ts";

export interface CallKind {
  /** Under the upstream's base URL. */
  readonly path: string;
  readonly request:
    | typeof ChatRequest
    | typeof TextRequest
    | typeof ResponsesRequest
    | typeof MessagesRequest;
  /** What asks upstream for log-probabilities; null where there is no field for token ids and log-probabilities. */
  readonly logprobs: boolean | number | null;
  /** Whether a stream ends in `[DONE]`, and tells the usage where it is asked to. */
  readonly hasDone: boolean;
  /** Whether an event is the last one, by which a client knows that the reply is whole. */
  readonly isLast: (event: unknown) => boolean;
}

const never = () => false;

export const CHAT: CallKind = {
  path: "/chat/completions",
  request: ChatRequest,
  logprobs: true,
  hasDone: true,
  isLast: never,
};

/** The sampled token's alone; vLLM counts how many others are to be listed beside it. */
const SAMPLED_ALONE = 1;

export const TEXT: CallKind = {
  path: "/completions",
  request: TextRequest,
  logprobs: SAMPLED_ALONE,
  hasDone: true,
  isLast: never,
};

/** OpenAI's Responses. */
export const RESPONSES: CallKind = {
  path: "/responses",
  request: ResponsesRequest,
  logprobs: null,
  hasDone: false,
  isLast: (event) => isOfType(event, ["response.completed", "response.incomplete", "response.failed"]),
};

/** Anthropic's Messages. */
export const MESSAGES: CallKind = {
  path: "/messages",
  request: MessagesRequest,
  logprobs: null,
  hasDone: false,
  isLast: (event) => isOfType(event, ["message_stop"]),
};

export const KINDS: readonly CallKind[] = [CHAT, TEXT, RESPONSES, MESSAGES];

function isOfType(event: unknown, types: readonly string[]): boolean {
  return isFields(event) && types.includes(String(event["type"]));
}
